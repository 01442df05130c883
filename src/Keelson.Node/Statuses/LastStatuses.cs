using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Pods;

namespace Keelson.Nodes.Statuses;

/// <summary>
/// What is said last of a pod of which nothing is left (upstream's TerminatePod): it is over, and containers of which
/// nobody knows how they ended have failed.
/// </summary>
internal static class LastStatuses
{
    /// <summary>The last status.</summary>
    public static PodStatus Of(Pod pod, PodStatus status)
    {
        int begun = Begun(status.InitContainerStatuses);
        int at = 0;
        status = status with
        {
            InitContainerStatuses = status.InitContainerStatuses.Map(one => at++ < begun ? Ended(one) : one),
            ContainerStatuses = IsInitialized(pod, status)
                ? status.ContainerStatuses.Map(Ended)
                : status.ContainerStatuses,
        };
        bool isOver = status.Phase is PodPhase.Succeeded or PodPhase.Failed || StaticPods.IsStatic(pod);
        return isOver ? status : status with { Phase = PodPhase.Failed };
    }

    private static ContainerStatus Ended(ContainerStatus status) => status.State.Terminated is not null
        ? status
        : status with
        {
            State = ContainerStatuses.Lost(
                "ContainerStatusUnknown", "The container could not be located when the pod was terminated"),
        };

    /// <summary>Whether the pod's containers could have been started.</summary>
    private static bool IsInitialized(Pod pod, PodStatus status)
    {
        if (pod.Spec.InitContainers.Count == 0 || status.ContainerStatuses.Any(HasBegun))
        {
            return true;
        }

        ContainerSpec last = ContainerSpec.InitOf(pod.Spec).Last();
        return ContainerStatuses.Find(status.InitContainerStatuses, last.Name) is { } found
            && (last.Role == ContainerRole.Sidecar
                ? found is { State.Running: not null, Started: true }
                : found.State.Terminated is { ExitCode: 0 } || found.LastState.Terminated is { ExitCode: 0 });
    }

    /// <summary>How many init containers had their turn; the first had it in any case.</summary>
    private static int Begun(ApiList<ContainerStatus> inits)
    {
        for (int i = inits.Count; i > 0; i--)
        {
            if (HasBegun(inits[i - 1]))
            {
                return i;
            }
        }

        return 1;
    }

    private static bool HasBegun(ContainerStatus status) => status.State.Running is not null
        || status.State.Terminated is not null || status.LastState.Terminated is not null;
}
