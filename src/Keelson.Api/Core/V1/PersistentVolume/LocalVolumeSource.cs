using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Storage that is attached directly to a node.</summary>
[ApiType("io.k8s.api.core.v1.LocalVolumeSource")]
public sealed partial record LocalVolumeSource
{
    /// <summary>Path on the node: a directory, or a block device.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Path { get; init; }

    /// <summary>
    /// File system of a block device, such as ext4 or xfs. Chosen automatically if absent; not used for
    /// directories.
    /// </summary>
    [Field(2)]
    public partial string? FsType { get; init; }
}
