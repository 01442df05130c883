using System.Globalization;

namespace Keelson.Network.Proxy;

/// <summary>
/// Makes connection tracking forget where UDP packets went that no longer may go there: without a handshake a client
/// that keeps sending from the same port would go on talking to an endpoint that is gone.
/// </summary>
internal static class ConntrackCleaning
{
    // More than this at once is faster done without telling endpoints apart.
    private const int MostSingleEndpoints = 64;

    /// <summary>What has to be forgotten, as arguments of <c>conntrack</c>. Pure.</summary>
    /// <param name="before">What a service's ports were.</param>
    /// <param name="now">What they are.</param>
    /// <param name="isIPv6">The family.</param>
    public static IReadOnlyList<string[]> Stale(IReadOnlyList<UdpFlow> before, IReadOnlyList<UdpFlow> now, bool isIPv6)
    {
        List<string[]> commands = [];
        string[] start = isIPv6 ? ["-D", "-f", "ipv6", "-p", "udp"] : ["-D", "-f", "ipv4", "-p", "udp"];
        foreach (UdpFlow flow in now)
        {
            // What was sent before there was such a service went elsewhere, and would go on to.
            if (flow.Endpoints.Count > 0 && !before.Any(one => one.Port == flow.Port))
            {
                commands.AddRange(Places(flow).Select(place => (string[])[.. start, .. place]));
            }
        }

        foreach (UdpFlow flow in before)
        {
            UdpFlow? after = now.FirstOrDefault(one => one.Port == flow.Port);
            commands.AddRange(NewPlaces(flow, after).Select(place => (string[])[.. start, .. place]));
            List<string> gone = [.. flow.Endpoints.Except(after?.Endpoints ?? [])];

            // Packets for a service that had no endpoints were refused, and that was remembered, too.
            bool isWoken = flow.Endpoints.Count == 0 && after is { Endpoints.Count: > 0 };
            if (isWoken || gone.Count > MostSingleEndpoints)
            {
                commands.AddRange(Places(flow).Select(place => (string[])[.. start, .. place]));
                continue;
            }

            foreach (string endpoint in gone)
            {
                commands.AddRange(Places(flow).Select(place => (string[])[.. start, .. place, "--dst-nat", endpoint]));
            }
        }

        return commands;
    }

    /// <summary>Addresses and node ports that a port has got.</summary>
    private static IEnumerable<string[]> NewPlaces(UdpFlow before, UdpFlow? now) => now is not { Endpoints.Count: > 0 }
        ? []
        : Places(now with
        {
            Addresses = [.. now.Addresses.Except(before.Addresses)],
            NodePort = now.NodePort == before.NodePort ? 0 : now.NodePort,
        });

    private static IEnumerable<string[]> Places(UdpFlow flow)
    {
        foreach (string address in flow.Addresses)
        {
            yield return ["--orig-dst", address, "--orig-port-dst", Text(flow.Port)];
        }

        if (flow.NodePort > 0)
        {
            yield return ["--orig-port-dst", Text(flow.NodePort)];
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
