using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Maps a key to a file.</summary>
[ApiType("io.k8s.api.core.v1.KeyToPath")]
public sealed partial record KeyToPath
{
    /// <summary>The key to show.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Key { get; init; }

    /// <summary>Relative path of the file, without .. elements.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Path { get; init; }

    /// <summary>
    /// Permission bits of this file, 0 to 0777 in octal. Defaults to the defaultMode of the volume.
    /// </summary>
    [Field(3)]
    public partial int? Mode { get; init; }
}
