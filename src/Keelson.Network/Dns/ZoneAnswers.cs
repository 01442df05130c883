using System.Net;
using System.Net.Sockets;

namespace Keelson.Network.Dns;

/// <summary>Makes answers of what names stand for, as CoreDNS words them.</summary>
/// <param name="domain">The cluster's domain.</param>
/// <param name="resolve">What a name below it stands for; null when there is no such name.</param>
/// <param name="clock">Numbers the zone's versions.</param>
internal sealed class ZoneAnswers(
    string domain, Func<string, ZoneSettings, IReadOnlyList<ZoneEntry>?> resolve, TimeProvider clock)
{
    // Aliases of aliases end here, so that a circle does.
    private const int MostAliases = 8;
    private const uint VersionTtl = 28800;
    private const string Version = "1.1.0";

    private static int _turn;
    private long _serial = clock.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Something that names depend on has changed.</summary>
    public void Changed() => Interlocked.Exchange(ref _serial, clock.GetUtcNow().ToUnixTimeSeconds());

    /// <summary>Answers for a name below the domain.</summary>
    public DnsAnswer Of(string name, ushort type, ZoneSettings settings)
    {
        if (type is DnsType.Axfr or DnsType.Ixfr)
        {
            return DnsAnswer.Of(DnsCode.Refused);
        }

        if (type == DnsType.Txt && name.Length == domain.Length + 12
            && name.StartsWith("dns-version.", StringComparison.Ordinal))
        {
            return Found([DnsRecord.Of(Version) with { Ttl = VersionTtl }], settings);
        }

        if (resolve(name, settings) is not { } entries || (type == DnsType.Txt && entries.Count == 0))
        {
            return NoData(settings) with { Code = DnsCode.NameError };
        }

        DnsAnswer? answer = type switch
        {
            DnsType.A or DnsType.Aaaa => Addresses(entries, type, settings),
            DnsType.Cname when entries is [{ Address: null, Target: var target }] =>
                Found([DnsRecord.To(DnsType.Cname, target)], settings),
            DnsType.Srv => Services(entries, settings),
            _ => null,
        };
        return answer ?? NoData(settings);
    }

    /// <summary>The start of the zone.</summary>
    public DnsAnswer Start(ZoneSettings settings) => Found([StartRecord(settings)], settings);

    /// <summary>A name without records of the type that is asked for.</summary>
    public DnsAnswer NoData(ZoneSettings settings) =>
        new() { IsAuthoritative = true, Authority = [StartRecord(settings)] };

    /// <summary>Records, each of which lives as long as the zone's, if it does not say otherwise.</summary>
    public static DnsAnswer Found(List<DnsRecord> records, ZoneSettings settings)
    {
        int aliases = 0;
        for (int i = 0; i < records.Count; i++)
        {
            records[i] = records[i].Ttl is null ? records[i] with { Ttl = settings.Ttl } : records[i];
            aliases += records[i].Type == DnsType.Cname ? 1 : 0;
        }

        // Of several addresses each answer has another one first; aliases stay in front of them.
        int addresses = records.Count - aliases;
        return new()
        {
            IsAuthoritative = true,
            Records = records,
            Fixed = aliases,
            First = addresses > 1 && records[^1].Type is DnsType.A or DnsType.Aaaa
                ? (int)((uint)Interlocked.Increment(ref _turn) % (uint)addresses)
                : 0,
        };
    }

    private DnsRecord StartRecord(ZoneSettings settings) =>
        DnsRecord.Start(domain, (uint)Interlocked.Read(ref _serial), settings.Ttl);

    private DnsAnswer? Addresses(IReadOnlyList<ZoneEntry> entries, ushort type, ZoneSettings settings)
    {
        List<DnsRecord> aliases = [];
        string? owner = null;
        while (entries is [{ Address: null, Target: var target }])
        {
            if (aliases.Count == MostAliases || aliases.Exists(one => one.Target == target))
            {
                return null;
            }

            aliases.Add(DnsRecord.To(DnsType.Cname, target, owner));
            if (!DnsSettings.IsWithin(target, domain))
            {
                return Found(aliases, settings) with { Elsewhere = target };
            }

            owner = target;
            entries = target.Length == domain.Length ? [] : resolve(target, settings) ?? [];
        }

        List<DnsRecord> records = [.. entries.Select(static one => one.Address!).Where(one => Fits(one, type))
            .Distinct().Select(one => DnsRecord.Of(one, owner))];
        return records.Count == 0 ? null : Found([.. aliases, .. records], settings);
    }

    /// <summary>Records of services: all weigh the same, and together about 100.</summary>
    private static DnsAnswer? Services(IReadOnlyList<ZoneEntry> entries, ZoneSettings settings)
    {
        HashSet<DnsRecord> records = [];
        HashSet<DnsRecord> additional = [];
        int count = entries.Count(static one => one.Address is not null);
        foreach (ZoneEntry one in entries)
        {
            if (one.Address is { } address && one.Port >= 0)
            {
                records.Add(DnsRecord.Service(one.Name, one.Port, Math.Max(1, 100 / count)));
                additional.Add(DnsRecord.Of(address, one.Name) with { Ttl = settings.Ttl });
            }
        }

        return records.Count == 0 ? null : Found([.. records], settings) with { Additional = [.. additional] };
    }

    private static bool Fits(IPAddress address, ushort type) => address.AddressFamily ==
        (type == DnsType.A ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6);
}
