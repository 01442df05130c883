using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Deprecated: a disk of Google Compute Engine.</summary>
[ApiType("io.k8s.api.core.v1.GCEPersistentDiskVolumeSource")]
public sealed partial record GCEPersistentDiskVolumeSource
{
    /// <summary>Name of the disk.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string PdName { get; init; }

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
