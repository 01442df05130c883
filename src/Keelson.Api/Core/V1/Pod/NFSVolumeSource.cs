using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>A directory of an NFS server.</summary>
[ApiType("io.k8s.api.core.v1.NFSVolumeSource")]
public sealed partial record NFSVolumeSource
{
    /// <summary>Host name or address of the server.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Server { get; init; }

    /// <summary>Directory exported by the server.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Path { get; init; }

    /// <summary>Mounts it read only. Defaults to false.</summary>
    [Field(3)]
    public partial bool ReadOnly { get; init; }
}
