using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Deprecated: a volume of OpenStack, for volumes.</summary>
[ApiType("io.k8s.api.core.v1.CinderPersistentVolumeSource")]
public sealed partial record CinderPersistentVolumeSource
{
    /// <summary>Identity of the volume.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string VolumeID { get; init; }

    /// <summary>File system type. Defaults to ext4.</summary>
    [Field(2)]
    public partial string FsType { get; init; }

    /// <summary>Mounts it read only. Defaults to false.</summary>
    [Field(3)]
    public partial bool ReadOnly { get; init; }

    /// <summary>Secret with parameters for OpenStack.</summary>
    [Field(4)]
    public partial SecretReference? SecretRef { get; init; }
}
