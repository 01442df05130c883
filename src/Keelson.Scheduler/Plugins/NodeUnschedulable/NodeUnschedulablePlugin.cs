using Keelson.Api.Core.V1;
using Keelson.Client.Nodes;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.NodeUnschedulable;

/// <summary>Keeps pods off cordoned nodes, unless they tolerate that.</summary>
internal sealed class NodeUnschedulablePlugin : INodeLocalFilterPlugin, IEnqueueExtensions
{
    /// <summary>The name.</summary>
    public const string PluginName = "NodeUnschedulable";

    private static readonly PluginStatus Cordoned =
        new(StatusCode.UnschedulableAndUnresolvable, PluginName, "node(s) were unschedulable");

    private static readonly Taint Unschedulable =
        new() { Key = "node.kubernetes.io/unschedulable", Effect = TaintEffect.NoSchedule };

    /// <inheritdoc/>
    public string Name => PluginName;

    /// <inheritdoc/>
    public IEnumerable<ClusterEventHint> EventsToRegister() =>
    [
        new(new(EventResource.Node, ActionType.Add | ActionType.UpdateNodeTaint), IsOpenNow),
        new(new(EventResource.UnscheduledPod, ActionType.UpdatePodToleration), static (pod, _, _) => Tolerates(pod)),
    ];

    /// <inheritdoc/>
    public PluginStatus? Filter(CycleState state, PodInfo pod, NodeInfo node) =>
        node.IsUnschedulable && !Tolerates(pod) ? Cordoned : null;

    /// <inheritdoc/>
    public bool SeesAlike(PodInfo one, PodInfo other) => one.Pod.Spec.Tolerations == other.Pod.Spec.Tolerations;

    private static bool Tolerates(PodInfo pod) => Tolerations.Tolerate(pod.Pod.Spec.Tolerations, Unschedulable);

    private static bool IsOpenNow(PodInfo pod, object? old, object? now) =>
        now is Node { Spec.Unschedulable: false } && old is null or Node { Spec.Unschedulable: true };
}
