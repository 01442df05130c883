using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Deprecated: a StorageOS volume, for volumes.</summary>
[ApiType("io.k8s.api.core.v1.StorageOSPersistentVolumeSource")]
public sealed partial record StorageOSPersistentVolumeSource
{
    /// <summary>Name of the volume.</summary>
    [Field(1)]
    public partial string VolumeName { get; init; }

    /// <summary>Scope of the volume within StorageOS. Defaults to the namespace of the pod.</summary>
    [Field(2)]
    public partial string VolumeNamespace { get; init; }

    /// <summary>File system type. Defaults to ext4.</summary>
    [Field(3)]
    public partial string FsType { get; init; }

    /// <summary>Mounts it read only. Defaults to false.</summary>
    [Field(4)]
    public partial bool ReadOnly { get; init; }

    /// <summary>Secret with credentials.</summary>
    [Field(5)]
    public partial ObjectReference? SecretRef { get; init; }
}
