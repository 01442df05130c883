using Keelson.Api.Kinds;

namespace Keelson.Api.Networking.V1;

/// <summary>Observed state of an ingress.</summary>
[ApiType("io.k8s.api.networking.v1.IngressStatus")]
public sealed partial record IngressStatus
{
    /// <summary>Where the load balancer for this ingress can be reached.</summary>
    [Field(1)]
    public partial IngressLoadBalancerStatus LoadBalancer { get; init; }
}
