using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Properties of a volume, with exactly one storage backend.</summary>
[ApiType("io.k8s.api.core.v1.PersistentVolumeSpec")]
public sealed partial record PersistentVolumeSpec
{
    /// <summary>Size of the volume, under the key storage.</summary>
    [Field(1)]
    public partial ApiMap<Quantity> Capacity { get; init; }

    /// <summary>Properties of a volume, with exactly one storage backend.</summary>
    [Field(2, Inline = true)]
    public partial PersistentVolumeSource PersistentVolumeSource { get; init; }

    /// <summary>
    /// All ways in which the volume can be used: ReadWriteOnce, ReadOnlyMany, ReadWriteMany, ReadWriteOncePod.
    /// </summary>
    [Field(3, Enum = typeof(PersistentVolumeAccessMode), List = ListType.Atomic)]
    public partial ApiList<string> AccessModes { get; init; }

    /// <summary>Claim the volume is bound to or reserved for. With a name but without uid it is reserved.</summary>
    [Field(4, Granular = true)]
    public partial ObjectReference? ClaimRef { get; init; }

    /// <summary>
    /// What happens when the claim is gone: Retain keeps the volume (default for manual ones), Delete removes
    /// volume and storage (default for provisioned ones), Recycle is deprecated.
    /// </summary>
    [Field(5, Enum = typeof(PersistentVolumeReclaimPolicy))]
    public partial string PersistentVolumeReclaimPolicy { get; init; }

    /// <summary>
    /// StorageClass the volume belongs to. Only claims of the same class can bind it; empty means no class.
    /// </summary>
    [Field(6)]
    public partial string StorageClassName { get; init; }

    /// <summary>
    /// Options for mounting, for example ro or soft. Not checked; wrong ones make the mount fail.
    /// </summary>
    [Field(7, List = ListType.Atomic)]
    public partial ApiList<string> MountOptions { get; init; }

    /// <summary>Filesystem (the default) or Block. Immutable.</summary>
    [Field(8, Enum = typeof(PersistentVolumeMode))]
    public partial string? VolumeMode { get; init; }

    /// <summary>Nodes from which the volume can be reached; pods that use it are placed there only.</summary>
    [Field(9)]
    public partial VolumeNodeAffinity? NodeAffinity { get; init; }

    /// <summary>VolumeAttributesClass in force. Managed by the system when the claim changes it.</summary>
    [Field(10)]
    public partial string? VolumeAttributesClassName { get; init; }
}
