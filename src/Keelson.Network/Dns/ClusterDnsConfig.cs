using System.Net;

namespace Keelson.Network.Dns;

/// <summary>How a cluster's DNS server works.</summary>
public sealed record ClusterDnsConfig
{
    /// <summary>Where questions are taken, over UDP and TCP. A port 0 takes a free one.</summary>
    public required IReadOnlyList<IPEndPoint> Addresses { get; init; }

    /// <summary>The cluster's domain.</summary>
    public string Domain { get; init; } = "cluster.local";

    /// <summary>The service address under which pods know the server; null when it has none.</summary>
    public IPAddress? ServiceAddress { get; init; }

    /// <summary>How long the cluster's records hold, in seconds.</summary>
    public uint TtlSeconds { get; init; } = 30;

    /// <summary>Servers for all other names; null for those of <c>/etc/resolv.conf</c>.</summary>
    public IReadOnlyList<IPEndPoint>? Upstreams { get; init; }

    /// <summary>Servers for the names under certain domains.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<IPEndPoint>> StubDomains { get; init; } =
        new Dictionary<string, IReadOnlyList<IPEndPoint>>();

    /// <summary>How long an upstream may take for an answer before the next one is asked.</summary>
    public TimeSpan UpstreamTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest time for which answers of others are kept, in seconds (the cache of kubeadm's
    /// CoreDNS).</summary>
    public uint MostCacheSeconds { get; init; } = 30;

    /// <summary>The most answers that are kept.</summary>
    public int CacheSize { get; init; } = 10_000;

    /// <summary>Where <c>/ready</c>, <c>/health</c> and <c>/metrics</c> are served; each place has all of
    /// them.</summary>
    public IReadOnlyList<IPEndPoint> PageAddresses { get; init; } = [];

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where trouble is told.</summary>
    public Action<string> Log { get; init; } = static _ => { };

    /// <summary>The servers that the machine itself asks; none when it does not say.</summary>
    internal static IReadOnlyList<IPEndPoint> ServersOfMachine() => ServersIn(ResolverFile());

    /// <summary>The domains in which the machine itself searches for names.</summary>
    internal static IReadOnlyList<string> SearchOfMachine() => SearchIn(ResolverFile());

    /// <summary>The servers that a machine asks.</summary>
    /// <param name="text">The contents of <c>resolv.conf</c>.</param>
    internal static IReadOnlyList<IPEndPoint> ServersIn(string text)
    {
        List<IPEndPoint> servers = [];
        foreach (string[] words in LinesOf(text))
        {
            if (words is ["nameserver", { } address, ..] && IPAddress.TryParse(address, out IPAddress? parsed))
            {
                servers.Add(new(parsed, 53));
            }
        }

        return servers;
    }

    /// <summary>The domains in which a machine searches; of several lines the last counts.</summary>
    /// <param name="text">The contents of <c>resolv.conf</c>.</param>
    internal static IReadOnlyList<string> SearchIn(string text)
    {
        string[] last = LinesOf(text).LastOrDefault(static words => words is ["search", ..]) ?? [];
        return [.. last.Skip(1).Select(static one => one.TrimEnd('.').ToLowerInvariant())
            .Where(static one => one.Length > 0)];
    }

    private static IEnumerable<string[]> LinesOf(string text) => text.Split('\n')
        .Select(static line => line.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries));

    private static string ResolverFile()
    {
        try
        {
            return File.ReadAllText("/etc/resolv.conf");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
