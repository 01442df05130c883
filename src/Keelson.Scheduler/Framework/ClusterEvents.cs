using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Framework;

/// <summary>What an event in the cluster is about.</summary>
internal enum EventResource
{
    /// <summary>Everything.</summary>
    Any,

    /// <summary>A pod that has a node; old and new are <see cref="PodInfo"/>.</summary>
    AssignedPod,

    /// <summary>The pod itself that waits; old and new are <see cref="PodInfo"/>.</summary>
    UnscheduledPod,

    /// <summary>A node.</summary>
    Node,

    /// <summary>A persistent volume.</summary>
    PersistentVolume,

    /// <summary>A claim of a persistent volume.</summary>
    PersistentVolumeClaim,

    /// <summary>A storage class.</summary>
    StorageClass,

    /// <summary>What a node's drivers say.</summary>
    CSINode,

    /// <summary>A driver.</summary>
    CSIDriver,

    /// <summary>Capacity of a driver.</summary>
    CSIStorageCapacity,

    /// <summary>An attached volume.</summary>
    VolumeAttachment,

    /// <summary>A claim of devices.</summary>
    ResourceClaim,

    /// <summary>Devices of a node.</summary>
    ResourceSlice,

    /// <summary>A class of devices.</summary>
    DeviceClass,
}

/// <summary>What happened.</summary>
[Flags]
internal enum ActionType
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It is new; for assigned pods: it came to its node.</summary>
    Add = 1 << 0,

    /// <summary>It is gone; for assigned pods also: it has ended.</summary>
    Delete = 1 << 1,

    /// <summary>A node's allocatable resources changed.</summary>
    UpdateNodeAllocatable = 1 << 2,

    /// <summary>A node's labels changed.</summary>
    UpdateNodeLabel = 1 << 3,

    /// <summary>A node's taints, or its being unschedulable, changed.</summary>
    UpdateNodeTaint = 1 << 4,

    /// <summary>A node's conditions changed.</summary>
    UpdateNodeCondition = 1 << 5,

    /// <summary>A node's annotations changed.</summary>
    UpdateNodeAnnotation = 1 << 6,

    /// <summary>A pod's labels changed.</summary>
    UpdatePodLabel = 1 << 7,

    /// <summary>A pod asks for less of something than before.</summary>
    UpdatePodScaleDown = 1 << 8,

    /// <summary>A pod tolerates more.</summary>
    UpdatePodToleration = 1 << 9,

    /// <summary>A pod's last gate was opened.</summary>
    UpdatePodSchedulingGatesEliminated = 1 << 10,

    /// <summary>Claims were made for a pod.</summary>
    UpdatePodGeneratedResourceClaim = 1 << 11,

    /// <summary>Something else changed.</summary>
    UpdateOther = 1 << 12,

    /// <summary>A node declares other features.</summary>
    UpdateNodeDeclaredFeature = 1 << 13,

    /// <summary>Any change.</summary>
    Update = UpdateNodeAllocatable | UpdateNodeLabel | UpdateNodeTaint | UpdateNodeCondition | UpdateNodeAnnotation
        | UpdatePodLabel | UpdatePodScaleDown | UpdatePodToleration | UpdatePodSchedulingGatesEliminated
        | UpdatePodGeneratedResourceClaim | UpdateOther | UpdateNodeDeclaredFeature,

    /// <summary>Anything.</summary>
    All = Add | Delete | Update,
}

/// <summary>A kind of event.</summary>
/// <param name="Resource">What it is about.</param>
/// <param name="Actions">What happened, several at once for updates.</param>
internal readonly record struct ClusterEvent(EventResource Resource, ActionType Actions)
{
    /// <summary>True when this registration covers an event.</summary>
    public bool Covers(ClusterEvent happened) =>
        (Resource == EventResource.Any || Resource == happened.Resource) && (Actions & happened.Actions) != 0;
}

/// <summary>
/// Whether an event may make a pod schedulable that the plugin turned away: true to try it again.
/// </summary>
/// <param name="pod">The pod that waits.</param>
/// <param name="old">The object before; null when it is new.</param>
/// <param name="now">The object after; null when it is gone.</param>
internal delegate bool QueueingHint(PodInfo pod, object? old, object? now);

/// <summary>An event that a plugin's decision depends on.</summary>
/// <param name="Event">The event.</param>
/// <param name="Hint">Looks closer; without it every such event is reason to try again.</param>
internal sealed record ClusterEventHint(ClusterEvent Event, QueueingHint? Hint = null);
