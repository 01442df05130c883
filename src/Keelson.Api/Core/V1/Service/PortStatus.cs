using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>State of a port of a load balancer.</summary>
[ApiType("io.k8s.api.core.v1.PortStatus")]
public sealed partial record PortStatus
{
    /// <summary>Number of the port.</summary>
    [Field(1, Always = true, Required = true)]
    public partial int Port { get; init; }

    /// <summary>TCP, UDP or SCTP.</summary>
    [Field(2, Always = true, Required = true, Enum = typeof(Protocol))]
    public partial string Protocol { get; init; }

    /// <summary>
    /// What is wrong with the port, as CamelCase word or, if specific to a provider, a qualified name. Absent if it
    /// works.
    /// </summary>
    [Field(3)]
    public partial string? Error { get; init; }
}
