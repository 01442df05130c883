using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>State of a load balancer.</summary>
[ApiType("io.k8s.api.core.v1.LoadBalancerStatus")]
public sealed partial record LoadBalancerStatus
{
    /// <summary>Its entry points, to which outside traffic should be sent.</summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<LoadBalancerIngress> Ingress { get; init; }
}
