namespace Keelson.Api.Core.V1;

/// <summary>What a service's type brings along.</summary>
public static class ServiceTypes
{
    /// <summary>The address of a service that has none on purpose.</summary>
    public const string Headless = "None";

    /// <summary>True for a service whose endpoints are reached directly.</summary>
    public static bool IsHeadless(ServiceSpec spec) => spec.ClusterIPs is [Headless];

    /// <summary>True when the type has addresses inside the cluster; "None" counts as one.</summary>
    public static bool NeedsClusterIP(ServiceSpec spec) => spec.Type != ServiceType.ExternalName;

    /// <summary>True when the type has ports on the nodes.</summary>
    public static bool NeedsNodePort(ServiceSpec spec) => spec.Type is ServiceType.NodePort or ServiceType.LoadBalancer;

    /// <summary>True when ports on the nodes are to be allocated; load balancers can do without.</summary>
    public static bool AllocatesNodePorts(ServiceSpec spec) => spec.Type == ServiceType.NodePort
        || (spec.Type == ServiceType.LoadBalancer && spec.AllocateLoadBalancerNodePorts != false);

    /// <summary>True when load balancers ask the nodes which of them have endpoints, on a port allocated for that.</summary>
    public static bool NeedsHealthCheck(ServiceSpec spec) =>
        spec.Type == ServiceType.LoadBalancer && spec.ExternalTrafficPolicy == ServiceExternalTrafficPolicy.Local;

    /// <summary>True when traffic may come from outside of the cluster.</summary>
    public static bool IsExternallyAccessible(ServiceSpec spec) =>
        NeedsNodePort(spec) || (spec.Type == ServiceType.ClusterIP && spec.ExternalIPs.Count > 0);
}
