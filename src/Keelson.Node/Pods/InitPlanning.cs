using Keelson.Api.Core.V1;
using Keelson.Nodes.Probes;
using Keelson.Nodes.Resize;

namespace Keelson.Nodes.Pods;

/// <summary>
/// What the init containers of a pod need: one after the other, sidecars kept running from their start on (upstream's
/// computeInitContainerActions).
/// </summary>
internal static class InitPlanning
{
    /// <summary>Adds what is to be done; true when the pod's containers may start.</summary>
    public static bool Add(PlanDraft draft)
    {
        List<ContainerSpec> inits = [.. ContainerSpec.InitOf(draft.Pod.Spec)];
        if (inits.Count == 0)
        {
            return true;
        }

        // When a regular container runs, all init containers have run, even if the runtime knows them no longer.
        bool isInitialized = draft.Pod.Spec.Containers.Any(one =>
            draft.Picture.Latest(one.Name) is { Phase: ContainerPhase.Created or ContainerPhase.Running });
        bool isPast = isInitialized;
        bool hasBegun = isInitialized;
        List<ContainerSpec> start = [];
        for (int i = inits.Count - 1; i >= 0; i--)
        {
            ContainerSpec one = inits[i];
            ContainerPicture? latest = draft.Picture.Latest(one.Name);
            if (latest is null)
            {
                if (isPast && one.Role == ContainerRole.Sidecar)
                {
                    start.Add(one);
                }

                continue;
            }

            hasBegun = true;
            if (one.Role == ContainerRole.Sidecar)
            {
                bool isUp = AddSidecar(draft, one, latest, start);
                if (!isPast && isUp)
                {
                    isInitialized |= Advance(inits, i, start);
                }
            }
            else if (!isPast)
            {
                isInitialized |= AddInit(draft, inits, i, latest, start);
                if (draft.KillPod)
                {
                    return false;
                }
            }

            // The last one that was started decides; those before it are done, and of them sidecars are kept running.
            isPast = true;
        }

        if (!hasBegun)
        {
            start.Add(inits[0]);
        }

        start.Reverse();
        draft.Start.AddRange(start);
        return isInitialized;
    }

    /// <summary>Goes on behind a container; true when it was the last.</summary>
    private static bool Advance(List<ContainerSpec> inits, int index, List<ContainerSpec> start)
    {
        if (index == inits.Count - 1)
        {
            return true;
        }

        start.Add(inits[index + 1]);
        return false;
    }

    /// <summary>A sidecar; true when it is up, so that those behind it may start.</summary>
    private static bool AddSidecar(
        PlanDraft draft, ContainerSpec one, ContainerPicture latest, List<ContainerSpec> start)
    {
        if (latest.Phase != ContainerPhase.Running)
        {
            if (latest.Phase == ContainerPhase.Unknown)
            {
                draft.KillOne(latest, one, "Init container is in \"unknown\" state, try killing it before restart");
            }

            start.Add(one);
            return false;
        }

        if (one.Container.StartupProbe is not null)
        {
            ProbeVerdict? startup = draft.Probes.Of(latest.Id, ProbeKind.Startup);
            if (startup == ProbeVerdict.Failure)
            {
                draft.KillOne(latest, one, $"Init container {one.Name} failed startup probe", KillReason.StartupProbe);
                start.Add(one);
            }

            if (startup != ProbeVerdict.Success)
            {
                return false;
            }
        }

        if (draft.HasChanged(one, latest))
        {
            draft.KillOne(latest, one, $"Init container {one.Name} definition changed");
            start.Add(one);
        }
        else if (draft.Probes.Of(latest.Id, ProbeKind.Liveness) == ProbeVerdict.Failure)
        {
            draft.KillOne(latest, one, $"Init container {one.Name} failed liveness probe", KillReason.LivenessProbe);
            start.Add(one);
        }
        else if (!ResizePlanning.Add(draft, one, latest))
        {
            start.Add(one);
        }

        return true;
    }

    /// <summary>The init container that was started last; true when it was the last of all and succeeded.</summary>
    private static bool AddInit(
        PlanDraft draft, List<ContainerSpec> inits, int index, ContainerPicture latest, List<ContainerSpec> start)
    {
        ContainerSpec one = inits[index];
        switch (latest.Phase)
        {
            case ContainerPhase.Created:
                // Creation and start are one step: the runtime failed to start it.
                start.Add(one);
                return false;
            case ContainerPhase.Running:
                return false;
            case ContainerPhase.Exited when latest.ExitCode == 0:
                return Advance(inits, index, start);
            default:
                if (!RestartRules.AfterFailedInit(draft.Pod.Spec, one.Container, latest.ExitCode))
                {
                    draft.KillPod = true;
                    return false;
                }

                if (latest.Phase == ContainerPhase.Unknown)
                {
                    draft.KillOne(latest, one, "Init container is in \"unknown\" state, try killing it before restart");
                }

                start.Add(one);
                return false;
        }
    }
}
