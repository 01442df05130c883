using Keelson.Api.Core.V1;
using Keelson.Scheduler.Config;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.PodTopologySpread;

/// <summary>Spreads pods evenly over domains such as zones and nodes.</summary>
internal sealed class PodTopologySpreadPlugin(PodTopologySpreadArgs args, PluginContext context) :
    IPreFilterExtensions, IFilterPlugin, IPreScorePlugin, INormalizeScorePlugin, IEnqueueExtensions, ISnapshotObserver
{
    /// <summary>The name.</summary>
    public const string PluginName = "PodTopologySpread";

    private static readonly StateSlot<SpreadCounts> CountsSlot = new();
    private static readonly StateSlot<SpreadScores> ScoresSlot = new();

    private static readonly PluginStatus Uneven =
        new(StatusCode.Unschedulable, PluginName, "node(s) didn't match pod topology spread constraints");

    private static readonly PluginStatus MissingLabel = new(
        StatusCode.UnschedulableAndUnresolvable, PluginName,
        "node(s) didn't match pod topology spread constraints (missing required label)");

    private readonly SpreadConstraints _constraints = new(args, context.Informers);
    private readonly MatchingPods _matching = new(context.Snapshot);

    /// <inheritdoc/>
    public string Name => PluginName;

    /// <inheritdoc/>
    public IEnumerable<ClusterEventHint> EventsToRegister() =>
    [
        new(
            new(EventResource.AssignedPod, ActionType.Add | ActionType.UpdatePodLabel | ActionType.Delete),
            PodChangeHelps),
        new(new(EventResource.UnscheduledPod, ActionType.UpdatePodLabel)),
        new(
            new(
                EventResource.Node,
                ActionType.Add | ActionType.Delete | ActionType.UpdateNodeLabel | ActionType.UpdateNodeTaint),
            NodeChangeHelps),
    ];

    /// <inheritdoc/>
    public PluginStatus? PreFilter(CycleState state, PodInfo pod, out NodeRestriction? restriction)
    {
        restriction = null;
        SpreadConstraint[] constraints = Required(pod);
        if (constraints.Length == 0)
        {
            return PluginStatus.Skip;
        }

        state.Set(CountsSlot, new(pod, constraints, context.Snapshot, _matching));
        return null;
    }

    /// <inheritdoc/>
    public PluginStatus? AddPod(CycleState state, PodInfo pod, PodInfo added, NodeInfo node)
    {
        state.Get(CountsSlot)?.Count(pod, added, node, 1);
        return null;
    }

    /// <inheritdoc/>
    public PluginStatus? RemovePod(CycleState state, PodInfo pod, PodInfo removed, NodeInfo node)
    {
        state.Get(CountsSlot)?.Count(pod, removed, node, -1);
        return null;
    }

    /// <inheritdoc/>
    public PluginStatus? Filter(CycleState state, PodInfo pod, NodeInfo node) =>
        state.Get(CountsSlot)!.Allows(node) switch
        {
            null => MissingLabel,
            false => Uneven,
            true => null,
        };

    /// <inheritdoc/>
    public PluginStatus? PreScore(CycleState state, PodInfo pod, ReadOnlySpan<NodeInfo> nodes)
    {
        SpreadConstraint[] constraints = _constraints.Of(pod, UnsatisfiableConstraintAction.ScheduleAnyway);
        if (constraints.Length == 0)
        {
            return PluginStatus.Skip;
        }

        SpreadScores scores = new(pod, constraints, context.Snapshot, _matching, _constraints.RequiresAllKeys(pod));
        scores.Count(pod, nodes, context.Snapshot.Order.Nodes);
        state.Set(ScoresSlot, scores);
        return null;
    }

    /// <inheritdoc/>
    public PluginStatus? Score(CycleState state, PodInfo pod, ReadOnlySpan<NodeInfo> nodes, Span<long> scores)
    {
        SpreadScores spread = state.Get(ScoresSlot)!;
        for (int i = 0; i < nodes.Length; i++)
        {
            scores[i] = spread.IsIgnored(nodes[i]) ? 0 : spread.FullnessOf(nodes[i]);
        }

        return null;
    }

    /// <inheritdoc/>
    public PluginStatus? Normalize(CycleState state, PodInfo pod, ReadOnlySpan<NodeInfo> nodes, Span<long> scores)
    {
        SpreadScores spread = state.Get(ScoresSlot)!;
        long lowest = long.MaxValue;
        long highest = 0;
        for (int i = 0; i < nodes.Length; i++)
        {
            if (!spread.IsIgnored(nodes[i]))
            {
                lowest = Math.Min(lowest, scores[i]);
                highest = Math.Max(highest, scores[i]);
            }
        }

        for (int i = 0; i < nodes.Length; i++)
        {
            scores[i] = spread.IsIgnored(nodes[i]) ? 0
                : highest == 0 ? Scores.Max
                : Scores.Max * (highest + lowest - scores[i]) / highest;
        }

        return null;
    }

    /// <inheritdoc/>
    public void NodeAdded(NodeInfo node)
    {
    }

    /// <inheritdoc/>
    public void NodeUpdated(NodeInfo node, Node old)
    {
    }

    /// <inheritdoc/>
    public void NodeRemoved(NodeInfo node) => _matching.Removed(node);

    /// <inheritdoc/>
    public void PodAdded(NodeInfo node, PodInfo pod) => _matching.Changed(node, pod, 1);

    /// <inheritdoc/>
    public void PodRemoved(NodeInfo node, PodInfo pod) => _matching.Changed(node, pod, -1);

    private SpreadConstraint[] Required(PodInfo pod) =>
        _constraints.Of(pod, UnsatisfiableConstraintAction.DoNotSchedule);

    private bool PodChangeHelps(PodInfo pod, object? old, object? now)
    {
        PodInfo? before = (PodInfo?)old;
        PodInfo? after = (PodInfo?)now;
        if ((before ?? after)!.Namespace != pod.Namespace)
        {
            return false;
        }

        return Array.Exists(
            Required(pod),
            one => (before is not null && one.Selector.Matches(before.Labels))
                != (after is not null && one.Selector.Matches(after.Labels)));
    }

    private bool NodeChangeHelps(PodInfo pod, object? old, object? now)
    {
        SpreadConstraint[] constraints = Required(pod);
        bool Counts(Node? node) =>
            node is not null && SpreadConstraint.AllKeysOn(constraints, node.Metadata.Labels);
        bool counted = Counts(old as Node);
        bool counts = Counts(now as Node);
        if (counted != counts || old is not Node before || now is not Node after)
        {
            return counted != counts;
        }

        return counts
            && (before.Spec.Taints != after.Spec.Taints
                || Array.Exists(
                    constraints, one => before.Metadata.Labels[one.Key] != after.Metadata.Labels[one.Key]));
    }
}
