using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.NodeName;

/// <summary>Keeps pods that name their node off all others.</summary>
internal sealed class NodeNamePlugin : IPreFilterPlugin, INodeLocalFilterPlugin, IEnqueueExtensions
{
    /// <summary>The name.</summary>
    public const string PluginName = "NodeName";

    private static readonly PluginStatus Other =
        new(StatusCode.UnschedulableAndUnresolvable, PluginName, "node(s) didn't match the requested node name");

    /// <inheritdoc/>
    public string Name => PluginName;

    /// <inheritdoc/>
    public IEnumerable<ClusterEventHint> EventsToRegister() => [new(new(EventResource.Node, ActionType.Add))];

    /// <inheritdoc/>
    public PluginStatus? PreFilter(CycleState state, PodInfo pod, out NodeRestriction? restriction)
    {
        restriction = null;
        return pod.NodeName.Length == 0 ? PluginStatus.Skip : null;
    }

    /// <inheritdoc/>
    public PluginStatus? Filter(CycleState state, PodInfo pod, NodeInfo node) =>
        pod.NodeName.Length == 0 || pod.NodeName == node.Name ? null : Other;

    /// <inheritdoc/>
    public bool SeesAlike(PodInfo one, PodInfo other) => one.NodeName == other.NodeName;
}
