using Keelson.Api.Kinds;

namespace Keelson.Api.Discovery.V1;

/// <summary>State of an endpoint.</summary>
[ApiType("io.k8s.api.discovery.v1.EndpointConditions")]
public sealed partial record EndpointConditions
{
    /// <summary>
    /// Whether it should receive traffic: serving and not terminating, unless the service publishes unready
    /// addresses. Unset counts as true.
    /// </summary>
    [Field(1)]
    public partial bool? Ready { get; init; }

    /// <summary>Whether it can answer requests, even while terminating. Unset counts as true.</summary>
    [Field(2)]
    public partial bool? Serving { get; init; }

    /// <summary>Whether it is being shut down. Unset counts as false.</summary>
    [Field(3)]
    public partial bool? Terminating { get; init; }
}
