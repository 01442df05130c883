using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>A file or directory of the node.</summary>
[ApiType("io.k8s.api.core.v1.HostPathVolumeSource")]
public sealed partial record HostPathVolumeSource
{
    /// <summary>Path on the node. A symbolic link is followed.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Path { get; init; }

    /// <summary>
    /// What must be there: empty for no check, Directory, File, Socket, CharDevice, BlockDevice, or
    /// DirectoryOrCreate and FileOrCreate, which create it if missing. Empty by default.
    /// </summary>
    [Field(2, Enum = typeof(HostPathType))]
    public partial string? Type { get; init; }
}
