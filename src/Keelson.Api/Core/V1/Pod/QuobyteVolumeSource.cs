using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Deprecated: a Quobyte volume.</summary>
[ApiType("io.k8s.api.core.v1.QuobyteVolumeSource")]
public sealed partial record QuobyteVolumeSource
{
    /// <summary>Addresses of the registries, as host:port, separated by commas.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Registry { get; init; }

    /// <summary>Name of the volume.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Volume { get; init; }

    /// <summary>Mounts it read only. Defaults to false.</summary>
    [Field(3)]
    public partial bool ReadOnly { get; init; }

    /// <summary>User to map access to. Defaults to the owner of the service.</summary>
    [Field(4)]
    public partial string User { get; init; }

    /// <summary>Group to map access to. None by default.</summary>
    [Field(5)]
    public partial string Group { get; init; }

    /// <summary>Tenant that owns the volume.</summary>
    [Field(6)]
    public partial string Tenant { get; init; }
}
