using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Keelson.Network.Nft;

namespace Keelson.Network.Proxy;

/// <summary>
/// Has connection tracking forget what changes made stale, and once at the start what changed while no proxy ran.
/// </summary>
internal sealed class ConntrackUpkeep(NodePrograms programs, ProxyMetrics metrics, ServiceProxyConfig config)
{
    private const string Program = "conntrack";
    private readonly bool _isThere = NodePrograms.IsThere(Program);
    private bool _hasLooked;

    /// <summary>Forgets.</summary>
    /// <param name="stale">Arguments of <c>conntrack</c>.</param>
    /// <param name="tables">What is right now.</param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(
        IReadOnlyList<(bool IsIPv6, string[] Arguments)> stale, IReadOnlyList<ProxyTable> tables,
        CancellationToken stop)
    {
        if (!_isThere)
        {
            return;
        }

        if (!_hasLooked)
        {
            _hasLooked = true;
            foreach (ProxyTable table in tables)
            {
                await LookAsync(table, stop);
            }

            return;
        }

        foreach (IGrouping<bool, (bool, string[] Arguments)> family in stale.GroupBy(static one => one.IsIPv6))
        {
            await DeleteAsync(family.Key, [.. family.Select(static one => one.Arguments)], stop);
        }
    }

    private async Task LookAsync(ProxyTable table, CancellationToken stop)
    {
        UdpFlow[] flows = [.. table.UdpFlows];
        if (flows.Length == 0)
        {
            return;
        }

        bool isIPv6 = table.Family == AddressFamily.InterNetworkV6;
        ProgramResult listing = await programs.RunAsync(
            Program, ["-L", "-p", "udp", "-f", isIPv6 ? "ipv6" : "ipv4"], stop);
        await DeleteAsync(isIPv6, Stale(listing.Output, flows, isIPv6), stop);
    }

    private async Task DeleteAsync(bool isIPv6, IReadOnlyList<string[]> commands, CancellationToken stop)
    {
        long started = config.Clock.GetTimestamp();
        int count = 0;
        foreach (string[] arguments in commands)
        {
            // It ends with 1 when there was nothing to forget.
            ProgramResult result = await programs.RunAsync(Program, arguments, stop);
            count += result.ExitCode == 0 ? Math.Max(1, result.Output.Count(static one => one == '\n')) : 0;
        }

        metrics.Forgotten(isIPv6, count, config.Clock.GetElapsedTime(started));
    }

    /// <summary>The connections of a listing that lead where a service no longer leads. Pure.</summary>
    internal static IReadOnlyList<string[]> Stale(string listing, IReadOnlyList<UdpFlow> flows, bool isIPv6)
    {
        Dictionary<(string Address, string Port), HashSet<string>> places = [];
        foreach (UdpFlow flow in flows)
        {
            HashSet<string> endpoints = [.. flow.Endpoints];
            foreach (string address in flow.Addresses)
            {
                places[(address, flow.Port.ToString(CultureInfo.InvariantCulture))] = endpoints;
            }

            if (flow.NodePort > 0)
            {
                places[("", flow.NodePort.ToString(CultureInfo.InvariantCulture))] = endpoints;
            }
        }

        List<string[]> commands = [];
        foreach (string line in listing.Split('\n'))
        {
            if (Read(line) is { } one
                && (places.TryGetValue((one.To, one.ToPort), out HashSet<string>? right)
                    || places.TryGetValue(("", one.ToPort), out right))
                && !right.Contains(one.Answers))
            {
                commands.Add(
                [
                    "-D", "-f", isIPv6 ? "ipv6" : "ipv4", "-p", "udp", "--orig-src", one.From, "--orig-dst", one.To,
                    "--orig-port-src", one.FromPort, "--orig-port-dst", one.ToPort,
                ]);
            }
        }

        return commands;
    }

    /// <summary>A line: who sent to whom, and who answers.</summary>
    private static (string From, string To, string FromPort, string ToPort, string Answers)? Read(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string? first(string name, int skipped = 0) => words
            .Where(one => one.StartsWith(name, StringComparison.Ordinal))
            .Skip(skipped).FirstOrDefault()?[name.Length..];
        string? address(string? text) => IPAddress.TryParse(text, out IPAddress? parsed) ? parsed.ToString() : null;
        return address(first("src=")) is { } from && address(first("dst=")) is { } to
            && first("sport=") is { } fromPort && first("dport=") is { } toPort
            && address(first("src=", 1)) is { } answers
            ? (from, to, fromPort, toPort, answers)
            : null;
    }
}
