using Keelson.Api.Kinds;

namespace Keelson.Api.Networking.V1;

/// <summary>State of one port of the load balancer.</summary>
[ApiType("io.k8s.api.networking.v1.IngressPortStatus")]
public sealed partial record IngressPortStatus
{
    /// <summary>Port number.</summary>
    [Field(1, Always = true, Required = true)]
    public partial int Port { get; init; }

    /// <summary>Protocol of the port: TCP, UDP or SCTP.</summary>
    [Field(2, Always = true, Required = true, Enum = typeof(Keelson.Api.Core.V1.Protocol))]
    public partial string Protocol { get; init; }

    /// <summary>
    /// Why the port could not be set up, as a CamelCase word; words not defined by Kubernetes itself carry a domain
    /// prefix such as example.com/Reason.
    /// </summary>
    [Field(3)]
    public partial string? Error { get; init; }
}
