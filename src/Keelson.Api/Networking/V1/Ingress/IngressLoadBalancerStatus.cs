using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Networking.V1;

/// <summary>State of the load balancer in front of an ingress.</summary>
[ApiType("io.k8s.api.networking.v1.IngressLoadBalancerStatus")]
public sealed partial record IngressLoadBalancerStatus
{
    /// <summary>Addresses or names under which the load balancer takes traffic.</summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<IngressLoadBalancerIngress> Ingress { get; init; }
}
