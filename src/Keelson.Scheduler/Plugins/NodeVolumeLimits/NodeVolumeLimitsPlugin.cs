using Keelson.Api.Core.V1;
using Keelson.Api.Storage.V1;
using Keelson.Client.Informers;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.NodeVolumeLimits;

/// <summary>Keeps pods off nodes that can't attach as many volumes of a driver as they would then have.</summary>
internal sealed class NodeVolumeLimitsPlugin(IInformers informers) : IPreFilterPlugin, IFilterPlugin, IEnqueueExtensions
{
    /// <summary>The name.</summary>
    public const string PluginName = "NodeVolumeLimits";

    private static readonly PluginStatus TooMany =
        new(StatusCode.Unschedulable, PluginName, "node(s) exceed max volume count");

    private readonly PodClaims _claims = new(informers);
    private readonly IInformer<CSINode> _nodes = informers.Of<CSINode>();

    private readonly IInformerIndex<VolumeAttachment> _attachments =
        informers.Of<VolumeAttachment>().Index("nodeName", static one => [one.Spec.NodeName]);

    /// <inheritdoc/>
    public string Name => PluginName;

    /// <inheritdoc/>
    public IEnumerable<ClusterEventHint> EventsToRegister() =>
    [
        new(new(EventResource.CSINode, ActionType.Add | ActionType.Update)),
        new(
            new(EventResource.AssignedPod, ActionType.Delete),
            static (_, old, _) => old is PodInfo { ClaimNames.Length: > 0 }),
        new(
            new(EventResource.PersistentVolumeClaim, ActionType.Add | ActionType.Update),
            static (pod, _, now) => now is PersistentVolumeClaim claim && claim.Metadata.Namespace == pod.Namespace
                && pod.ClaimNames.Contains(claim.Metadata.Name)),
        new(new(EventResource.VolumeAttachment, ActionType.Delete)),
    ];

    /// <inheritdoc/>
    public PluginStatus? PreFilter(CycleState state, PodInfo pod, out NodeRestriction? restriction)
    {
        restriction = null;
        return pod.ClaimNames.Length == 0 ? PluginStatus.Skip : null;
    }

    /// <inheritdoc/>
    public PluginStatus? Filter(CycleState state, PodInfo pod, NodeInfo node)
    {
        if (_nodes.Find("", node.Name) is not { Spec.Drivers.Count: > 0 } limits)
        {
            return null;
        }

        HashSet<(string Driver, string Volume)> added = [];
        Add(pod, added);
        if (added.Count == 0)
        {
            return null;
        }

        HashSet<(string Driver, string Volume)> attached = [];
        foreach (PodInfo other in node.Pods)
        {
            Add(other, attached);
        }

        foreach (VolumeAttachment one in _attachments.Find(node.Name))
        {
            if (one.Spec.Source.PersistentVolumeName is { } name
                && _claims.Volume(name)?.Spec.PersistentVolumeSource.Csi is { } source)
            {
                attached.Add((source.Driver, source.VolumeHandle));
            }
        }

        added.ExceptWith(attached);
        foreach (CSINodeDriver driver in limits.Spec.Drivers)
        {
            int more = added.Count(one => one.Driver == driver.Name);
            if (more > 0 && driver.Allocatable?.Count is { } most
                && more + attached.Count(one => one.Driver == driver.Name) > most)
            {
                return TooMany;
            }
        }

        return null;
    }

    private void Add(PodInfo pod, HashSet<(string Driver, string Volume)> volumes)
    {
        foreach (string name in pod.ClaimNames)
        {
            if (_claims.Claim(pod.Namespace, name) is not { } claim)
            {
                continue;
            }

            if (claim.Spec.VolumeName.Length > 0 && _claims.Volume(claim.Spec.VolumeName) is { } volume)
            {
                if (volume.Spec.PersistentVolumeSource.Csi is { } source)
                {
                    volumes.Add((source.Driver, source.VolumeHandle));
                }
            }
            else if (_claims.Class(PodClaims.ClassOf(claim)) is { } storageClass)
            {
                // Not there yet: the driver that will make it counts it under the claim's name.
                volumes.Add((storageClass.Provisioner, $"{pod.Namespace}/{name}"));
            }
        }
    }
}
