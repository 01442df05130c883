using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Networking.V1;

/// <summary>One point where the load balancer accepts traffic for an ingress.</summary>
[ApiType("io.k8s.api.networking.v1.IngressLoadBalancerIngress")]
public sealed partial record IngressLoadBalancerIngress
{
    /// <summary>IP address of the load balancer, if it is reached by address.</summary>
    [Field(1)]
    public partial string Ip { get; init; }

    /// <summary>DNS name of the load balancer, if it is reached by name.</summary>
    [Field(2)]
    public partial string Hostname { get; init; }

    /// <summary>Ports the load balancer exposes, with any errors.</summary>
    [Field(4, List = ListType.Atomic)]
    public partial ApiList<IngressPortStatus> Ports { get; init; }
}
