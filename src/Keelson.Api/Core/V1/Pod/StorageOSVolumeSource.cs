using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Deprecated: a StorageOS volume.</summary>
[ApiType("io.k8s.api.core.v1.StorageOSVolumeSource")]
public sealed partial record StorageOSVolumeSource
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
    public partial LocalObjectReference? SecretRef { get; init; }
}
