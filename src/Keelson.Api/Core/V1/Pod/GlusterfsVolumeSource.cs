using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Deprecated: a GlusterFS volume.</summary>
[ApiType("io.k8s.api.core.v1.GlusterfsVolumeSource")]
public sealed partial record GlusterfsVolumeSource
{
    /// <summary>Endpoints object with the servers.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Endpoints { get; init; }

    /// <summary>Name of the volume.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Path { get; init; }

    /// <summary>Mounts it read only. Defaults to false.</summary>
    [Field(3)]
    public partial bool ReadOnly { get; init; }
}
