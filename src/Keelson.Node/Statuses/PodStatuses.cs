using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Probes;

namespace Keelson.Nodes.Statuses;

/// <summary>The status of a pod as the node reports it (upstream's generateAPIPodStatus). Pure.</summary>
internal static class PodStatuses
{
    /// <summary>Computes the status.</summary>
    public static PodStatus Compute(StatusInput input)
    {
        Pod pod = input.Pod;
        if (input is { IsRefused: true, Verdict: { } refusal })
        {
            return Refused(input, refusal);
        }

        if (WasRefused(input))
        {
            return input.Before;
        }

        List<ContainerSpec> inits = [.. ContainerSpec.InitOf(pod.Spec)];
        PodStatus status = pod.Status with
        {
            ObservedGeneration = pod.Metadata.Generation,
            Message = "",
            Reason = "",
            InitContainerStatuses = Probed(
                input, inits, ContainerStatuses.Compute(input, inits, input.Before.InitContainerStatuses)),
            ContainerStatuses = Probed(
                input,
                [.. ContainerSpec.RegularOf(pod.Spec)],
                ContainerStatuses.Compute(
                    input, [.. ContainerSpec.RegularOf(pod.Spec)], input.Before.ContainerStatuses)),
            EphemeralContainerStatuses = ContainerStatuses.Compute(
                input, [.. ContainerSpec.EphemeralOf(pod.Spec)], input.Before.EphemeralContainerStatuses),
            AllocatedResources = PodAmounts.Requests(pod),
            Resources = ResourceStatuses.Of(pod, input.Actuated),
            QosClass = pod.Status.QosClass.Length > 0 ? pod.Status.QosClass : PodResources.ComputeQosClass(pod.Spec),
            StartTime = input.Before.StartTime ?? pod.Status.StartTime ?? StatusTime.Of(input.Now),
        };
        status = WithPhase(input, status);
        status = status with { Conditions = PodConditions.Compute(input, status) };
        return WithAddresses(input, input.IsTerminal ? LastStatuses.Of(pod, status) : status);
    }

    /// <summary>Of a pod that was not let in there is nothing to tell but why.</summary>
    private static PodStatus Refused(StatusInput input, PodVerdict refusal) => new()
    {
        ObservedGeneration = input.Pod.Metadata.Generation,
        Phase = PodPhase.Failed,
        Reason = refusal.Reason,
        Message = refusal.Message,
        QosClass = input.Pod.Status.QosClass.Length > 0
            ? input.Pod.Status.QosClass
            : PodResources.ComputeQosClass(input.Pod.Spec),
        StartTime = input.Before.StartTime ?? input.Pod.Status.StartTime ?? StatusTime.Of(input.Now),
        Conditions = input.Pod.Status.Conditions.Where(static one => !PodConditions.IsOwned(one.Type)).ToApiList(),
    };

    /// <summary>The agent before this one did not let the pod in.</summary>
    private static bool WasRefused(StatusInput input) =>
        input.Before is { Phase: PodPhase.Failed, ContainerStatuses.Count: 0, InitContainerStatuses.Count: 0 }
        && input.Picture.Containers.Count == 0;

    private static PodStatus WithPhase(StatusInput input, PodStatus status)
    {
        if (input.Verdict is { } verdict)
        {
            // A pod is over when nothing of it runs any more, not before.
            if (input.Picture.HasRunning && !input.IsTerminal && input.Before.Phase.Length > 0)
            {
                return status with
                {
                    Phase = input.Before.Phase,
                    Reason = input.Before.Reason,
                    Message = input.Before.Message,
                };
            }

            return status with { Phase = PodPhase.Failed, Reason = verdict.Reason, Message = verdict.Message };
        }

        string phase = RestartRules.RestartsAll(input.Pod, input.Picture, input.Before)
            ? PodPhase.Running
            : PodPhases.Of(input, status.InitContainerStatuses, status.ContainerStatuses);

        // What is over stays over.
        foreach (PodStatus earlier in (ReadOnlySpan<PodStatus>)[input.Before, input.Pod.Status])
        {
            if (earlier.Phase is PodPhase.Failed or PodPhase.Succeeded)
            {
                return status with { Phase = earlier.Phase, Reason = earlier.Reason, Message = earlier.Message };
            }
        }

        return phase == input.Before.Phase
            ? status with
            {
                Phase = phase,
                Reason = Either(input.Before.Reason, input.Pod.Status.Reason),
                Message = Either(input.Before.Message, input.Pod.Status.Message),
            }
            : status with { Phase = phase };
    }

    private static string Either(string one, string other) => one.Length > 0 ? one : other;

    private static PodStatus WithAddresses(StatusInput input, PodStatus status)
    {
        if (input.HostAddresses.Count > 0)
        {
            status = status with
            {
                HostIP = input.HostAddresses[0],
                HostIPs = input.HostAddresses.Select(static one => new HostIP { Ip = one }).ToApiList(),
            };
        }

        IReadOnlyList<string> addresses = input.Pod.Spec.HostNetwork
            ? input.HostAddresses
            : PodAddresses.InOrder(input.Picture.Addresses, input.HostAddresses);
        if (addresses.Count == 0)
        {
            return status.PodIP.Length > 0 || input.Before.PodIP.Length == 0
                ? status
                : status with { PodIP = input.Before.PodIP, PodIPs = input.Before.PodIPs };
        }

        return status with
        {
            PodIP = addresses[0],
            PodIPs = addresses.Select(static one => new PodIP { Ip = one }).ToApiList(),
        };
    }

    /// <summary>Adds what probes say: started and ready.</summary>
    private static ApiList<ContainerStatus> Probed(
        StatusInput input, List<ContainerSpec> containers, ApiList<ContainerStatus> statuses)
    {
        return statuses.Map(status =>
        {
            ContainerSpec one = containers.Find(it => it.Name == status.Name)!;
            if (one.Role == ContainerRole.Init)
            {
                return status with
                {
                    Started = status.State.Running is not null,
                    Ready = status.State.Terminated is { ExitCode: 0 },
                };
            }

            bool isStarted = IsStarted(input, one, status);
            return status with { Started = isStarted, Ready = isStarted && IsReady(input, one, status) };
        });
    }

    private static bool IsStarted(StatusInput input, ContainerSpec one, ContainerStatus status) =>
        status.State.Running is not null
        && (one.Container.StartupProbe is null || VerdictOf(input, status, ProbeKind.Startup) == ProbeVerdict.Success);

    private static bool IsReady(StatusInput input, ContainerSpec one, ContainerStatus status) =>
        one.Container.ReadinessProbe is null || VerdictOf(input, status, ProbeKind.Readiness) == ProbeVerdict.Success;

    private static ProbeVerdict? VerdictOf(StatusInput input, ContainerStatus status, ProbeKind kind) =>
        input.Probes.Of(status.ContainerID[(status.ContainerID.IndexOf("://", StringComparison.Ordinal) + 3)..], kind);
}
