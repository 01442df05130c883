using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Deprecated: a disk of AWS.</summary>
[ApiType("io.k8s.api.core.v1.AWSElasticBlockStoreVolumeSource")]
public sealed partial record AWSElasticBlockStoreVolumeSource
{
    /// <summary>Identity of the disk.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string VolumeID { get; init; }

    /// <summary>File system type. Defaults to ext4.</summary>
    [Field(2)]
    public partial string FsType { get; init; }

    /// <summary>Number of the partition; the whole disk if absent.</summary>
    [Field(3)]
    public partial int Partition { get; init; }

    /// <summary>Mounts it read only. Defaults to false.</summary>
    [Field(4)]
    public partial bool ReadOnly { get; init; }
}
