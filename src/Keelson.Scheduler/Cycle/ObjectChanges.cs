using Keelson.Api.Core.V1;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Cycle;

/// <summary>What a change of an object was about, as plugins register for it.</summary>
internal static class ObjectChanges
{
    /// <summary>What changed about a node.</summary>
    public static ActionType Of(Node old, Node now)
    {
        ActionType actions = ActionType.None;
        if (old.Status.Allocatable != now.Status.Allocatable)
        {
            actions |= ActionType.UpdateNodeAllocatable;
        }

        if (old.Metadata.Labels != now.Metadata.Labels)
        {
            actions |= ActionType.UpdateNodeLabel;
        }

        if (old.Spec.Unschedulable != now.Spec.Unschedulable || old.Spec.Taints != now.Spec.Taints)
        {
            actions |= ActionType.UpdateNodeTaint;
        }

        if (ConditionsChanged(old, now))
        {
            actions |= ActionType.UpdateNodeCondition;
        }

        if (old.Metadata.Annotations != now.Metadata.Annotations)
        {
            actions |= ActionType.UpdateNodeAnnotation;
        }

        if (old.Status.DeclaredFeatures != now.Status.DeclaredFeatures)
        {
            actions |= ActionType.UpdateNodeDeclaredFeature;
        }

        return actions;
    }

    /// <summary>
    /// What changed about a pod; <see cref="ActionType.UpdateOther"/> when it is nothing that plugins name.
    /// </summary>
    public static ActionType Of(PodInfo old, PodInfo now)
    {
        ActionType actions = ActionType.None;
        if (old.Labels != now.Labels)
        {
            actions |= ActionType.UpdatePodLabel;
        }

        if (AsksForLess(old.Requests, now.Requests))
        {
            actions |= ActionType.UpdatePodScaleDown;
        }

        if (old.Pod.Spec.Tolerations != now.Pod.Spec.Tolerations)
        {
            actions |= ActionType.UpdatePodToleration;
        }

        if (old.Pod.Spec.SchedulingGates.Count > 0 && now.Pod.Spec.SchedulingGates.Count == 0)
        {
            actions |= ActionType.UpdatePodSchedulingGatesEliminated;
        }

        if (old.Pod.Status.ResourceClaimStatuses != now.Pod.Status.ResourceClaimStatuses)
        {
            actions |= ActionType.UpdatePodGeneratedResourceClaim;
        }

        return actions == ActionType.None ? ActionType.UpdateOther : actions;
    }

    /// <summary>What changed about a pod that waits: nothing, if only what was written about its waiting did.</summary>
    public static ActionType OfWaiting(PodInfo old, PodInfo now)
    {
        ActionType actions = Of(old, now);
        return actions != ActionType.UpdateOther
            || old.Pod.Spec != now.Pod.Spec
            || old.Pod.Metadata.Annotations != now.Pod.Metadata.Annotations
            || old.Pod.Metadata.OwnerReferences != now.Pod.Metadata.OwnerReferences
            || old.IsTerminating != now.IsTerminating
            ? actions
            : ActionType.None;
    }

    private static bool AsksForLess(ResourceAmounts old, ResourceAmounts now)
    {
        if (now.MilliCpu < old.MilliCpu || now.Memory < old.Memory || now.EphemeralStorage < old.EphemeralStorage)
        {
            return true;
        }

        foreach (ScalarAmount one in old.Scalars)
        {
            if (now.Get(one.Name) < one.Amount)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Heartbeats don't count.</summary>
    private static bool ConditionsChanged(Node old, Node now)
    {
        if (old.Status.Conditions.Count != now.Status.Conditions.Count)
        {
            return true;
        }

        for (int i = 0; i < old.Status.Conditions.Count; i++)
        {
            if (old.Status.Conditions[i].Type != now.Status.Conditions[i].Type
                || old.Status.Conditions[i].Status != now.Status.Conditions[i].Status)
            {
                return true;
            }
        }

        return false;
    }
}
