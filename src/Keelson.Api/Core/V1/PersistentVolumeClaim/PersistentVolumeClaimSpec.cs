using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>The wanted properties of the storage.</summary>
[ApiType("io.k8s.api.core.v1.PersistentVolumeClaimSpec")]
public sealed partial record PersistentVolumeClaimSpec
{
    /// <summary>
    /// Ways in which the volume must be usable: ReadWriteOnce (one node), ReadOnlyMany, ReadWriteMany (many nodes)
    /// or ReadWriteOncePod (one pod). Immutable.
    /// </summary>
    [Field(1, Enum = typeof(PersistentVolumeAccessMode), List = ListType.Atomic)]
    public partial ApiList<string> AccessModes { get; init; }

    /// <summary>
    /// Labels the volume must have. A claim with a selector is not provisioned dynamically. Immutable.
    /// </summary>
    [Field(4)]
    public partial LabelSelector? Selector { get; init; }

    /// <summary>
    /// Least size of the volume, in requests.storage. Can be raised, and lowered again after a failed expansion,
    /// but not below the present capacity.
    /// </summary>
    [Field(2)]
    public partial VolumeResourceRequirements Resources { get; init; }

    /// <summary>
    /// Volume the claim is bound to. Filled in on binding; may be given at creation to ask for a certain one.
    /// </summary>
    [Field(3)]
    public partial string VolumeName { get; init; }

    /// <summary>
    /// StorageClass to provision from. Absent means the default class of the cluster, an empty string only volumes
    /// without a class. Immutable once set.
    /// </summary>
    [Field(5)]
    public partial string? StorageClassName { get; init; }

    /// <summary>Filesystem (the default) for a mounted file system, Block for a raw device. Immutable.</summary>
    [Field(6, Enum = typeof(PersistentVolumeMode))]
    public partial string? VolumeMode { get; init; }

    /// <summary>
    /// Object in the same namespace the volume is filled from: a PersistentVolumeClaim to clone or a
    /// VolumeSnapshot. Others are dropped; kept equal to dataSourceRef where that has no namespace. Immutable.
    /// </summary>
    [Field(7)]
    public partial TypedLocalObjectReference? DataSource { get; init; }

    /// <summary>
    /// Object the volume is filled from; unlike dataSource any custom object with a populator is possible, and
    /// invalid references are rejected instead of dropped. Immutable.
    /// </summary>
    [Field(8)]
    public partial TypedObjectReference? DataSourceRef { get; init; }

    /// <summary>
    /// VolumeAttributesClass with changeable properties such as throughput. May be changed after creation,
    /// whereupon the CSI driver modifies the volume; an empty string or null asks for none.
    /// </summary>
    [Field(9)]
    public partial string? VolumeAttributesClassName { get; init; }
}
