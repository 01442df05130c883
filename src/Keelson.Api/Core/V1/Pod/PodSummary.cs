using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>A pod's state in one line, worked out of the states of its containers.</summary>
/// <param name="Reason">What kubectl shows as status.</param>
/// <param name="Ready">Containers and sidecars that are ready.</param>
/// <param name="Containers">Containers and sidecars in all.</param>
/// <param name="Restarts">How often containers were restarted.</param>
/// <param name="LastRestart">The last restart; the zero time for none.</param>
public sealed record PodSummary(string Reason, int Ready, int Containers, int Restarts, Time LastRestart)
{
    private const string NodeLost = "NodeLost";

    /// <summary>Sums a pod up.</summary>
    public static PodSummary Of(Pod pod)
    {
        PodStatus status = pod.Status;
        int sidecars = pod.Spec.InitContainers.Count(PodResources.IsSidecar);
        string reason = status.Reason.Length > 0 ? status.Reason : status.Phase;
        if (status.Conditions.Any(one => one is { Type: PodConditionType.PodScheduled, Reason: "SchedulingGated" }))
        {
            reason = "SchedulingGated";
        }

        PodSummary summary = new(reason, 0, pod.Spec.Containers.Count + sidecars, 0, default);
        (summary, bool initializing, PodSummary ofSidecars) = Initialize(pod, summary);
        bool initialized = status.Conditions.Any(
            one => one is { Type: PodConditionType.Initialized, Status: ConditionStatus.True });
        if (!initializing || initialized)
        {
            summary = Run(
                status, summary with { Restarts = ofSidecars.Restarts, LastRestart = ofSidecars.LastRestart });
        }

        if (pod.Metadata.DeletionTimestamp is not null)
        {
            bool isOver = status.Phase is PodPhase.Failed or PodPhase.Succeeded;
            reason = status.Reason == NodeLost ? "Unknown" : isOver ? summary.Reason : "Terminating";
            summary = summary with { Reason = reason };
        }

        return summary;
    }

    /// <summary>The init containers, up to the one that has not yet done its work.</summary>
    private static (PodSummary Summary, bool Initializing, PodSummary Sidecars) Initialize(Pod pod, PodSummary summary)
    {
        PodSummary sidecars = summary;
        ApiList<ContainerStatus> statuses = pod.Status.InitContainerStatuses;
        for (int i = 0; i < statuses.Count; i++)
        {
            ContainerStatus status = statuses[i];
            summary = summary.CountRestarts(status);
            bool isSidecar = pod.Spec.InitContainers.Any(one => one.Name == status.Name && PodResources.IsSidecar(one));
            sidecars = isSidecar ? sidecars.CountRestarts(status) : sidecars;
            if (status.State.Terminated is { ExitCode: 0 })
            {
                continue;
            }

            if (isSidecar && status.Started == true)
            {
                summary = summary with { Ready = summary.Ready + (status.Ready ? 1 : 0) };
                continue;
            }

            string reason = status.State switch
            {
                { Terminated: { } ended } => "Init:" + Describe(ended),
                { Waiting: { Reason: not ("" or "PodInitializing") } waiting } => "Init:" + waiting.Reason,
                _ => $"Init:{i}/{pod.Spec.InitContainers.Count}",
            };
            return (summary with { Reason = reason }, true, sidecars);
        }

        return (summary, false, sidecars);
    }

    /// <summary>The containers, from the last to the first: the first one that has something to tell wins.</summary>
    private static PodSummary Run(PodStatus status, PodSummary summary)
    {
        bool running = false;
        for (int i = status.ContainerStatuses.Count - 1; i >= 0; i--)
        {
            ContainerStatus container = status.ContainerStatuses[i];
            summary = summary.CountRestarts(container);
            if (container.State.Waiting is { Reason: not "" } waiting)
            {
                summary = summary with { Reason = waiting.Reason };
            }
            else if (container.State.Terminated is { } ended)
            {
                summary = summary with { Reason = Describe(ended) };
            }
            else if (container.Ready && container.State.Running is not null)
            {
                running = true;
                summary = summary with { Ready = summary.Ready + 1 };
            }
        }

        if (summary.Reason != "Completed" || !running)
        {
            return summary;
        }

        bool ready = status.Conditions.Any(
            one => one is { Type: PodConditionType.Ready, Status: ConditionStatus.True });
        return summary with { Reason = ready ? "Running" : "NotReady" };
    }

    private static string Describe(ContainerStateTerminated ended) =>
        ended.Reason.Length > 0
            ? ended.Reason
            : ended.Signal != 0
            ? $"Signal:{ended.Signal}"
            : $"ExitCode:{ended.ExitCode}";

    private PodSummary CountRestarts(ContainerStatus status)
    {
        Time ended = status.LastState.Terminated?.FinishedAt ?? default;
        return this with
        {
            Restarts = Restarts + status.RestartCount,
            LastRestart = ended > LastRestart ? ended : LastRestart,
        };
    }
}
