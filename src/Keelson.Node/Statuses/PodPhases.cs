using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Pods;

namespace Keelson.Nodes.Statuses;

/// <summary>The phase of a pod, from the statuses of its containers (upstream's getPhase).</summary>
internal static class PodPhases
{
    /// <summary>The phase.</summary>
    /// <param name="input">The pod and what is known of it.</param>
    /// <param name="inits">The statuses of its init containers.</param>
    /// <param name="regulars">The statuses of its containers.</param>
    public static string Of(StatusInput input, ApiList<ContainerStatus> inits, ApiList<ContainerStatus> regulars)
    {
        Pod pod = input.Pod;
        Counts counts = new();
        bool hasStarted = HasStartedInSandbox(pod, input.Picture);
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

        bool isDone = (input.IsTerminal && !StaticPods.IsStatic(pod)) || counts.WillRestart == 0;
        return !isDone ? PodPhase.Running : counts.Stopped == counts.Succeeded ? PodPhase.Succeeded : PodPhase.Failed;
    }

    /// <summary>True when one of the pod's containers runs or ran.</summary>
    public static bool HasAnyStarted(ApiList<ContainerStatus> regulars)
    {
        foreach (ContainerStatus one in regulars)
        {
            if (one.State.Running is not null || one.State.Terminated is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when the sandbox there is has one of the pod's containers, so that its init containers are
    /// done.</summary>
    private static bool HasStartedInSandbox(Pod pod, PodPicture picture) =>
        picture.Sandboxes is [{ IsReady: true } sandbox, ..]
        && picture.Containers.Any(one =>
            (one.SandboxId.Length == 0 || one.SandboxId == sandbox.Id)
            && pod.Spec.Containers.Any(it => it.Name == one.Name));

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
                bool isOver = !IsRestarted(ended)
                    && !RestartRules.AfterFailedInit(pod, container, ended.ExitCode);
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
                WillRestart += Restarts(pod, container, ended) ? 1 : 0;
            }
            else if (status?.State.Waiting is not null)
            {
                ContainerStateTerminated? last = status.LastState.Terminated;
                Stopped += last is null ? 0 : 1;
                WillRestart += last is not null && Restarts(pod, container, last) ? 1 : 0;
                Waiting += last is null ? 1 : 0;
            }
            else
            {
                Unknown++;
            }
        }

        private static bool Restarts(PodSpec pod, Container container, ContainerStateTerminated ended) =>
            IsRestarted(ended) || RestartRules.AfterExit(pod, container, ended.ExitCode);

        private static bool IsRestarted(ContainerStateTerminated ended) =>
            ended.Reason == RestartRules.RestartingAll;
    }
}
