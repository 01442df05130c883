using Keelson.Api.Core.V1;
using Keelson.Nodes.Probes;
using Keelson.Nodes.Resize;

namespace Keelson.Nodes.Pods;

/// <summary>
/// Decides what a pod needs next from what it should be and what the runtime has of it (upstream's computePodActions).
/// Pure: back-off and the actual work are the executor's.
/// </summary>
internal static class PodPlanning
{
    /// <summary>The next actions.</summary>
    /// <param name="pod">The pod, with the resources that it was given.</param>
    /// <param name="picture">What the runtime has of it.</param>
    /// <param name="probes">What probes found.</param>
    /// <param name="actuated">The resources in force; null when nobody knows.</param>
    public static PodPlan Compute(
        Pod pod, PodPicture picture, IProbeResults probes, PodAllocation? actuated = null)
    {
        (bool isNew, uint attempt, string sandbox) = SandboxNeed(pod, picture);
        if (isNew)
        {
            return ForNewSandbox(pod, picture, attempt, sandbox);
        }

        PlanDraft draft = new(pod, picture, probes) { Actuated = actuated };
        foreach (ContainerSpec one in ContainerSpec.EphemeralOf(pod.Spec))
        {
            if (picture.Latest(one.Name) is null)
            {
                draft.Start.Add(one);
            }
        }

        bool isInitialized = InitPlanning.Add(draft);
        if (!draft.KillPod && isInitialized)
        {
            AddRegular(draft);
        }

        return new PodPlan
        {
            KillPod = draft.KillPod,
            SandboxId = sandbox,
            Attempt = attempt,
            Kill = draft.KillPod ? [] : draft.Kill,
            Start = draft.KillPod ? [] : draft.Start,
            Update = draft.KillPod ? [] : draft.Update,
            ResizesPod = !draft.KillPod && actuated is not null && !Equals(actuated.Pod, pod.Spec.Resources),
        };
    }

    /// <summary>Whether a sandbox must be made, its number, and the one there is.</summary>
    public static (bool IsNew, uint Attempt, string SandboxId) SandboxNeed(Pod pod, PodPicture picture)
    {
        if (picture.Sandboxes.Count == 0)
        {
            return (true, 0, "");
        }

        SandboxPicture latest = picture.Sandboxes[0];
        bool isGood = latest.IsReady
            && picture.Sandboxes.Count(static one => one.IsReady) == 1
            && latest.HasHostNetwork == pod.Spec.HostNetwork
            && (latest.HasHostNetwork || latest.Addresses.Count > 0);
        return isGood ? (false, latest.Attempt, latest.Id) : (true, latest.Attempt + 1, latest.Id);
    }

    private static PodPlan ForNewSandbox(Pod pod, PodPicture picture, uint attempt, string sandbox)
    {
        PodPlan plan = new() { KillPod = true, CreateSandbox = true, Attempt = attempt, SandboxId = sandbox };
        bool mayRestart = ContainerSpec.RegularOf(pod.Spec)
            .Any(one => RestartRules.MayRestart(pod.Spec, one.Container));
        if (!mayRestart && attempt != 0 && picture.Containers.Count > 0)
        {
            // What ran must not run a second time; the sandbox that remains is taken down.
            return plan with { CreateSandbox = false };
        }

        List<ContainerSpec> regular =
        [
            .. ContainerSpec.RegularOf(pod.Spec).Where(one =>
                !(picture.Latest(one.Name) is { Phase: ContainerPhase.Exited } ended
                    && !RestartRules.AfterExit(pod.Spec, one.Container, ended.ExitCode))),
        ];
        if (regular.Count == 0 && picture.Containers.Any(one => pod.Spec.Containers.Any(it => it.Name == one.Name)))
        {
            return plan with { CreateSandbox = false };
        }

        // A new sandbox begins from the start.
        ContainerSpec? init = ContainerSpec.InitOf(pod.Spec).FirstOrDefault();
        return plan with { Start = init is null ? regular : [init] };
    }

    private static void AddRegular(PlanDraft draft)
    {
        int kept = 0;
        bool starts = false;
        foreach (ContainerSpec one in ContainerSpec.RegularOf(draft.Pod.Spec))
        {
            ContainerPicture? latest = draft.Picture.Latest(one.Name);
            if (latest is not { Phase: ContainerPhase.Running })
            {
                if (RestartRules.ShouldStart(draft.Pod, one.Container, latest))
                {
                    draft.Start.Add(one);
                    starts = true;
                    if (latest is { Phase: ContainerPhase.Unknown })
                    {
                        draft.KillOne(latest, one, "Container is in \"unknown\" state, try killing it before restart");
                    }
                }

                continue;
            }

            if (Complaint(draft, one, latest) is not { } complaint)
            {
                if (ResizePlanning.Add(draft, one, latest))
                {
                    kept++;
                }
                else
                {
                    draft.Start.Add(one);
                    starts = true;
                }

                continue;
            }

            bool restarts = complaint.Restarts || RestartRules.MayRestart(draft.Pod.Spec, one.Container);
            draft.KillOne(
                latest,
                one,
                $"Container {one.Name} {complaint.Text}{(restarts ? ", will be restarted" : "")}",
                complaint.Reason);
            if (restarts)
            {
                draft.Start.Add(one);
                starts = true;
            }
        }

        if (kept == 0 && !starts)
        {
            // Sidecars and ephemeral containers do not keep a pod alive.
            draft.KillPod = true;
        }

    }

    private static (string Text, KillReason Reason, bool Restarts)? Complaint(
        PlanDraft draft, ContainerSpec one, ContainerPicture latest)
    {
        if (draft.HasChanged(one, latest))
        {
            return ("definition changed", KillReason.Other, true);
        }

        if (draft.Probes.Of(latest.Id, ProbeKind.Liveness) == ProbeVerdict.Failure)
        {
            return ("failed liveness probe", KillReason.LivenessProbe, false);
        }

        return draft.Probes.Of(latest.Id, ProbeKind.Startup) == ProbeVerdict.Failure
            ? ("failed startup probe", KillReason.StartupProbe, false)
            : null;
    }
}

/// <summary>A plan that is being made.</summary>
internal sealed class PlanDraft(Pod pod, PodPicture picture, IProbeResults probes)
{
    public Pod Pod { get; } = pod;

    public PodPicture Picture { get; } = picture;

    public IProbeResults Probes { get; } = probes;

    public PodAllocation? Actuated { get; init; }

    public bool KillPod { get; set; }

    public List<ContainerToUpdate> Update { get; } = [];

    public List<ContainerToKill> Kill { get; } = [];

    public List<ContainerSpec> Start { get; } = [];

    public bool HasChanged(ContainerSpec one, ContainerPicture latest) =>
        latest.Hash.Length > 0 && latest.Hash != PodNames.HashOf(one);

    public void KillOne(
        ContainerPicture container, ContainerSpec spec, string message, KillReason reason = KillReason.Other) =>
        Kill.Add(new(container, spec, message, reason));
}
