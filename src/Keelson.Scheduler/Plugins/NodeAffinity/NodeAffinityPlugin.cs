using Keelson.Api.Core.V1;
using Keelson.Client.Nodes;
using Keelson.Machinery.Values;
using Keelson.Scheduler.Config;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.NodeAffinity;

/// <summary>
/// Keeps pods to the nodes that their node selector and node affinity name, and prefers those they prefer.
/// </summary>
internal sealed class NodeAffinityPlugin(NodeAffinityArgs args) :
    IPreFilterPlugin, INodeLocalFilterPlugin, IPreScorePlugin, INormalizeScorePlugin, IEnqueueExtensions
{
    /// <summary>The name.</summary>
    public const string PluginName = "NodeAffinity";

    private static readonly PluginStatus NoMatch =
        new(StatusCode.UnschedulableAndUnresolvable, PluginName, "node(s) didn't match Pod's node affinity/selector");

    private static readonly PluginStatus NoEnforcedMatch =
        new(
            StatusCode.UnschedulableAndUnresolvable, PluginName,
            "node(s) didn't match scheduler-enforced node affinity");

    private static readonly PluginStatus Conflict =
        new(StatusCode.UnschedulableAndUnresolvable, PluginName, "pod affinity terms conflict");

    private readonly NodeSelector? _added = args.AddedAffinity?.RequiredDuringSchedulingIgnoredDuringExecution;

    private readonly ApiList<PreferredSchedulingTerm> _addedPreferences =
        args.AddedAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? default;

    /// <inheritdoc/>
    public string Name => PluginName;

    /// <inheritdoc/>
    public IEnumerable<ClusterEventHint> EventsToRegister() =>
        [new(new(EventResource.Node, ActionType.Add | ActionType.UpdateNodeLabel), MatchesNow)];

    /// <inheritdoc/>
    public PluginStatus? PreFilter(CycleState state, PodInfo pod, out NodeRestriction? restriction)
    {
        restriction = null;
        PodSpec spec = pod.Pod.Spec;
        NodeSelector? required = spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution;
        if (_added is null && spec.NodeSelector.Count == 0 && required is null)
        {
            return PluginStatus.Skip;
        }

        if (required is not { NodeSelectorTerms.Count: > 0 })
        {
            return null;
        }

        // Terms are alternatives: nodes are restricted only if each of them names some.
        HashSet<string>? names = null;
        foreach (NodeSelectorTerm term in required.NodeSelectorTerms)
        {
            if (NodeMatching.NamesOf(term) is not { } own)
            {
                return null;
            }

            names = names is null ? own : names.Union(own).ToHashSet(StringComparer.Ordinal);
        }

        if (names!.Count == 0)
        {
            return Conflict;
        }

        restriction = new(names);
        return null;
    }

    /// <inheritdoc/>
    public PluginStatus? Filter(CycleState state, PodInfo pod, NodeInfo node)
    {
        if (_added is not null && !NodeMatching.MeetsAny(_added.NodeSelectorTerms, node.Node))
        {
            return NoEnforcedMatch;
        }

        return NodeMatching.MeetsAffinity(pod.Pod.Spec, node.Node) ? null : NoMatch;
    }

    /// <inheritdoc/>
    public bool SeesAlike(PodInfo one, PodInfo other) =>
        one.Pod.Spec.NodeSelector == other.Pod.Spec.NodeSelector
        && one.Pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution
            == other.Pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution;

    /// <inheritdoc/>
    public PluginStatus? PreScore(CycleState state, PodInfo pod, ReadOnlySpan<NodeInfo> nodes) =>
        PreferencesOf(pod).Count + _addedPreferences.Count == 0 ? PluginStatus.Skip : null;

    /// <inheritdoc/>
    public PluginStatus? Score(CycleState state, PodInfo pod, ReadOnlySpan<NodeInfo> nodes, Span<long> scores)
    {
        ApiList<PreferredSchedulingTerm> own = PreferencesOf(pod);
        for (int i = 0; i < nodes.Length; i++)
        {
            scores[i] = Sum(_addedPreferences, nodes[i].Node) + Sum(own, nodes[i].Node);
        }

        return null;
    }

    /// <inheritdoc/>
    public PluginStatus? Normalize(CycleState state, PodInfo pod, ReadOnlySpan<NodeInfo> nodes, Span<long> scores)
    {
        Scores.Normalize(scores, reverse: false);
        return null;
    }

    private static ApiList<PreferredSchedulingTerm> PreferencesOf(PodInfo pod) =>
        pod.Pod.Spec.Affinity?.NodeAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? default;

    private static long Sum(ApiList<PreferredSchedulingTerm> terms, Node node)
    {
        long sum = 0;
        foreach (PreferredSchedulingTerm term in terms)
        {
            sum += term.Weight != 0 && NodeMatching.Meets(term.Preference, node) ? term.Weight : 0;
        }

        return sum;
    }

    private bool MatchesNow(PodInfo pod, object? old, object? now)
    {
        if (now is not Node node
            || (_added is not null && !NodeMatching.MeetsAny(_added.NodeSelectorTerms, node))
            || !NodeMatching.MeetsAffinity(pod.Pod.Spec, node))
        {
            return false;
        }

        return old is not Node before || !NodeMatching.MeetsAffinity(pod.Pod.Spec, before)
            || (_added is not null && !NodeMatching.MeetsAny(_added.NodeSelectorTerms, before));
    }
}
