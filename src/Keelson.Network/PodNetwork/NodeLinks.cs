using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Keelson.Network.Nft;

namespace Keelson.Network.PodNetwork;

/// <summary>A program of the node failed.</summary>
internal sealed class NodeLinkException(string message) : Exception(message);

/// <summary>The node's links and routes, through <c>ip</c> and <c>bridge</c>. Only links and routes of the pod network
/// are
/// ever changed.</summary>
internal sealed class NodeLinks(NodePrograms programs, PodNetworkConfig config)
{
    /// <summary>What marks our routes: a number of the range that is free for administrators' daemons.</summary>
    private const string RouteProtocol = "75";

    // What VXLAN puts around a packet: an outer IP header of 20 bytes (40 for IPv6), UDP 8, VXLAN 8, Ethernet 14.
    private const int TunnelOverhead4 = 50;
    private const int TunnelOverhead6 = 70;

    /// <summary>The networks that the node is on itself: their addresses are reached without a gateway.</summary>
    public async Task<IReadOnlyList<AddressRange>> OnLinkAsync(CancellationToken stop)
    {
        List<AddressRange> ranges = [];
        JsonElement links = await JsonAsync(["-j", "addr", "show"], stop);
        foreach (JsonElement link in links.EnumerateArray())
        {
            string name = link.GetProperty("ifname").GetString()!;
            if (name == "lo" || name == config.Bridge || name == config.Tunnel)
            {
                continue;
            }

            foreach (JsonElement one in link.GetProperty("addr_info").EnumerateArray())
            {
                string text = $"{one.GetProperty("local").GetString()}/{one.GetProperty("prefixlen").GetInt32()}";
                if (AddressRange.TryParse(text, out AddressRange range))
                {
                    ranges.Add(range);
                }
            }
        }

        return ranges;
    }

    /// <summary>The largest packet on the way to an address, and the link.</summary>
    public async Task<(string Link, int Mtu)> UplinkAsync(IPAddress address, CancellationToken stop)
    {
        // The node's own address is on a link itself; the route to it would lead to the loopback.
        JsonElement links = await JsonAsync(["-j", "addr", "show"], stop);
        foreach (JsonElement link in links.EnumerateArray())
        {
            foreach (JsonElement one in link.GetProperty("addr_info").EnumerateArray())
            {
                if (one.TryGetProperty("local", out JsonElement local) && local.GetString() == address.ToString())
                {
                    return (link.GetProperty("ifname").GetString()!, link.GetProperty("mtu").GetInt32());
                }
            }
        }

        return ("", 1500);
    }

    /// <summary>Lets the node pass packets on, and lets bridged packets go through nftables as well: an answer to a pod
    /// on the same bridge must get back the service's address.</summary>
    public async Task ForwardAsync(CancellationToken stop)
    {
        const string line = """
            [ -e /proc/sys/net/bridge ] || modprobe br_netfilter 2>/dev/null
            for one in ipv4/ip_forward ipv6/conf/all/forwarding bridge/bridge-nf-call-iptables \
                bridge/bridge-nf-call-ip6tables; do
              if [ -e /proc/sys/net/$one ] && [ "$(cat /proc/sys/net/$one)" != 1 ]; then
                echo 1 > /proc/sys/net/$one || exit 1
              fi
            done
            """;
        await RunAsync("sh", ["-c", line], stop);
    }

    /// <summary>Makes the tunnel's link as it should be.</summary>
    public async Task PutTunnelAsync(
        IPAddress node, IReadOnlyList<AddressRange> own, CancellationToken stop)
    {
        TunnelEnd end = TunnelEnd.At(node);
        (string uplink, int mtu) = await UplinkAsync(node, stop);
        string size = Text((config.Mtu > 0 ? config.Mtu : mtu) - Overhead(node));
        if ((await programs.RunAsync("ip", ["link", "show", "dev", config.Tunnel], stop)).ExitCode != 0)
        {
            string[] device = uplink.Length > 0 ? ["dev", uplink] : [];
            await RunAsync(
                "ip",
                [
                    "link", "add", config.Tunnel, "type", "vxlan", "id", Text(config.TunnelId), "dstport",
                    Text(config.TunnelPort), "local", node.ToString(), .. device, "nolearning",
                ],
                stop);
        }

        await RunAsync("ip", ["link", "set", config.Tunnel, "address", end.Hardware, "mtu", size, "up"], stop);
        foreach (AddressRange range in own)
        {
            string length = range.Family == AddressFamily.InterNetwork ? "/32" : "/128";
            await RunAsync("ip", ["addr", "replace", range.First + length, "dev", config.Tunnel], stop);
        }
    }

    /// <summary>Tells the tunnel where another end is.</summary>
    public async Task PutTunnelEndAsync(PodRoute route, CancellationToken stop)
    {
        TunnelEnd end = route.Link!;
        await RunAsync(
            "bridge", ["fdb", "replace", end.Hardware, "dev", config.Tunnel, "dst", end.Node.ToString()], stop);
        await RunAsync(
            "ip",
            [
                "neigh", "replace", route.Gateway.ToString(), "lladdr", end.Hardware, "dev", config.Tunnel, "nud",
                "permanent",
            ],
            stop);
    }

    /// <summary>Puts a route.</summary>
    public Task PutRouteAsync(PodRoute route, CancellationToken stop) => RunAsync(
        "ip",
        [
            PodRoutes.FamilyOption(route.Range.Family), "route", "replace", .. route.Arguments(config.Tunnel), "proto",
            RouteProtocol,
        ],
        stop);

    /// <summary>Our routes that are there, with their gateways; empty for those without.</summary>
    public async Task<IReadOnlyDictionary<AddressRange, string>> RoutesAsync(
        AddressFamily family, CancellationToken stop)
    {
        JsonElement routes = await JsonAsync(
            [PodRoutes.FamilyOption(family), "-j", "route", "show", "proto", RouteProtocol], stop);
        Dictionary<AddressRange, string> found = [];
        foreach (JsonElement route in routes.EnumerateArray())
        {
            if (AddressRange.TryParse(route.GetProperty("dst").GetString()!, out AddressRange range))
            {
                found[range] = route.TryGetProperty("gateway", out JsonElement gateway) ? gateway.GetString()! : "";
            }
        }

        return found;
    }

    /// <summary>Removes one of our routes.</summary>
    public Task RemoveRouteAsync(AddressRange range, CancellationToken stop) => RunAsync(
        "ip",
        [PodRoutes.FamilyOption(range.Family), "route", "del", range.ToString(), "proto", RouteProtocol],
        stop);

    /// <summary>Removes a link, if it is there.</summary>
    public async Task RemoveLinkAsync(string link, CancellationToken stop) =>
        await programs.RunAsync("ip", ["link", "del", link], stop);

    private static int Overhead(IPAddress node) =>
        node.AddressFamily == AddressFamily.InterNetwork ? TunnelOverhead4 : TunnelOverhead6;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task<JsonElement> JsonAsync(string[] arguments, CancellationToken stop)
    {
        string output = await RunAsync("ip", arguments, stop);
        using JsonDocument document = JsonDocument.Parse(output.Trim().Length == 0 ? "[]" : output);
        return document.RootElement.Clone();
    }

    private async Task<string> RunAsync(string program, string[] arguments, CancellationToken stop)
    {
        ProgramResult result = await programs.RunAsync(program, arguments, stop);
        return result.ExitCode == 0
            ? result.Output
            : throw new NodeLinkException($"{program} {string.Join(' ', arguments)}: {result.Error.Trim()}");
    }
}
