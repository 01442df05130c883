using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>
/// Divines what a client means that writes a service without all of the fields which belong together: older ones know only
/// one address, and most send back what they once applied, without what was allocated since.
/// </summary>
internal static class ServiceTransition
{
    /// <summary>Keeps addresses and ports that were allocated before and that the new version leaves out.</summary>
    public static ServiceSpec KeepAllocated(ServiceSpec spec, ServiceSpec old)
    {
        if (ServiceTypes.NeedsClusterIP(old) && ServiceTypes.NeedsClusterIP(spec))
        {
            spec = spec with
            {
                ClusterIP = spec.ClusterIP.Length == 0 ? old.ClusterIP : spec.ClusterIP,
                ClusterIPs = spec.ClusterIPs.Count == 0 && old.ClusterIPs.Count > 0 ? old.ClusterIPs : spec.ClusterIPs,
            };
        }

        if (ServiceTypes.NeedsNodePort(old) && ServiceTypes.NeedsNodePort(spec))
        {
            spec = spec with { Ports = KeepNodePorts(spec.Ports, old.Ports) };
        }

        return ServiceTypes.NeedsHealthCheck(old) && ServiceTypes.NeedsHealthCheck(spec) && spec.HealthCheckNodePort == 0
            ? spec with { HealthCheckNodePort = old.HealthCheckNodePort }
            : spec;
    }

    /// <summary>
    /// Brings the list of addresses in line with the single one where the client changed only that. What contradicts itself
    /// is left to validation.
    /// </summary>
    public static ServiceSpec SyncClusterIPs(ServiceSpec spec, ServiceSpec? old)
    {
        if (old is null)
        {
            return spec.ClusterIP.Length > 0 && spec.ClusterIPs.Count == 0 ? spec with { ClusterIPs = [spec.ClusterIP] } : spec;
        }

        if (old.ClusterIPs.Count > 0 && spec.ClusterIPs.Count == 0 && old.ClusterIP == spec.ClusterIP)
        {
            return spec with { ClusterIPs = old.ClusterIPs };
        }

        if (old.ClusterIP == spec.ClusterIP || old.ClusterIPs != spec.ClusterIPs)
        {
            return spec;
        }

        return spec with { ClusterIPs = old.ClusterIP.Length > 0 && spec.ClusterIP.Length == 0 ? default(ApiList<string>) : [spec.ClusterIP] };
    }

    /// <summary>
    /// Drops fields that the new type has no use for, when they were set for the old one and the client did not touch them.
    /// Touched ones fail in validation.
    /// </summary>
    public static ServiceSpec DropUnused(ServiceSpec spec, ServiceSpec old)
    {
        if (ServiceTypes.NeedsClusterIP(old) && !ServiceTypes.NeedsClusterIP(spec))
        {
            spec = DropAddresses(spec, old);
        }

        if (ServiceTypes.NeedsNodePort(old) && !ServiceTypes.NeedsNodePort(spec) && NodePorts(spec).IsSubsetOf(NodePorts(old)))
        {
            spec = spec with { Ports = spec.Ports.Map(static port => port.NodePort == 0 ? port : port with { NodePort = 0 }) };
        }

        if (ServiceTypes.NeedsHealthCheck(old) && !ServiceTypes.NeedsHealthCheck(spec) && old.HealthCheckNodePort == spec.HealthCheckNodePort)
        {
            spec = spec with { HealthCheckNodePort = 0 };
        }

        if (old.Type == ServiceType.LoadBalancer && spec.Type != ServiceType.LoadBalancer)
        {
            spec = spec with
            {
                AllocateLoadBalancerNodePorts = Untouched(spec.AllocateLoadBalancerNodePorts, old.AllocateLoadBalancerNodePorts) ? null : spec.AllocateLoadBalancerNodePorts,
                LoadBalancerClass = spec.LoadBalancerClass == old.LoadBalancerClass ? null : spec.LoadBalancerClass,
            };
        }

        return ServiceTypes.IsExternallyAccessible(old) && !ServiceTypes.IsExternallyAccessible(spec)
            && old.ExternalTrafficPolicy == spec.ExternalTrafficPolicy
            ? spec with { ExternalTrafficPolicy = "" }
            : spec;
    }

    private static ServiceSpec DropAddresses(ServiceSpec spec, ServiceSpec old)
    {
        if (old.ClusterIP == spec.ClusterIP && old.ClusterIPs == spec.ClusterIPs)
        {
            spec = spec with { ClusterIP = "", ClusterIPs = default };
        }

        return spec with
        {
            IpFamilies = old.IpFamilies == spec.IpFamilies ? default : spec.IpFamilies,
            IpFamilyPolicy = old.IpFamilyPolicy == spec.IpFamilyPolicy ? null : spec.IpFamilyPolicy,
            InternalTrafficPolicy = old.InternalTrafficPolicy == spec.InternalTrafficPolicy ? null : spec.InternalTrafficPolicy,
        };
    }

    /// <summary>Ports are recognised by their names; a number that another port took over is not given out twice.</summary>
    private static ApiList<ServicePort> KeepNodePorts(ApiList<ServicePort> ports, ApiList<ServicePort> old)
    {
        HashSet<int> stillUsed = [.. ports.Select(port => port.NodePort).Where(number => number != 0)];
        stillUsed.IntersectWith(old.Select(port => port.NodePort));
        Dictionary<string, int> byName = [];
        foreach (ServicePort port in old)
        {
            byName[port.Name] = port.NodePort;
        }

        return ports.Map(port => port.NodePort == 0 && byName.TryGetValue(port.Name, out int number) && !stillUsed.Contains(number)
            ? port with { NodePort = number }
            : port);
    }

    private static HashSet<int> NodePorts(ServiceSpec spec) => [.. spec.Ports.Select(port => port.NodePort).Where(number => number != 0)];

    private static bool Untouched(bool? value, bool? old) => value is not null && value == old;
}
