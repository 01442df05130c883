using Keelson.Api.Core.V1;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.VolumeRestrictions;

/// <summary>
/// Keeps pods off nodes whose pods use the same disk, and claims that only one pod may use from a second one.
/// </summary>
internal sealed class VolumeRestrictionsPlugin(PluginContext context) :
    IPreFilterExtensions, IFilterPlugin, IEnqueueExtensions
{
    /// <summary>The name.</summary>
    public const string PluginName = "VolumeRestrictions";

    private static readonly StateSlot<Exclusive> Slot = new();

    private static readonly PluginStatus DiskConflict =
        new(StatusCode.Unschedulable, PluginName, "node(s) had no available disk");

    private static readonly PluginStatus InUse = new(
        StatusCode.Unschedulable, PluginName,
        "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode");

    private readonly PodClaims _claims = new(context.Informers);

    /// <inheritdoc/>
    public string Name => PluginName;

    /// <inheritdoc/>
    public IEnumerable<ClusterEventHint> EventsToRegister() =>
    [
        new(new(EventResource.AssignedPod, ActionType.Delete), PodDeletionHelps),
        new(new(EventResource.Node, ActionType.Add | ActionType.UpdateNodeTaint | ActionType.UpdateNodeLabel)),
        new(
            new(EventResource.PersistentVolumeClaim, ActionType.Add | ActionType.Update),
            static (pod, _, now) => now is PersistentVolumeClaim claim && claim.Metadata.Namespace == pod.Namespace
                && pod.ClaimNames.Contains(claim.Metadata.Name)),
    ];

    /// <inheritdoc/>
    public PluginStatus? PreFilter(CycleState state, PodInfo pod, out NodeRestriction? restriction)
    {
        restriction = null;
        List<string> exclusive = [];
        int users = 0;
        foreach (Volume volume in pod.Pod.Spec.Volumes)
        {
            if (volume.VolumeSource.PersistentVolumeClaim is not { } used)
            {
                continue;
            }

            if (_claims.Claim(pod.Namespace, used.ClaimName) is not { } claim)
            {
                return new(StatusCode.UnschedulableAndUnresolvable, PluginName, PodClaims.NotFound(used.ClaimName));
            }

            if (claim.Spec.AccessModes.AsSpan().Contains(PersistentVolumeAccessMode.ReadWriteOncePod))
            {
                exclusive.Add(used.ClaimName);
                users += context.Snapshot.ClaimUsers(new(pod.Namespace, used.ClaimName)) > 0 ? 1 : 0;
            }
        }

        if (users == 0 && !DiskConflicts.Concerns(pod))
        {
            return PluginStatus.Skip;
        }

        state.Set(Slot, new(exclusive, users));
        return null;
    }

    /// <inheritdoc/>
    public PluginStatus? AddPod(CycleState state, PodInfo pod, PodInfo added, NodeInfo node)
    {
        state.Get(Slot)?.Count(pod, added, 1);
        return null;
    }

    /// <inheritdoc/>
    public PluginStatus? RemovePod(CycleState state, PodInfo pod, PodInfo removed, NodeInfo node)
    {
        state.Get(Slot)?.Count(pod, removed, -1);
        return null;
    }

    /// <inheritdoc/>
    public PluginStatus? Filter(CycleState state, PodInfo pod, NodeInfo node)
    {
        if (DiskConflicts.Concerns(pod))
        {
            foreach (PodInfo other in node.Pods)
            {
                if (DiskConflicts.Exist(pod, other))
                {
                    return DiskConflict;
                }
            }
        }

        return state.Get(Slot)!.Users > 0 ? InUse : null;
    }

    private static bool PodDeletionHelps(PodInfo pod, object? old, object? now) =>
        old is PodInfo gone
        && (DiskConflicts.Exist(pod, gone)
            || (gone.Namespace == pod.Namespace && gone.ClaimNames.Intersect(pod.ClaimNames).Any()));

    /// <summary>The pod's claims that only one pod may use, and how many of them are in use.</summary>
    private sealed class Exclusive(List<string> claims, int users) : ICycleData
    {
        public int Users { get; private set; } = users;

        public void Count(PodInfo pod, PodInfo other, int sign)
        {
            if (other.Namespace == pod.Namespace)
            {
                Users += sign * claims.Count(other.ClaimNames.Contains);
            }
        }

        public ICycleData Clone() => new Exclusive(claims, Users);
    }
}
