using System.Net;
using System.Net.Sockets;
using System.Numerics;
using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Machinery.Values;

namespace Keelson.Network.LoadBalancers;

/// <summary>What decides about the addresses of a service.</summary>
/// <param name="Service">The service.</param>
/// <param name="Services">All services of the cluster.</param>
/// <param name="Nodes">All nodes.</param>
/// <param name="Slices">The service's endpoints.</param>
internal sealed record LoadBalancerSnapshot(
    Service Service,
    IReadOnlyList<Service> Services,
    IReadOnlyList<Node> Nodes,
    IReadOnlyList<EndpointSlice> Slices);

/// <summary>What becomes of a service.</summary>
/// <param name="Wanted">The addresses that the status should show; null when the service is none of ours.</param>
/// <param name="IsHeld">True when the service is balanced, so that it may not go before its balancer did.</param>
/// <param name="Reason">Why there are no addresses; empty when there are, or need not be.</param>
internal sealed record LoadBalancerDecision(ApiList<LoadBalancerIngress>? Wanted, bool IsHeld, string Reason)
{
    /// <summary>What holds services back until their balancer is gone.</summary>
    public const string Finalizer = "service.kubernetes.io/load-balancer-cleanup";

    /// <summary>The finalizers that the service should have.</summary>
    public ApiList<string> Finalizers(ObjectMeta metadata) => metadata.Finalizers.Contains(Finalizer) == IsHeld
        ? metadata.Finalizers
        : IsHeld ? metadata.Finalizers.Append(Finalizer).ToApiList()
        : metadata.Finalizers.Where(static one => one != Finalizer).ToApiList();

    /// <summary>True when the service is as it should be.</summary>
    public bool IsDone(Service service) => Wanted is { } wanted
        && wanted.Equals(service.Status.LoadBalancer.Ingress)
        && service.Metadata.Finalizers.Contains(Finalizer) == IsHeld;
}

/// <summary>Which addresses a service of the type LoadBalancer gets.</summary>
internal static class LoadBalancerPlan
{
    private const string Excluded = "node.kubernetes.io/exclude-from-external-load-balancers";

    // The cluster autoscaler's taint on nodes that are about to go.
    private const string AutoscalerTaint = "ToBeDeletedByClusterAutoscaler";

    private static readonly LoadBalancerDecision LeftAlone =
        new((ApiList<LoadBalancerIngress>?)null, IsHeld: false, "");

    private static readonly LoadBalancerDecision TakenBack =
        new(ApiList.Create<LoadBalancerIngress>([]), IsHeld: false, "");

    /// <summary>Decides. Pure.</summary>
    public static LoadBalancerDecision Compute(LoadBalancerSnapshot snapshot, NodeLoadBalancersConfig config)
    {
        Service service = snapshot.Service;
        bool isHeld = service.Metadata.Finalizers.Contains(LoadBalancerDecision.Finalizer);
        if (!IsOurs(service, config))
        {
            // What had been given is taken back when the type changes; a class never changes.
            bool wasOurs = service.Spec.Type != "LoadBalancer" && service.Spec.LoadBalancerClass is null
                && (isHeld || service.Status.LoadBalancer.Ingress.Count > 0);
            return wasOurs ? TakenBack : LeftAlone;
        }

        if (service.Metadata.DeletionTimestamp is not null)
        {
            return isHeld ? TakenBack : LeftAlone;
        }

        List<Service> older = [.. snapshot.Services.Where(one => IsOurs(one, config) && IsOlder(one, service))];
        (IReadOnlyList<string> addresses, string reason) = config.Pool.Count > 0
            ? FromPool(service, snapshot.Services, config)
            : FromNodes(snapshot, older, config);
        return new(
            addresses.Select(static one => new LoadBalancerIngress { Ip = one, IpMode = "VIP" }).ToApiList(),
            IsHeld: true,
            reason);
    }

    /// <summary>True for services that this balancer sees to.</summary>
    public static bool IsOurs(Service service, NodeLoadBalancersConfig config) =>
        service.Spec.Type == "LoadBalancer"
        && (service.Spec.LoadBalancerClass is null || service.Spec.LoadBalancerClass == config.Class);

    private static bool IsOlder(Service one, Service other)
    {
        int order = one.Metadata.CreationTimestamp.CompareTo(other.Metadata.CreationTimestamp);
        return order < 0
            || (order == 0
                && string.CompareOrdinal(ObjectKey.Of(one).ToString(), ObjectKey.Of(other).ToString()) < 0);
    }

