using System.Net;
using System.Net.Sockets;

namespace Keelson.Network.Dns;

/// <summary>Finds what is known of a name here, in the order of CoreDNS' plugins: templates, what is written down, the
/// cluster, zone files.</summary>
internal sealed class DnsLookup(ClusterZone zone, DnsMetrics metrics)
{
    /// <summary>Finds it.</summary>
    /// <param name="block">The settings of the name's domain.</param>
    /// <param name="name">The name.</param>
    /// <param name="type">The type of records.</param>
    /// <param name="client">Who asks; null when nobody knows.</param>
    /// <param name="source">Who knew.</param>
    /// <returns>The answer; null when others have to be asked.</returns>
    public DnsAnswer? Find(
        DnsServerBlock block, string name, ushort type, IPAddress? client, out DnsSource source)
    {
        foreach (DnsTemplate template in block.Templates)
        {
            if (template.Answer(name, type, client, metrics) is { } made)
            {
                source = DnsSource.Template;
                return made;
            }
        }

        if (block.Hosts is { } hosts && Written(hosts, name, type) is { } written)
        {
            source = DnsSource.Hosts;
            return written;
        }

        if (block.Cluster is { } settings && zone.Find(name, type, settings) is { } found)
        {
            source = DnsSource.Kubernetes;
            return found;
        }

        DnsZoneFile? file = block.Files
            .Where(one => DnsSettings.IsWithin(name, one.Zone)).MaxBy(static one => one.Zone.Length);
        if (file?.Answer(name, type) is { } told)
        {
            source = DnsSource.File;
            return told;
        }

        source = DnsSource.None;
        return block.ServersFor(name).Count > 0 ? null : DnsAnswer.Of(DnsCode.ServerFailure);
    }

    /// <summary>The names that a client would try one after the other; null when a name is not the first of
    /// them.</summary>
    public IReadOnlyList<string>? SearchOf(DnsServerBlock block, string name, IPAddress? client)
    {
        if (block.Autopath is not { } autopath || DnsSettings.LongestOf(autopath.Zones, name) is null)
        {
            return null;
        }

        IReadOnlyList<string>? search = autopath.Search
            ?? (client is not null && block.Cluster is { Pods: PodNames.Verified } ? zone.SearchOf(client) : null);
        if (search is not [{ } first, ..] || name.Length <= first.Length || !DnsSettings.IsWithin(name, first))
        {
            return null;
        }

        string asked = first.Length == 0 ? name : name[..^(first.Length + 1)];
        return [.. search.Append("").Select(one => one.Length == 0 ? asked : asked + "." + one)];
    }

    /// <summary>What is written down of a name; null when it is to be looked for elsewhere.</summary>
    private static DnsAnswer? Written(DnsHosts hosts, string name, ushort type)
    {
        if (DnsSettings.LongestOf(hosts.Zones, name) is null && type != DnsType.Ptr)
        {
            return null;
        }

        List<DnsRecord> records = [];
        int dot = name.IndexOf('.');
        bool isKnown = hosts.Addresses.TryGetValue(name, out IReadOnlyList<IPAddress>? addresses)
            || (dot > 0 && hosts.Addresses.TryGetValue("*" + name[dot..], out addresses));
        if (isKnown)
        {
            AddressFamily? family = type == DnsType.A ? AddressFamily.InterNetwork
                : type == DnsType.Aaaa ? AddressFamily.InterNetworkV6 : null;
            records.AddRange(addresses!.Where(one => one.AddressFamily == family)
                .Select(one => DnsRecord.Of(one) with { Ttl = hosts.Ttl }));
        }
        else if (type == DnsType.Ptr && hosts.AnswersReverse && ReverseName.Parse(name) is { } address)
        {
            records.AddRange(hosts.Addresses
                .Where(one => one.Value.Contains(address) && !one.Key.StartsWith('*'))
                .Select(one => DnsRecord.To(DnsType.Ptr, one.Key) with { Ttl = hosts.Ttl }));
            isKnown = records.Count > 0;
        }

        bool fallsThrough = hosts.FallsThrough is { } zones && DnsSettings.LongestOf(zones, name) is not null;
        return isKnown ? new() { IsAuthoritative = true, Records = records }
            : fallsThrough || DnsSettings.LongestOf(hosts.Zones, name) is null ? null
            : DnsAnswer.Of(DnsCode.ServerFailure);
    }
}
