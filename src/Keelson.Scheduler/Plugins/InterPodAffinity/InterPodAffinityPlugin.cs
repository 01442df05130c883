using Keelson.Api.Core.V1;
using Keelson.Client.Informers;
using Keelson.Machinery.Values;
using Keelson.Scheduler.Config;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.InterPodAffinity;

/// <summary>
/// Places pods near to pods they must or would like to be near to, and away from those they must or would like to be
/// away from; the wishes and demands of pods that are placed already count as well.
/// </summary>
internal sealed class InterPodAffinityPlugin :
    IPreFilterExtensions, IFilterPlugin, IPreScorePlugin, INormalizeScorePlugin, IEnqueueExtensions, ISnapshotObserver
{
    /// <summary>The name.</summary>
    public const string PluginName = "InterPodAffinity";

    private static readonly StateSlot<AffinityCounts> CountsSlot = new();
    private static readonly StateSlot<AffinityWishes> WishesSlot = new();

    private static readonly PluginStatus NoCompany =
        new(StatusCode.UnschedulableAndUnresolvable, PluginName, "node(s) didn't match pod affinity rules");

    private static readonly PluginStatus NotAway =
        new(StatusCode.Unschedulable, PluginName, "node(s) didn't match pod anti-affinity rules");

    private static readonly PluginStatus Unwelcome =
        new(StatusCode.Unschedulable, PluginName, "node(s) didn't satisfy existing pods anti-affinity rules");

    private readonly InterPodAffinityArgs _args;
    private readonly NodeSnapshot _snapshot;
    private readonly IInformer<Namespace> _namespaces;
    private readonly AffinityLedger _ledger;

    public InterPodAffinityPlugin(InterPodAffinityArgs args, PluginContext context)
    {
        _args = args;
        _snapshot = context.Snapshot;
        _namespaces = context.Informers.Of<Namespace>();
        _ledger = new(_snapshot, LabelsOf, args.HardPodAffinityWeight);
        _namespaces.Subscribe((old, now) =>
        {
            if (old?.Metadata.Labels != now?.Metadata.Labels)
            {
                context.Post(_ledger.Clear);
            }
        });
    }

    /// <inheritdoc/>
    public string Name => PluginName;

    /// <inheritdoc/>
    public IEnumerable<ClusterEventHint> EventsToRegister() =>
    [
        new(
            new(EventResource.AssignedPod, ActionType.Add | ActionType.UpdatePodLabel | ActionType.Delete),
            PodChangeHelps),
        new(new(EventResource.UnscheduledPod, ActionType.UpdatePodLabel)),
        new(new(EventResource.Node, ActionType.Add | ActionType.UpdateNodeLabel), NodeChangeHelps),
    ];

    /// <inheritdoc/>
    public PluginStatus? PreFilter(CycleState state, PodInfo pod, out NodeRestriction? restriction)
    {
        restriction = null;
        if (_snapshot.WithRequiredAntiAffinity.Count == 0
            && pod.RequiredAffinity.Length + pod.RequiredAntiAffinity.Length == 0)
        {
            return PluginStatus.Skip;
        }

        AffinityCounts counts = _ledger.CountsFor(pod);
        if (counts.IsIndifferent)
        {
            return PluginStatus.Skip;
        }

        state.Set(CountsSlot, counts);
        return null;
    }

    /// <inheritdoc/>
    public PluginStatus? AddPod(CycleState state, PodInfo pod, PodInfo added, NodeInfo node)
    {
        state.Get(CountsSlot)?.Count(added, node, 1);
        return null;
    }

    /// <inheritdoc/>
    public PluginStatus? RemovePod(CycleState state, PodInfo pod, PodInfo removed, NodeInfo node)
    {
        state.Get(CountsSlot)?.Count(removed, node, -1);
        return null;
    }

    /// <inheritdoc/>
    public PluginStatus? Filter(CycleState state, PodInfo pod, NodeInfo node)
    {
        AffinityCounts counts = state.Get(CountsSlot)!;
        return !counts.HasCompany(node) ? NoCompany
            : !counts.IsAway(node) ? NotAway
            : !counts.IsWelcome(node) ? Unwelcome
            : null;
    }

    /// <inheritdoc/>
    public PluginStatus? PreScore(CycleState state, PodInfo pod, ReadOnlySpan<NodeInfo> nodes)
    {
        bool hasWishes = pod.PreferredAffinity.Length + pod.PreferredAntiAffinity.Length > 0;
        if (!hasWishes && (_args.IgnorePreferredTermsOfExistingPods || _snapshot.WithAffinity.Count == 0))
        {
            return PluginStatus.Skip;
        }

        AffinityWishes wishes = _ledger.WishesOf(pod);
        if (wishes.IsIndifferent)
        {
            return PluginStatus.Skip;
        }

        state.Set(WishesSlot, wishes);
        return null;
    }

    /// <inheritdoc/>
    public PluginStatus? Score(CycleState state, PodInfo pod, ReadOnlySpan<NodeInfo> nodes, Span<long> scores)
    {
        AffinityWishes wishes = state.Get(WishesSlot)!;
        for (int i = 0; i < nodes.Length; i++)
        {
            scores[i] = wishes.WeightOf(nodes[i]);
        }

        return null;
    }

    /// <inheritdoc/>
    public PluginStatus? Normalize(CycleState state, PodInfo pod, ReadOnlySpan<NodeInfo> nodes, Span<long> scores)
    {
        long lowest = long.MaxValue;
        long highest = long.MinValue;
        foreach (long score in scores)
        {
            lowest = Math.Min(lowest, score);
            highest = Math.Max(highest, score);
        }

        foreach (ref long score in scores)
        {
            score = highest > lowest ? (long)(Scores.Max * ((double)(score - lowest) / (highest - lowest))) : 0;
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
        if (old.Metadata.Labels != node.Labels)
        {
            _ledger.Clear();
        }
    }

    /// <inheritdoc/>
    public void NodeRemoved(NodeInfo node) => _ledger.Clear();

    /// <inheritdoc/>
    public void PodAdded(NodeInfo node, PodInfo pod) => _ledger.Count(pod, node, 1);

    /// <inheritdoc/>
    public void PodRemoved(NodeInfo node, PodInfo pod) => _ledger.Count(pod, node, -1);

    private ApiMap<string> LabelsOf(string @namespace) =>
        _namespaces.Find("", @namespace)?.Metadata.Labels ?? default;

    private bool PodChangeHelps(PodInfo pod, object? old, object? now)
    {
        PodInfo? before = (PodInfo?)old;
        PodInfo? after = (PodInfo?)now;
        bool wasNear = before is not null && AffinityCounts.MatchesAll(pod.RequiredAffinity, before, LabelsOf);
        bool isNear = after is not null && AffinityCounts.MatchesAll(pod.RequiredAffinity, after, LabelsOf);
        bool wasUnwanted = before is not null && AffinityCounts.MatchesAny(pod.RequiredAntiAffinity, before, LabelsOf);
        bool isUnwanted = after is not null && AffinityCounts.MatchesAny(pod.RequiredAntiAffinity, after, LabelsOf);
        return (isNear && !wasNear) || (wasUnwanted && !isUnwanted)
            || (after is null && AffinityCounts.MatchesAny(before!.RequiredAntiAffinity, pod, LabelsOf));
    }

    private static bool NodeChangeHelps(PodInfo pod, object? old, object? now)
    {
        if (now is not Node after)
        {
            return false;
        }

        if (old is not Node before)
        {
            return pod.RequiredAntiAffinity.Length > 0 || pod.RequiredAffinity.Length == 0
                || Array.Exists(pod.RequiredAffinity, term => after.Metadata.Labels.ContainsKey(term.TopologyKey));
        }

        string? Before(AffinityTerm term) => before.Metadata.Labels.GetValueOrDefault(term.TopologyKey);
        string? After(AffinityTerm term) => after.Metadata.Labels.GetValueOrDefault(term.TopologyKey);

        // Without terms of its own, others' turned it away, and those may be about any label.
        return (pod.RequiredAffinity.Length == 0 && pod.RequiredAntiAffinity.Length == 0)
            || Array.Exists(pod.RequiredAffinity, term => After(term) is { } value && value != Before(term))
            || Array.Exists(pod.RequiredAntiAffinity, term => Before(term) is { } value && value != After(term));
    }
}
