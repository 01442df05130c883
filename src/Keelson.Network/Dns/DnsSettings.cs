using System.Net;

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

/// <summary>Names that are written down beside the cluster's.</summary>
/// <param name="Addresses">Addresses by name; a name may begin with <c>*.</c> for one label of any name.</param>
/// <param name="Ttl">How long they hold, in seconds.</param>
/// <param name="FallsThrough">The domains in which other names are looked for elsewhere; null for nowhere.</param>
internal sealed record DnsHosts(
    IReadOnlyDictionary<string, IReadOnlyList<IPAddress>> Addresses, uint Ttl, IReadOnlyList<string>? FallsThrough)
{
    /// <summary>The domains that it is about.</summary>
    public IReadOnlyList<string> Zones { get; init; } = [""];

    /// <summary>True when addresses have names.</summary>
    public bool AnswersReverse { get; init; } = true;
}

/// <summary>How clients' search for a name is done for them: CoreDNS' plugin autopath.</summary>
/// <param name="Zones">The domains that it is about.</param>
/// <param name="Search">The domains to search; null for those of the pod that asks.</param>
internal sealed record DnsAutopath(IReadOnlyList<string> Zones, IReadOnlyList<string>? Search);

/// <summary>How the names of a domain are answered: a server block of CoreDNS.</summary>
/// <param name="Zone">The domain; empty for all.</param>
internal sealed record DnsServerBlock(string Zone)
{
    public IReadOnlyList<DnsAccess> Access { get; init; } = [];

    public IReadOnlyList<DnsRewrite> Rewrites { get; init; } = [];

    public DnsAutopath? Autopath { get; init; }

    public IReadOnlyList<DnsTemplate> Templates { get; init; } = [];

    public DnsHosts? Hosts { get; init; }

    /// <summary>How the cluster's names are answered; null when they are not.</summary>
    public ZoneSettings? Cluster { get; init; }

    public IReadOnlyList<DnsZoneFile> Files { get; init; } = [];

    public IReadOnlyList<DnsForwarding> Forwarding { get; init; } = [];

    /// <summary>True when it is looked whether questions that are passed on come back.</summary>
    public bool DetectsLoops { get; init; }

    /// <summary>The longest time for which answers of others are kept, in seconds; 0 for not at all.</summary>
    public uint SuccessSeconds { get; init; } = 30;

    /// <summary>The same for answers that say that there is nothing.</summary>
    public uint DenialSeconds { get; init; } = 30;

    /// <summary>Who is asked for a name, one after the other; none when it is not to be asked for.</summary>
    public IEnumerable<DnsForwarding> ForwardingFor(string name) => Forwarding.Where(one =>
        DnsSettings.IsWithin(name, one.Zone) && !one.Except.Any(except => DnsSettings.IsWithin(name, except)));

    /// <summary>The servers for a name; none when it is not to be asked for.</summary>
    public IReadOnlyList<DnsUpstream> ServersFor(string name) =>
        ForwardingFor(name).FirstOrDefault()?.Servers ?? [];

    /// <summary>The question that is looked for when a client asks for a name.</summary>
    public DnsRewritten Rewrite(string name, ushort type)
    {
        DnsRewritten question = new() { Name = name, Type = type };
        foreach (DnsRewrite rewrite in Rewrites)
        {
            if (rewrite.Apply(question) && !rewrite.Continues)
            {
                break;
            }
        }

        return question;
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
            Forwarding = [new("", Plain(config.Upstreams ?? ClusterDnsConfig.ServersOfMachine()), [])],
            SuccessSeconds = config.MostCacheSeconds,
            DenialSeconds = config.MostCacheSeconds,
        };
        return new(InOrder([.. config.StubDomains.Select(one => root with
        {
            Zone = one.Key.TrimEnd('.').ToLowerInvariant(),
            Cluster = null,
            Forwarding = [new("", Plain(one.Value), [])],
        }), root]));
    }

    /// <summary>True when answers depend on who asks.</summary>
    public bool DependsOnClients { get; } =
        Blocks.Any(static one => one.Access.Count > 0 || one.Autopath is not null || one.Templates.Count > 0);

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

    /// <summary>The longest of some domains that a name is in; null when it is in none.</summary>
    public static string? LongestOf(IReadOnlyList<string> zones, string name) =>
        zones.Where(zone => IsWithin(name, zone)).MaxBy(static one => one.Length);

    private static IReadOnlyList<DnsUpstream> Plain(IReadOnlyList<IPEndPoint> servers) =>
        [.. servers.Select(static one => new DnsUpstream(one))];

    /// <summary>True for names of a domain; the empty one has all.</summary>
    public static bool IsWithin(string name, string zone) => zone.Length == 0 || (
        name.EndsWith(zone, StringComparison.Ordinal)
        && (name.Length == zone.Length || name[name.Length - zone.Length - 1] == '.'));
}