    /// <summary>The nodes' own addresses: each can give a port to one service only.</summary>
    private static (IReadOnlyList<string> Addresses, string Reason) FromNodes(
        LoadBalancerSnapshot snapshot, List<Service> older, NodeLoadBalancersConfig config)
    {
        Service service = snapshot.Service;
        foreach (ServicePort port in service.Spec.Ports)
        {
            if (port.Protocol == "TCP" && config.ReservedPorts.Contains(port.Port))
            {
                return ([], $"port {port.Port} of the nodes is taken");
            }

            Service? rival = older.Find(one =>
                one.Spec.Ports.Any(taken => taken.Port == port.Port && taken.Protocol == port.Protocol));
            if (rival is not null)
            {
                return ([], $"port {port.Port}/{port.Protocol} of the nodes is taken by service {ObjectKey.Of(rival)}");
            }
        }

        HashSet<string>? serving = service.Spec.ExternalTrafficPolicy == "Local" ? ServingNodes(snapshot.Slices) : null;
        List<string> addresses = [];
        foreach (Node node in snapshot.Nodes)
        {
            if (IsUsable(node) && serving?.Contains(node.Metadata.Name) != false)
            {
                addresses.AddRange(AddressesOf(node, service));
            }
        }

        return addresses.Count > 0 ? (addresses, "") : ([], "There are no available nodes for LoadBalancer");
    }

    private static bool IsUsable(Node node) =>
        node.Metadata.DeletionTimestamp is null
        && !node.Metadata.Labels.ContainsKey(Excluded)
        && !node.Spec.Taints.Any(static one => one.Key == AutoscalerTaint)
        && node.Status.Conditions.Any(static one => one is { Type: "Ready", Status: "True" });

    private static HashSet<string> ServingNodes(IReadOnlyList<EndpointSlice> slices) =>
        [.. slices.SelectMany(static one => one.Endpoints)
            .Where(static one => one.Conditions.Ready != false && one.NodeName is not null)
            .Select(static one => one.NodeName!)];

    /// <summary>A node's addresses of the service's families: those that are known outside, else the others.</summary>
    private static IEnumerable<string> AddressesOf(Node node, Service service)
    {
        foreach (string type in (string[])["ExternalIP", "InternalIP"])
        {
            List<string> found = [.. node.Status.Addresses
                .Where(one => one.Type == type && IsOfFamily(one.Address, service))
                .Select(static one => one.Address)];
            if (found.Count > 0)
            {
                return found;
            }
        }

        return [];
    }

    private static bool IsOfFamily(string text, Service service)
    {
        if (!IPAddress.TryParse(text, out IPAddress? address))
        {
            return false;
        }

        string family = address.AddressFamily == AddressFamily.InterNetwork ? "IPv4" : "IPv6";
        return service.Spec.IpFamilies.Count == 0 || service.Spec.IpFamilies.Contains(family);
    }

    /// <summary>Addresses of a pool: each service has its own, and keeps it.</summary>
    private static (IReadOnlyList<string> Addresses, string Reason) FromPool(
        Service service, IReadOnlyList<Service> services, NodeLoadBalancersConfig config)
    {
        HashSet<string> taken =
        [
            .. services.Where(one => ObjectKey.Of(one) != ObjectKey.Of(service))
                .SelectMany(static one => one.Status.LoadBalancer.Ingress)
                .Select(static one => one.Ip),
        ];
        List<string> addresses = [];
        foreach (string family in service.Spec.IpFamilies.Count == 0 ? ["IPv4"] : service.Spec.IpFamilies.ToArray())
        {
            if (Choose(service, family, taken, config) is { } address)
            {
                addresses.Add(address);
            }
        }

        return addresses.Count > 0 ? (addresses, "") : ([], "no address of the pool is free");
    }

    private static string? Choose(Service service, string family, HashSet<string> taken, NodeLoadBalancersConfig config)
    {
        List<AddressRange> ranges = [];
        foreach (string text in config.Pool)
        {
            if (AddressRange.TryParse(text, out AddressRange range)
                && (range.Family == AddressFamily.InterNetwork) == (family == "IPv4"))
            {
                ranges.Add(range);
            }
        }

        // What it has, and what it asks for, come before the first that is free.
        IEnumerable<string> liked = service.Status.LoadBalancer.Ingress.Select(static one => one.Ip)
            .Prepend(service.Spec.LoadBalancerIP);
        foreach (string text in liked)
        {
            if (IPAddress.TryParse(text, out IPAddress? address) && ranges.Exists(one => one.Contains(address))
                && !taken.Contains(address.ToString()))
            {
                return address.ToString();
            }
        }

        return ranges.SelectMany(Addresses).FirstOrDefault(one => !taken.Contains(one));
    }

    private static IEnumerable<string> Addresses(AddressRange range)
    {
        byte[] first = range.First.GetAddressBytes();
        BigInteger start = new(first, isUnsigned: true, isBigEndian: true);
        int bits = Math.Min((first.Length * 8) - range.PrefixLength, 20);
        for (int i = 0; i < 1 << bits; i++)
        {
            byte[] bytes = (start + i).ToByteArray(isUnsigned: true, isBigEndian: true);
            byte[] address = new byte[first.Length];
            bytes.CopyTo(address, address.Length - bytes.Length);
            yield return new IPAddress(address).ToString();
        }
    }
}
