using System.Net;
using System.Net.Sockets;
using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;

namespace Keelson.Network.Proxy;

/// <summary>Something that answers for a port of a service.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Port">Its port.</param>
internal sealed record ProxyEndpoint(string Address, int Port)
{
    public bool IsReady { get; init; }

    public bool IsServing { get; init; }

    public bool IsTerminating { get; init; }

    /// <summary>True when it is on this node.</summary>
    public bool IsLocal { get; init; }

    /// <summary>The zones it is meant for; empty without a hint.</summary>
    public IReadOnlyList<string> Zones { get; init; } = [];

    /// <summary>The nodes it is meant for; empty without a hint.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];
}

/// <summary>The node that a proxy runs on.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Zone">Its zone; empty when it has none.</param>
internal sealed record ProxyNode(string Name, string Zone)
{
    /// <summary>Its addresses, as one text: what a service needs depends on them.</summary>
    public string Addresses { get; init; } = "";

    /// <summary>True when one of its addresses is in a range.</summary>
    public bool IsIn(AddressRange range) => Addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Any(one => IPAddress.TryParse(one, out IPAddress? address) && range.Contains(address));
}

/// <summary>Finds the endpoints of a service's port among its slices.</summary>
internal static class ProxyEndpoints
{
    private const string ServiceName = "kubernetes.io/service-name";
    private const string ProxyName = "service.kubernetes.io/service-proxy-name";
    private const string Headless = "service.kubernetes.io/headless";

    /// <summary>The name of the service that a slice belongs to; null for slices that are no business of
    /// proxies.</summary>
    public static string? ServiceOf(EndpointSlice slice)
    {
        if (slice.Metadata.Labels.ContainsKey(ProxyName) || slice.Metadata.Labels.ContainsKey(Headless))
        {
            return null;
        }

        return slice.Metadata.Labels.TryGetValue(ServiceName, out string? name) && name.Length > 0 ? name : null;
    }

    /// <summary>The endpoints of a port, each once, ordered by address.</summary>
    public static List<ProxyEndpoint> Of(
        ServicePort port, IEnumerable<EndpointSlice> slices, AddressFamily family, ProxyNode node)
    {
        string addressType = family == AddressFamily.InterNetwork ? "IPv4" : "IPv6";
        Dictionary<(string Address, int Port), ProxyEndpoint> found = [];
        foreach (EndpointSlice slice in slices)
        {
            if (slice.AddressType == addressType && PortIn(slice, port) is int number)
            {
                foreach (Endpoint endpoint in slice.Endpoints)
                {
                    Add(found, endpoint, number, node);
                }
            }
        }

        List<ProxyEndpoint> endpoints = [.. found.Values];
        endpoints.Sort(static (left, right) => string.CompareOrdinal(left.Address, right.Address) is not 0 and int order
            ? order
            : left.Port.CompareTo(right.Port));
        return endpoints;
    }

    private static int? PortIn(EndpointSlice slice, ServicePort port)
    {
        foreach (Api.Discovery.V1.EndpointPort one in slice.Ports)
        {
            if ((one.Name ?? "") == port.Name && (one.Protocol ?? "TCP") == port.Protocol
                && one.Port is > 0 and int number)
            {
                return number;
            }
        }

        return null;
    }

    private static void Add(
        Dictionary<(string Address, int Port), ProxyEndpoint> found, Endpoint endpoint, int port, ProxyNode node)
    {
        if (endpoint.Addresses.Count == 0 || !IPAddress.TryParse(endpoint.Addresses[0], out IPAddress? address))
        {
            return;
        }

        bool isReady = endpoint.Conditions.Ready ?? true;
        ProxyEndpoint made = new(address.ToString(), port)
        {
            IsReady = isReady,
            IsServing = endpoint.Conditions.Serving ?? true,
            IsTerminating = endpoint.Conditions.Terminating ?? false,
            IsLocal = endpoint.NodeName == node.Name,
            Zones = endpoint.Hints is null ? [] : [.. endpoint.Hints.ForZones.Select(static one => one.Name)],
            Nodes = endpoint.Hints is null ? [] : [.. endpoint.Hints.ForNodes.Select(static one => one.Name)],
        };

        // An endpoint that moves from one slice to another is in both for a while; the better news counts.
        if (!found.TryGetValue((made.Address, port), out ProxyEndpoint? other) || (made.IsReady && !other.IsReady))
        {
            found[(made.Address, port)] = made;
        }
    }
}
