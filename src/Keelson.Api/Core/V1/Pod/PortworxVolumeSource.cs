using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Deprecated: a Portworx volume.</summary>
[ApiType("io.k8s.api.core.v1.PortworxVolumeSource")]
public sealed partial record PortworxVolumeSource
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
}
