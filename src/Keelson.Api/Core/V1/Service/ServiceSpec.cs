using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Desired behaviour of a service.</summary>
[ApiType("io.k8s.api.core.v1.ServiceSpec")]
public sealed partial record ServiceSpec
{
    /// <summary>
    /// Ports the service offers. At least one is needed, except for headless and ExternalName services.
    /// </summary>
    [Field(1, List = ListType.Map, Keys = "port,protocol", PatchStrategy = "merge", MergeKey = "port")]
    public partial ApiList<ServicePort> Ports { get; init; }

    /// <summary>
    /// Labels of the pods that receive the traffic. If empty the endpoints are maintained by someone else. Ignored
    /// for ExternalName.
    /// </summary>
    [Field(2, Atomic = true)]
    public partial ApiMap<string> Selector { get; init; }

    /// <summary>
    /// Virtual address of the service. Assigned from the service range if empty; a wanted address may be given at
    /// creation; None makes the service headless. Cannot be changed, except together with the type ExternalName.
    /// </summary>
    [Field(3)]
    public partial string ClusterIP { get; init; }

    /// <summary>Virtual addresses, one per IP family and at most two; the first equals clusterIP.</summary>
    [Field(18, List = ListType.Atomic)]
    public partial ApiList<string> ClusterIPs { get; init; }

    /// <summary>
    /// How the service is exposed: ClusterIP (the default) within the cluster, NodePort on a port of every node,
    /// LoadBalancer through an external balancer as well, ExternalName as a DNS alias without endpoints.
    /// </summary>
    [Field(4, Enum = typeof(ServiceType))]
    public partial string Type { get; init; }

    /// <summary>
    /// Addresses outside of the control of the cluster for which nodes accept traffic to the service. Someone has
    /// to route them to the nodes; a security risk if users may set them freely.
    /// </summary>
    [Field(5, List = ListType.Atomic)]
    public partial ApiList<string> ExternalIPs { get; init; }

    /// <summary>
    /// ClientIP sends all connections of a client address to the same pod; None (the default) does not.
    /// </summary>
    [Field(7, Enum = typeof(ServiceAffinity))]
    public partial string SessionAffinity { get; init; }

    /// <summary>
    /// Deprecated: wanted address of the load balancer. Support and meaning depend on the provider; use its
    /// annotations instead.
    /// </summary>
    [Field(8)]
    public partial string LoadBalancerIP { get; init; }

    /// <summary>
    /// Client address ranges in CIDR form that may use the load balancer, if the provider supports it. Only for
    /// type LoadBalancer.
    /// </summary>
    [Field(9, List = ListType.Atomic)]
    public partial ApiList<string> LoadBalancerSourceRanges { get; init; }

    /// <summary>
    /// DNS name that a lookup of the service returns as a CNAME. Required for, and only valid with, type
    /// ExternalName.
    /// </summary>
    [Field(10)]
    public partial string ExternalName { get; init; }

    /// <summary>
    /// Cluster (the default) spreads outside traffic over all endpoints and hides the client address; Local uses
    /// only endpoints on the receiving node and preserves it. For traffic to node ports, load balancer and external
    /// addresses.
    /// </summary>
    [Field(11, Enum = typeof(ServiceExternalTrafficPolicy))]
    public partial string ExternalTrafficPolicy { get; init; }

    /// <summary>
    /// Port on every node at which a load balancer finds out whether the node has local endpoints. Only for type
    /// LoadBalancer with externalTrafficPolicy Local; assigned automatically and immutable once set.
    /// </summary>
    [Field(12)]
    public partial int HealthCheckNodePort { get; init; }

    /// <summary>
    /// Whether pods are published in DNS and endpoints even before they are ready, as peers of a StatefulSet need
    /// to find each other. Defaults to false.
    /// </summary>
    [Field(13)]
    public partial bool PublishNotReadyAddresses { get; init; }

    /// <summary>Details of the session affinity.</summary>
    [Field(14)]
    public partial SessionAffinityConfig? SessionAffinityConfig { get; init; }

    /// <summary>
    /// IP families of the service, IPv4 and IPv6, in the order of clusterIPs. Chosen from the cluster configuration
    /// when empty. The first cannot be changed; a second may be added or removed.
    /// </summary>
    [Field(19, Enum = typeof(IPFamily), List = ListType.Atomic)]
    public partial ApiList<string> IpFamilies { get; init; }

    /// <summary>
    /// SingleStack (the default) gives one family, PreferDualStack two where the cluster has two, RequireDualStack
    /// fails without two.
    /// </summary>
    [Field(17, Enum = typeof(IPFamilyPolicy))]
    public partial string? IpFamilyPolicy { get; init; }

    /// <summary>
    /// Whether node ports are assigned for type LoadBalancer. May be turned off when the balancer reaches pods
    /// directly; ports assigned earlier stay. Defaults to true.
    /// </summary>
    [Field(20)]
    public partial bool? AllocateLoadBalancerNodePorts { get; init; }

    /// <summary>
    /// Implementation that is responsible for the load balancer, a qualified name such as example.com/internal. The
    /// default implementation if absent. Only for type LoadBalancer; immutable once set.
    /// </summary>
    [Field(21)]
    public partial string? LoadBalancerClass { get; init; }

    /// <summary>
    /// Cluster (the default) spreads traffic from within the cluster over all endpoints; Local uses only those on
    /// the same node and drops traffic if there are none.
    /// </summary>
    [Field(22, Enum = typeof(ServiceInternalTrafficPolicy))]
    public partial string? InternalTrafficPolicy { get; init; }

    /// <summary>
    /// Preference for near endpoints: PreferSameZone, PreferSameNode, or PreferClose, an older name for
    /// PreferSameZone. No preference if absent.
    /// </summary>
    [Field(23)]
    public partial string? TrafficDistribution { get; init; }
}
