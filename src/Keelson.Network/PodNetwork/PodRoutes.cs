using System.Net;
using System.Net.Sockets;
using Keelson.Api.Core.V1;

namespace Keelson.Network.PodNetwork;

/// <summary>Another node, as far as routes to its pods need it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Its address.</param>
/// <param name="Ranges">The addresses of its pods.</param>
internal sealed record PodNeighbour(string Name, IPAddress Address, IReadOnlyList<AddressRange> Ranges)
{
    /// <summary>A node; null while it has no address or no range.</summary>
    public static PodNeighbour? Of(Node node)
    {
        foreach (NodeAddress one in node.Status.Addresses)
        {
            if (one.Type == "InternalIP" && IPAddress.TryParse(one.Address, out IPAddress? address))
            {
                IReadOnlyList<AddressRange> ranges = RangesOf(node);
                return ranges.Count > 0 ? new(node.Metadata.Name, address, ranges) : null;
            }
        }

        return null;
    }

    /// <summary>The addresses of a node's pods.</summary>
    public static IReadOnlyList<AddressRange> RangesOf(Node node)
    {
        List<AddressRange> ranges = [];
        IEnumerable<string> texts = node.Spec.PodCIDRs.Count > 0 ? node.Spec.PodCIDRs : [node.Spec.PodCIDR];
        foreach (string text in texts)
        {
            if (AddressRange.TryParse(text, out AddressRange range))
            {
                ranges.Add(range);
            }
        }

        return ranges;
    }
}

/// <summary>A route to pods of another node.</summary>
/// <param name="Range">The pods' addresses.</param>
/// <param name="Gateway">The node's address; in the tunnel the address of its end.</param>
/// <param name="Link">The tunnel's end at the node; null for a plain route.</param>
internal readonly record struct PodRoute(AddressRange Range, IPAddress Gateway, TunnelEnd? Link)
{
    /// <summary>As <c>ip route</c> takes it.</summary>
    public string[] Arguments(string tunnel) => Link is null
        ? [Range.ToString(), "via", Gateway.ToString()]
        : [Range.ToString(), "via", Gateway.ToString(), "dev", tunnel, "onlink"];
}

/// <summary>The end of the tunnel at another node.</summary>
/// <param name="Node">The node's address.</param>
/// <param name="Hardware">The hardware address of its end.</param>
internal sealed record TunnelEnd(IPAddress Node, string Hardware)
{
    /// <summary>
    /// The end at a node. Hardware addresses follow from the nodes' own, so nothing needs to be told among nodes:
    /// 192.0.2.7 has 02:4b:c0:00:02:07.
    /// </summary>
    public static TunnelEnd At(IPAddress node)
    {
        byte[] bytes = node.GetAddressBytes();
        return new(node, "02:4b:" + string.Join(':', bytes[^4..].Select(static one => one.ToString("x2"))));
    }
}

/// <summary>Which routes a node needs.</summary>
internal static class PodRoutes
{
    /// <summary>Decides. Pure.</summary>
    /// <param name="nodes">The other nodes.</param>
    /// <param name="routing">How pods of others are reached.</param>
    /// <param name="isOnLink">True for addresses on the node's own network.</param>
    public static IReadOnlyList<PodRoute> Compute(
        IEnumerable<PodNeighbour> nodes, PodRouting routing, Func<IPAddress, bool> isOnLink)
    {
        List<PodRoute> routes = [];
        if (routing == PodRouting.None)
        {
            return routes;
        }

        foreach (PodNeighbour node in nodes)
        {
            bool isDirect = routing == PodRouting.Auto && isOnLink(node.Address);
            foreach (AddressRange range in node.Ranges)
            {
                // A plain route needs a gateway of the same family.
                bool isPlain = isDirect && range.Family == node.Address.AddressFamily;
                routes.Add(isPlain
                    ? new(range, node.Address, null)
                    : new(range, range.First, TunnelEnd.At(node.Address)));
            }
        }

        return routes;
    }

    /// <summary>The option of <c>ip</c> that says which family is meant.</summary>
    public static string FamilyOption(AddressFamily family) => family == AddressFamily.InterNetwork ? "-4" : "-6";
}
