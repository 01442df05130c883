using Keelson.Api.Core.V1;
using Keelson.Client.Nodes;
using Keelson.Machinery.Values;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.TaintToleration;

/// <summary>
/// Keeps pods off nodes with taints they don't tolerate, and away from those whose taints only ask for it.
/// </summary>
internal sealed class TaintTolerationPlugin :
    INodeLocalFilterPlugin, IPreScorePlugin, INormalizeScorePlugin, IEnqueueExtensions
{
    /// <summary>The name.</summary>
    public const string PluginName = "TaintToleration";

    private static readonly StateSlot<PreferenceState> Preferences = new();

    private static readonly PluginStatus Untolerated =
        new(StatusCode.UnschedulableAndUnresolvable, PluginName, "node(s) had untolerated taint(s)");

    /// <inheritdoc/>
    public string Name => PluginName;

    /// <inheritdoc/>
    public IEnumerable<ClusterEventHint> EventsToRegister() =>
    [
        new(new(EventResource.Node, ActionType.Add | ActionType.UpdateNodeTaint), IsToleratedNow),
        new(new(EventResource.UnscheduledPod, ActionType.UpdatePodToleration)),
    ];

    /// <inheritdoc/>
    public PluginStatus? Filter(CycleState state, PodInfo pod, NodeInfo node) =>
        Tolerations.TolerateAll(pod.Pod.Spec.Tolerations, node.NoScheduleTaints) ? null : Untolerated;

    /// <inheritdoc/>
    public bool SeesAlike(PodInfo one, PodInfo other) => one.Pod.Spec.Tolerations == other.Pod.Spec.Tolerations;

    /// <inheritdoc/>
    public PluginStatus? PreScore(CycleState state, PodInfo pod, ReadOnlySpan<NodeInfo> nodes)
    {
        Toleration[] tolerations =
            [.. pod.Pod.Spec.Tolerations.Where(static one => one.Effect is "" or TaintEffect.PreferNoSchedule)];
        state.Set(Preferences, new(tolerations));
        return null;
    }

    /// <inheritdoc/>
    public PluginStatus? Score(CycleState state, PodInfo pod, ReadOnlySpan<NodeInfo> nodes, Span<long> scores)
    {
        ApiList<Toleration> tolerations = state.Get(Preferences)!.Tolerations;
        for (int i = 0; i < nodes.Length; i++)
        {
            long untolerated = 0;
            foreach (Taint taint in nodes[i].PreferNoScheduleTaints)
            {
                untolerated += Tolerations.Tolerate(tolerations, taint) ? 0 : 1;
            }

            scores[i] = untolerated;
        }

        return null;
    }

    /// <inheritdoc/>
    public PluginStatus? Normalize(CycleState state, PodInfo pod, ReadOnlySpan<NodeInfo> nodes, Span<long> scores)
    {
        Scores.Normalize(scores, reverse: true);
        return null;
    }

    private static bool IsToleratedNow(PodInfo pod, object? old, object? now)
    {
        ApiList<Toleration> tolerations = pod.Pod.Spec.Tolerations;
        return (old is not Node before || !TolerateScheduling(tolerations, before))
            && now is Node after && TolerateScheduling(tolerations, after);
    }

    private sealed class PreferenceState(Toleration[] tolerations) : ICycleData
    {
        public Toleration[] Tolerations { get; } = tolerations;

        public ICycleData Clone() => this;
    }

    private static bool TolerateScheduling(in ApiList<Toleration> tolerations, Node node) =>
        Tolerations.Untolerated(tolerations, node.Spec.Taints, TaintEffect.NoSchedule, TaintEffect.NoExecute) is null;
}
