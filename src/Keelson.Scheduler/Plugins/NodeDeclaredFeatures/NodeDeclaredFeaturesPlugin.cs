using Keelson.Api.Core.V1;
using Keelson.Client.Nodes;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.NodeDeclaredFeatures;

/// <summary>Keeps pods off nodes that have not declared a feature which they need.</summary>
internal sealed class NodeDeclaredFeaturesPlugin : IPreFilterPlugin, INodeLocalFilterPlugin, IEnqueueExtensions
{
    /// <summary>The name.</summary>
    public const string PluginName = "NodeDeclaredFeatures";

    private static readonly PluginStatus Lacking = new(
        StatusCode.UnschedulableAndUnresolvable, PluginName, "node(s) didn't match Pod's required features");

    /// <inheritdoc/>
    public string Name => PluginName;

    /// <inheritdoc/>
    public IEnumerable<ClusterEventHint> EventsToRegister() =>
    [
        new(new(EventResource.Node, ActionType.Add | ActionType.UpdateNodeDeclaredFeature), HasChanged),
    ];

    /// <inheritdoc/>
    public PluginStatus? PreFilter(CycleState state, PodInfo pod, out NodeRestriction? restriction)
    {
        restriction = null;
        return DeclaredFeatureNeeds.ToBePlaced(pod.Pod.Spec).Count == 0 ? PluginStatus.Skip : null;
    }

    /// <inheritdoc/>
    public PluginStatus? Filter(CycleState state, PodInfo pod, NodeInfo node)
    {
        foreach (string one in DeclaredFeatureNeeds.ToBePlaced(pod.Pod.Spec))
        {
            if (!node.Node.Status.DeclaredFeatures.Contains(one))
            {
                return Lacking;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public bool SeesAlike(PodInfo one, PodInfo other) =>
        DeclaredFeatureNeeds.ToBePlaced(one.Pod.Spec).SequenceEqual(DeclaredFeatureNeeds.ToBePlaced(other.Pod.Spec));

    private static bool HasChanged(PodInfo pod, object? old, object? now) =>
        old is not Node before || now is not Node after
        || before.Status.DeclaredFeatures != after.Status.DeclaredFeatures;
}
