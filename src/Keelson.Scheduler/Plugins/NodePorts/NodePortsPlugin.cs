using Keelson.Api.Core.V1;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.NodePorts;

/// <summary>Keeps pods off nodes whose ports they would need and others have.</summary>
internal sealed class NodePortsPlugin : IPreFilterPlugin, INodeLocalFilterPlugin, IEnqueueExtensions
{
    /// <summary>The name.</summary>
    public const string PluginName = "NodePorts";

    private static readonly PluginStatus Taken =
        new(StatusCode.Unschedulable, PluginName, "node(s) didn't have free ports for the requested pod ports");

    /// <inheritdoc/>
    public string Name => PluginName;

    /// <inheritdoc/>
    public IEnumerable<ClusterEventHint> EventsToRegister() =>
    [
        new(new(EventResource.AssignedPod, ActionType.Delete), FreesPort),
        new(new(EventResource.Node, ActionType.Add)),
    ];

    /// <inheritdoc/>
    public PluginStatus? PreFilter(CycleState state, PodInfo pod, out NodeRestriction? restriction)
    {
        restriction = null;
        return pod.HostPorts.Length == 0 ? PluginStatus.Skip : null;
    }

    /// <inheritdoc/>
    public PluginStatus? Filter(CycleState state, PodInfo pod, NodeInfo node)
    {
        foreach (HostPort used in node.UsedPorts)
        {
            if (Conflicts(pod.HostPorts, used))
            {
                return Taken;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public bool SeesAlike(PodInfo one, PodInfo other) => one.HostPorts.AsSpan().SequenceEqual(other.HostPorts);

    private static bool Conflicts(HostPort[] wanted, HostPort used)
    {
        foreach (HostPort one in wanted)
        {
            if (one.ConflictsWith(used))
            {
                return true;
            }
        }

        return false;
    }

    private static bool FreesPort(PodInfo pod, object? old, object? now) =>
        old is PodInfo gone && gone.HostPorts.Any(one => Conflicts(pod.HostPorts, one));
}
