using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Deprecated: a vSphere disk.</summary>
[ApiType("io.k8s.api.core.v1.VsphereVirtualDiskVolumeSource")]
public sealed partial record VsphereVirtualDiskVolumeSource
{
    /// <summary>Path of the disk file.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string VolumePath { get; init; }

    /// <summary>File system type. Defaults to ext4.</summary>
    [Field(2)]
    public partial string FsType { get; init; }

    /// <summary>Name of the storage policy.</summary>
    [Field(3)]
    public partial string StoragePolicyName { get; init; }

    /// <summary>Identity of the storage policy.</summary>
    [Field(4)]
    public partial string StoragePolicyID { get; init; }
}
