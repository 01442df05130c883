using Keelson.Api.Kinds;

namespace Keelson.Api.Networking.V1;

/// <summary>Port of a service, either by name or by number.</summary>
[ApiType("io.k8s.api.networking.v1.ServiceBackendPort", Atomic = true)]
public sealed partial record ServiceBackendPort
{
    /// <summary>Name of the port. Excludes number.</summary>
    [Field(1)]
    public partial string Name { get; init; }

    /// <summary>Port number, such as 80. Excludes name.</summary>
    [Field(2)]
    public partial int Number { get; init; }
}
