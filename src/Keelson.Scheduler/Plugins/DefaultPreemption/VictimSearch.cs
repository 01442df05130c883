using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.DefaultPreemption;

/// <summary>
/// Finds the fewest pods of lower priority to move out of a node so that a pod fits, on a copy of the node.
/// </summary>
internal sealed class VictimSearch(IFilterRunner filters, DisruptionBudgets budgets, DateTimeOffset now)
{
    private static readonly PluginStatus NoVictims = new(
        StatusCode.UnschedulableAndUnresolvable, DefaultPreemptionPlugin.PluginName,
        "No preemption victims found for incoming pod");

    // The node that pods are moved out of in thought; one after the other, so one is enough.
    private readonly NodeInfo _scratch = new("", 0);

    /// <summary>A candidate, or why there is none on this node.</summary>
    public PluginStatus? Search(CycleState attempt, PodInfo pod, NodeInfo node, out Candidate? candidate)
    {
        candidate = null;
        List<PodInfo>? lower = null;
        foreach (PodInfo other in node.Pods)
        {
            if (other.Priority < pod.Priority)
            {
                (lower ??= []).Add(other);
            }
        }

        if (lower is null)
        {
            return NoVictims;
        }

        _scratch.CopyFrom(node);
        NodeInfo copy = _scratch;
        CycleState state = filters.FollowsPods(attempt) ? attempt.Clone() : attempt;
        foreach (PodInfo victim in lower)
        {
            if (Remove(state, pod, victim, copy) is { } failed)
            {
                return failed;
            }
        }

        if (filters.FilterWithNominated(state, pod, copy) is { } stillUnfit)
        {
            return stillUnfit;
        }

        lower.Sort(Importance.Order(now));
        List<PodInfo> victims = [];
        (List<PodInfo> violating, List<PodInfo> others) = budgets.Split(lower);
        if (Reprieve(state, pod, copy, violating, victims) is { } error)
        {
            return error;
        }

        int violations = victims.Count;
        error = Reprieve(state, pod, copy, others, victims);
        if (error is not null)
        {
            return error;
        }

        if (victims.Count == 0)
        {
            return PluginStatus.Error(
                DefaultPreemptionPlugin.PluginName, $"expected at least one victim pod on node \"{node.Name}\"");
        }

        victims.Sort(Importance.Order(now));
        candidate = new(node.Name, victims, violations);
        return null;
    }

    /// <summary>
    /// Puts pods back as long as the pod still fits, the most important first; who has to go is a victim.
    /// </summary>
    private PluginStatus? Reprieve(
        CycleState state, PodInfo pod, NodeInfo node, List<PodInfo> pods, List<PodInfo> victims)
    {
        foreach (PodInfo one in pods)
        {
            node.AddPod(one);
            if (filters.AddPod(state, pod, one, node) is { } failed)
            {
                return failed;
            }

            if (filters.FilterWithNominated(state, pod, node) is null)
            {
                continue;
            }

            if (Remove(state, pod, one, node) is { } error)
            {
                return error;
            }

            victims.Add(one);
        }

        return null;
    }

    private PluginStatus? Remove(CycleState state, PodInfo pod, PodInfo victim, NodeInfo node)
    {
        node.RemovePod(victim);
        return filters.RemovePod(state, pod, victim, node);
    }
}
