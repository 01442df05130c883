using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Deprecated: a GlusterFS volume, for volumes.</summary>
[ApiType("io.k8s.api.core.v1.GlusterfsPersistentVolumeSource")]
public sealed partial record GlusterfsPersistentVolumeSource
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

    /// <summary>Namespace of the endpoints. Defaults to that of the claim.</summary>
    [Field(4)]
    public partial string? EndpointsNamespace { get; init; }
}
