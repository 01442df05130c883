using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>One entry point of a load balancer.</summary>
[ApiType("io.k8s.api.core.v1.LoadBalancerIngress")]
public sealed partial record LoadBalancerIngress
{
    /// <summary>Its address, for balancers with addresses.</summary>
    [Field(1)]
    public partial string Ip { get; init; }

    /// <summary>Its DNS name, for balancers with names.</summary>
    [Field(2)]
    public partial string Hostname { get; init; }

    /// <summary>
    /// VIP (the default with an address): nodes handle traffic to the address themselves. Proxy: packets arrive at
    /// the node port or pod, so that traffic from inside has to go to the balancer, too. Only together with ip.
    /// </summary>
    [Field(3, GoType = "v1.LoadBalancerIPMode")]
    public partial string? IpMode { get; init; }

    /// <summary>State of its ports.</summary>
    [Field(4, List = ListType.Atomic)]
    public partial ApiList<PortStatus> Ports { get; init; }
}
