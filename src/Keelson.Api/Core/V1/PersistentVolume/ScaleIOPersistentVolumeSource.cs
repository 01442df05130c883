using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Deprecated: a ScaleIO volume, for volumes.</summary>
[ApiType("io.k8s.api.core.v1.ScaleIOPersistentVolumeSource")]
public sealed partial record ScaleIOPersistentVolumeSource
{
    /// <summary>Address of the API gateway.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Gateway { get; init; }

    /// <summary>Name of the storage system.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string System { get; init; }

    /// <summary>Secret with user and password.</summary>
    [Field(3, Always = true, Required = true)]
    public partial SecretReference? SecretRef { get; init; }

    /// <summary>Whether TLS is used. Defaults to false.</summary>
    [Field(4)]
    public partial bool SslEnabled { get; init; }

    /// <summary>Name of the protection domain.</summary>
    [Field(5)]
    public partial string ProtectionDomain { get; init; }

    /// <summary>Name of the storage pool.</summary>
    [Field(6)]
    public partial string StoragePool { get; init; }

    /// <summary>ThickProvisioned or ThinProvisioned. Defaults to ThinProvisioned.</summary>
    [Field(7, Default = "\"ThinProvisioned\"")]
    public partial string StorageMode { get; init; }

    /// <summary>Name of the volume.</summary>
    [Field(8)]
    public partial string VolumeName { get; init; }

    /// <summary>File system type. Defaults to xfs.</summary>
    [Field(9, Default = "\"xfs\"")]
    public partial string FsType { get; init; }

    /// <summary>Mounts it read only. Defaults to false.</summary>
    [Field(10)]
    public partial bool ReadOnly { get; init; }
}
