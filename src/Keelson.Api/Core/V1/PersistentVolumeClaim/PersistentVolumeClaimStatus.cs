using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>What is known about a claim.</summary>
[ApiType("io.k8s.api.core.v1.PersistentVolumeClaimStatus")]
public sealed partial record PersistentVolumeClaimStatus
{
    /// <summary>Pending (not bound yet), Bound, or Lost (the volume no longer exists).</summary>
    [Field(1, Enum = typeof(PersistentVolumeClaimPhase))]
    public partial string Phase { get; init; }

    /// <summary>Access modes of the bound volume.</summary>
    [Field(2, Enum = typeof(PersistentVolumeAccessMode), List = ListType.Atomic)]
    public partial ApiList<string> AccessModes { get; init; }

    /// <summary>Actual size of the bound volume.</summary>
    [Field(3)]
    public partial ApiMap<Quantity> Capacity { get; init; }

    /// <summary>
    /// Observations such as Resizing, FileSystemResizePending or ModifyingVolume, one entry per type.
    /// </summary>
    [Field(4, List = ListType.Map, Keys = "type", PatchStrategy = "merge", MergeKey = "type")]
    public partial ApiList<PersistentVolumeClaimCondition> Conditions { get; init; }

    /// <summary>
    /// Size an expansion is aiming at; quota counts the larger of it and the request. Larger than capacity while
    /// the expansion is under way.
    /// </summary>
    [Field(5)]
    public partial ApiMap<Quantity> AllocatedResources { get; init; }

    /// <summary>
    /// Progress of the expansion per resource: ControllerResizeInProgress, ControllerResizeInfeasible,
    /// NodeResizePending, NodeResizeInProgress or NodeResizeInfeasible. No entry if none is under way.
    /// </summary>
    [Field(7, Granular = true, GoType = "v1.ClaimResourceStatus")]
    public partial ApiMap<string> AllocatedResourceStatuses { get; init; }

    /// <summary>VolumeAttributesClass that is in force on the volume.</summary>
    [Field(8)]
    public partial string? CurrentVolumeAttributesClassName { get; init; }

    /// <summary>Progress of a change to another VolumeAttributesClass. Absent if none is under way.</summary>
    [Field(9)]
    public partial ModifyVolumeStatus? ModifyVolumeStatus { get; init; }
}
