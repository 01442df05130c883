using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>One port of a service.</summary>
[ApiType("io.k8s.api.core.v1.EndpointPort", Atomic = true)]
public sealed partial record EndpointPort
{
    /// <summary>Name of the port, equal to that in the service. Optional only if there is a single port.</summary>
    [Field(1)]
    public partial string Name { get; init; }

    /// <summary>Number of the port.</summary>
    [Field(2, Always = true, Required = true)]
    public partial int Port { get; init; }

    /// <summary>TCP, UDP or SCTP. Defaults to TCP.</summary>
    [Field(3, Enum = typeof(Protocol))]
    public partial string Protocol { get; init; }

    /// <summary>Hint on the application protocol, as in the service.</summary>
    [Field(4)]
    public partial string? AppProtocol { get; init; }
}
