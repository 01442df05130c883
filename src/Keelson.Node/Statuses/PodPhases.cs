using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Pods;

namespace Keelson.Nodes.Statuses;

/// <summary>The phase of a pod, from the statuses of its containers (upstream's getPhase).</summary>
internal static class PodPhases
{
    /// <summary>The phase.</summary>
    public static string Of(
        Pod pod, ApiList<ContainerStatus> inits, ApiList<ContainerStatus> regulars, bool isTerminal)
    {
        Counts counts = new();
        bool hasStarted = HasAnyStarted(regulars);
        foreach (ContainerSpec one in ContainerSpec.InitOf(pod.Spec))
        {
            ContainerStatus? status = ContainerStatuses.Find(inits, one.Name);
            if (one.Role == ContainerRole.Sidecar)
            {
                counts.AddSidecar(status);
            }
            else
            {
                counts.AddInit(pod.Spec, one.Container, status);
            }
        }

        foreach (ContainerSpec one in ContainerSpec.RegularOf(pod.Spec))
        {
            counts.AddRegular(pod.Spec, one.Container, ContainerStatuses.Find(regulars, one.Name));
        }

        if (counts.FailedInits > 0)
        {
            return PodPhase.Failed;
        }

        bool isPending = counts.PendingInits > 0 || (counts.PendingSidecars > 0 && !hasStarted) || counts.Waiting > 0;
        if (isPending || counts.Unknown > 0 || (counts.Running == 0 && counts.Stopped == 0))
        {
            return PodPhase.Pending;
        }

        if (counts.Running > 0)
        {
            return PodPhase.Running;
        }

        bool isDone = isTerminal || counts.WillRestart == 0;
        return !isDone ? PodPhase.Running : counts.Stopped == counts.Succeeded ? PodPhase.Succeeded : PodPhase.Failed;
    }

    /// <summary>True when one of the pod's containers was started at any time.</summary>
    public static bool HasAnyStarted(ApiList<ContainerStatus> regulars)
    {
        foreach (ContainerStatus one in regulars)
        {
            if (one.State.Running is not null || one.State.Terminated is not null
                || one.LastState.Terminated is not null)
            {
                return true;
            }
        }

        return false;
    }

    private sealed class Counts
    {
        public int FailedInits { get; private set; }

        public int PendingInits { get; private set; }

        public int PendingSidecars { get; private set; }

        public int Unknown { get; private set; }

        public int Running { get; private set; }

        public int Waiting { get; private set; }

        public int Stopped { get; private set; }

        public int Succeeded { get; private set; }

        public int WillRestart { get; private set; }

        public void AddInit(PodSpec pod, Container container, ContainerStatus? status)
        {
            ContainerStateTerminated? ended = status?.State.Terminated
                ?? (status?.State.Waiting is not null ? status.LastState.Terminated : null);
            if (ended is null)
            {
                PendingInits++;
            }
            else if (ended.ExitCode != 0)
            {
                bool isOver = !RestartRules.AfterFailedInit(pod, container, ended.ExitCode);
                FailedInits += isOver ? 1 : 0;
            }
        }

        public void AddSidecar(ContainerStatus? status)
        {
            if (status?.State.Running is not null)
            {
                PendingSidecars += status.Started == true ? 0 : 1;
                Running++;
            }
            else if (status is null)
            {
                Unknown++;
            }
            else if (status.State.Terminated is null && status.LastState.Terminated is null)
            {
                PendingSidecars++;
                Waiting += status.State.Waiting is null ? 0 : 1;
                Unknown += status.State.Waiting is null ? 1 : 0;
            }
        }

        public void AddRegular(PodSpec pod, Container container, ContainerStatus? status)
        {
            if (status?.State.Running is not null)
            {
                Running++;
            }
            else if (status?.State.Terminated is { } ended)
            {
                Stopped++;
                Succeeded += ended.ExitCode == 0 ? 1 : 0;
                WillRestart += RestartRules.AfterExit(pod, container, ended.ExitCode) ? 1 : 0;
            }
            else if (status?.State.Waiting is not null)
            {
                bool wasUp = status.LastState.Terminated is not null;
                Stopped += wasUp ? 1 : 0;
                WillRestart += wasUp ? 1 : 0;
                Waiting += wasUp ? 0 : 1;
            }
            else
            {
                Unknown++;
            }
        }
    }
}
