using Keelson.Api.Kinds;

namespace Keelson.Api.Discovery.V1;

/// <summary>Port of the endpoints in a slice.</summary>
[ApiType("io.k8s.api.discovery.v1.EndpointPort", Atomic = true)]
public sealed partial record EndpointPort
{
    /// <summary>Name of the port, a DNS label or empty; unique in the slice.</summary>
    [Field(1)]
    public partial string? Name { get; init; }

    /// <summary>TCP, UDP or SCTP. Defaults to TCP.</summary>
    [Field(2, Enum = typeof(Keelson.Api.Core.V1.Protocol))]
    public partial string? Protocol { get; init; }

    /// <summary>
    /// Port number. If not set, its meaning depends on the consumer; ports made from services always have one.
    /// </summary>
    [Field(3)]
    public partial int? Port { get; init; }

    /// <summary>Application protocol spoken, as a hint, such as http or kubernetes.io/h2c.</summary>
    [Field(4)]
    public partial string? AppProtocol { get; init; }
}
