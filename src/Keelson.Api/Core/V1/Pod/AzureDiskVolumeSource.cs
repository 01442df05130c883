using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Deprecated: a disk of Azure.</summary>
[ApiType("io.k8s.api.core.v1.AzureDiskVolumeSource")]
public sealed partial record AzureDiskVolumeSource
{
    /// <summary>Name of the disk.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string DiskName { get; init; }

    /// <summary>URI of the disk.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string DiskURI { get; init; }

    /// <summary>Host caching: None, ReadOnly or ReadWrite. Defaults to ReadWrite.</summary>
    [Field(3, Enum = typeof(AzureDataDiskCachingMode))]
    public partial string? CachingMode { get; init; }

    /// <summary>File system type. Defaults to ext4.</summary>
    [Field(4, Default = "\"ext4\"")]
    public partial string? FsType { get; init; }

    /// <summary>Mounts it read only. Defaults to false.</summary>
    [Field(5, Default = "false")]
    public partial bool? ReadOnly { get; init; }

    /// <summary>Shared, Dedicated or Managed. Defaults to Shared.</summary>
    [Field(6, Enum = typeof(AzureDataDiskKind))]
    public partial string? Kind { get; init; }
}
