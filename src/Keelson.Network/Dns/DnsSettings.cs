using System.Net;
using System.Text.RegularExpressions;

namespace Keelson.Network.Dns;

/// <summary>Which names of pods are answered.</summary>
internal enum PodNames
{
    /// <summary>None.</summary>
    Disabled,

    /// <summary>Every address, whether a pod has it or not.</summary>
    Insecure,

    /// <summary>Those of pods that there are.</summary>
    Verified,
}

/// <summary>How the names of the cluster are answered.</summary>
internal sealed record ZoneSettings
{
    /// <summary>How long records hold, in seconds.</summary>
    public required uint Ttl { get; init; }

    public PodNames Pods { get; init; } = PodNames.Insecure;

    /// <summary>True when endpoints without a host name have the names of their pods.</summary>
    public bool NamesEndpointsByPods { get; init; }

    /// <summary>True when services without endpoints have no name.</summary>
    public bool HidesEmptyServices { get; init; }

    /// <summary>True when addresses have names.</summary>
    public bool AnswersReverse { get; init; } = true;
}

/// <summary>Names that are looked up under another one.</summary>
/// <param name="Rename">Gives the other name; null for names that stay.</param>
internal sealed record DnsRewrite(Func<string, string?> Rename)
{
    /// <summary>A rewrite as CoreDNS' plugin has it; null for one that makes no sense.</summary>
    public static DnsRewrite? Of(string match, string from, string to) => match switch
    {
        "exact" => new(name => name == from ? to : null),
        "prefix" => new(name => name.StartsWith(from, StringComparison.Ordinal) ? to + name[from.Length..] : null),
        "suffix" => new(name => name.EndsWith(from, StringComparison.Ordinal) ? name[..^from.Length] + to : null),
        "substring" => new(name => name.Contains(from, StringComparison.Ordinal)
            ? name.Replace(from, to, StringComparison.Ordinal) : null),
        "regex" => ByPattern(from, to),
        _ => null,
    };

    private static DnsRewrite? ByPattern(string from, string to)
    {
        try
        {
            // Linear in the name's length, whatever the pattern: clients choose the names.
            Regex pattern = new(from, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return new(name => pattern.Match(name + ".") is { Success: true } match
                ? match.Groups.Values.Aggregate(to, static (text, group) => text.Replace(
                    "{" + group.Name + "}", group.Value, StringComparison.Ordinal)).TrimEnd('.').ToLowerInvariant()
                : null);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}

/// <summary>Names that are written down beside the cluster's.</summary>
/// <param name="Addresses">Addresses by name.</param>
/// <param name="Ttl">How long they hold, in seconds.</param>
/// <param name="FallsThrough">True when other names are looked for elsewhere.</param>
internal sealed record DnsHosts(
    IReadOnlyDictionary<string, IReadOnlyList<IPAddress>> Addresses, uint Ttl, bool FallsThrough);

/// <summary>Where names are asked for that nobody here knows.</summary>
/// <param name="Zone">The domain; empty for all.</param>
/// <param name="Servers">The servers.</param>
/// <param name="Except">Domains that are not asked for.</param>
internal sealed record DnsForwarding(string Zone, IReadOnlyList<IPEndPoint> Servers, IReadOnlyList<string> Except);

/// <summary>How the names of a domain are answered: a server block of CoreDNS.</summary>
/// <param name="Zone">The domain; empty for all.</param>
internal sealed record DnsServerBlock(string Zone)
{
    public IReadOnlyList<DnsRewrite> Rewrites { get; init; } = [];

    public DnsHosts? Hosts { get; init; }

    /// <summary>How the cluster's names are answered; null when they are not.</summary>
    public ZoneSettings? Cluster { get; init; }

    public IReadOnlyList<DnsForwarding> Forwarding { get; init; } = [];

    /// <summary>The longest time for which answers of others are kept, in seconds; 0 for not at all.</summary>
    public uint SuccessSeconds { get; init; } = 30;

    /// <summary>The same for answers that say that there is nothing.</summary>
    public uint DenialSeconds { get; init; } = 30;

    /// <summary>The servers for a name; none when it is not to be asked for.</summary>
    public IReadOnlyList<IPEndPoint> ServersFor(string name) => Forwarding.FirstOrDefault(one =>
        DnsSettings.IsWithin(name, one.Zone)
            && !one.Except.Any(except => DnsSettings.IsWithin(name, except)))?.Servers ?? [];

    /// <summary>The name that is looked for when a client asks for one.</summary>
    public string Rename(string name)
    {
        foreach (DnsRewrite rewrite in Rewrites)
        {
            if (rewrite.Rename(name) is { } other)
            {
                return other;
            }
        }

        return name;
    }
}

/// <summary>How all names are answered.</summary>
/// <param name="Blocks">The domains, the longest first.</param>
internal sealed record DnsSettings(IReadOnlyList<DnsServerBlock> Blocks)
{
    /// <summary>What holds without a Corefile: what kubeadm's says.</summary>
    public static DnsSettings Of(ClusterDnsConfig config)
    {
        DnsServerBlock root = new("")
        {
            Cluster = new() { Ttl = config.TtlSeconds },
            Forwarding = [new("", config.Upstreams ?? ClusterDnsConfig.ServersOfMachine(), [])],
            SuccessSeconds = config.MostCacheSeconds,
            DenialSeconds = config.MostCacheSeconds,
        };
        return new(InOrder([.. config.StubDomains.Select(one => root with
        {
            Zone = one.Key.TrimEnd('.').ToLowerInvariant(),
            Cluster = null,
            Forwarding = [new("", one.Value, [])],
        }), root]));
    }

    /// <summary>Blocks in the order in which they are looked at.</summary>
    public static IReadOnlyList<DnsServerBlock> InOrder(IEnumerable<DnsServerBlock> blocks) =>
        [.. blocks.OrderByDescending(static one => one.Zone.Length)];

    /// <summary>The block of the longest domain that a name is in; null when there is none.</summary>
    public DnsServerBlock? BlockOf(string name)
    {
        foreach (DnsServerBlock block in Blocks)
        {
            if (IsWithin(name, block.Zone))
            {
                return block;
            }
        }

        return null;
    }

    /// <summary>True for names of a domain; the empty one has all.</summary>
    public static bool IsWithin(string name, string zone) => zone.Length == 0 || (
        name.EndsWith(zone, StringComparison.Ordinal)
        && (name.Length == zone.Length || name[name.Length - zone.Length - 1] == '.'));
}
