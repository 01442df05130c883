using System.Globalization;
using System.Net;

namespace Keelson.Network.Dns;

/// <summary>Reads what a Corefile says of names: plugins hosts, file, autopath, cache.</summary>
internal static class CorefileNames
{
    // What CoreDNS takes where nothing is said.
    private const uint HostsTtl = 3600;
    private const uint CacheSuccess = 3600;
    private const uint CacheDenial = 1800;

    /// <summary>CoreDNS would read the file of its pod; that of the node is nobody's business.</summary>
    private const string HostsOfPod = "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback";

    /// <summary>Names that are written down, in a file or in the Corefile.</summary>
    public static DnsHosts Hosts(CorefileLine plugin, string[] zones, CorefileFiles files)
    {
        Dictionary<string, List<IPAddress>> found = new(StringComparer.Ordinal);
        string file = plugin.Arguments.FirstOrDefault() ?? "/etc/hosts";
        string text = file == "/etc/hosts" ? HostsOfPod : files.Find(file) ?? "";
        foreach (string line in text.Split('\n'))
        {
            AddHost(found, line.Split('#')[0].Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries));
        }

        DnsHosts hosts = new(new Dictionary<string, IReadOnlyList<IPAddress>>(), HostsTtl, null)
        {
            Zones = plugin.Arguments.Count > 1 ? [.. plugin.Arguments.Skip(1).Select(CorefileSettings.Name)] : zones,
        };
        foreach (CorefileLine line in plugin.Lines)
        {
            switch (line.Name)
            {
                case "ttl":
                    hosts = hosts with { Ttl = Ttl(line, 65535) };
                    break;
                case "no_reverse":
                    hosts = hosts with { AnswersReverse = false };
                    break;
                case "fallthrough":
                    hosts = hosts with { FallsThrough = ZonesOf(line) };
                    break;
                case "reload":
                    break;
                case var address when IPAddress.TryParse(address, out _):
                    AddHost(found, [address, .. line.Arguments]);
                    break;
                default:
                    throw line.Wrong($"unknown property '{line.Name}'");
            }
        }

        return hosts with
        {
            Addresses = found.ToDictionary(
                static one => one.Key, static one => (IReadOnlyList<IPAddress>)[.. one.Value.Distinct()]),
        };
    }

    /// <summary>Domains whose records are in a file.</summary>
    public static IEnumerable<DnsZoneFile> ZoneFiles(CorefileLine plugin, string[] zones, CorefileFiles files)
    {
        if (plugin.Arguments is not [{ } file, ..])
        {
            throw plugin.WrongCount();
        }

        bool fallsThrough = false;
        foreach (CorefileLine line in plugin.Lines)
        {
            fallsThrough |= line.Name == "fallthrough";
            if (line.Name is not ("reload" or "upstream" or "fallthrough"))
            {
                throw line.Wrong($"unknown property '{line.Name}'");
            }
        }

        string text = files.Find(file) ?? throw new FormatException($"open {file}: no such file or directory");
        foreach (string zone in plugin.Arguments.Count > 1
            ? plugin.Arguments.Skip(1).Select(CorefileSettings.Name) : zones)
        {
            DnsZoneFile read;
            try
            {
                read = DnsZoneFile.Read(zone, text, fallsThrough);
            }
            catch (FormatException exception)
            {
                throw new FormatException($"file \"{file}\" {exception.Message}");
            }

            yield return read;
        }
    }

    /// <summary>How the search for a name is done for clients.</summary>
    public static DnsAutopath Autopath(CorefileLine plugin, string[] zones, CorefileFiles files)
    {
        if (plugin.Arguments.Count == 0)
        {
            throw plugin.Wrong("no resolv-conf specified");
        }

        string last = plugin.Arguments[^1];
        string[] domains = [.. plugin.Arguments.SkipLast(1)];

        IReadOnlyList<string> about = domains.Length > 0 ? [.. domains.Select(CorefileSettings.Name)] : zones;
        if (last.StartsWith('@'))
        {
            return last == "@kubernetes" ? new(about, null)
                : throw new FormatException($"'{last[1..]}' is not a supported plugin for autopath");
        }

        string text = files.Find(last) ?? throw new FormatException(
            $"failed to parse \"{last}\": open {last}: no such file or directory");
        return new(about, ClusterDnsConfig.SearchIn(text));
    }

    /// <summary>For how long answers of others are kept.</summary>
    public static DnsServerBlock Cached(DnsServerBlock block, CorefileLine plugin)
    {
        uint? most = null;
        if (plugin.Arguments is [{ } first, ..]
            && uint.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out uint seconds))
        {
            most = seconds > 0 ? seconds : throw new FormatException("cache TTL can not be zero or negative: 0");
        }

        bool isEverywhere(CorefileLine line, string kind) => line.Arguments is [{ } one, ..] && one == kind
            && (line.Arguments.Count == 1
                || line.Arguments.Skip(1).Any(zone => CorefileSettings.Name(zone) == block.Zone));
        bool disables(string kind) => plugin.Named("disable").Any(line => isEverywhere(line, kind));
        uint of(string kind, uint without) => disables(kind) ? 0
            : plugin.Named(kind).FirstOrDefault()?.Arguments is [_, { } ttl, ..] && uint.TryParse(ttl, out uint own)
                ? own : Math.Min(most ?? without, without);
        CorefileLine? unknown = plugin.Lines.FirstOrDefault(static one => one.Name is not ("success" or "denial"
            or "prefetch" or "serve_stale" or "servfail" or "disable" or "keepttl"));
        return unknown is not null ? throw unknown.WrongCount()
            : block with { SuccessSeconds = of("success", CacheSuccess), DenialSeconds = of("denial", CacheDenial) };
    }

    /// <summary>A time to live.</summary>
    /// <param name="line">The line that says it.</param>
    /// <param name="most">The longest, in seconds.</param>
    public static uint Ttl(CorefileLine line, uint most)
    {
        if (line.Arguments is not [{ } text])
        {
            throw line.Wrong(line.Arguments.Count == 0 ? "ttl needs a time in second" : "ttl is too long");
        }

        return !uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint seconds)
            ? throw line.Wrong("ttl needs a number of second")
            : seconds <= most ? seconds : throw line.Wrong($"ttl must be in range [0, {most}]: {seconds}");
    }

    /// <summary>The domains behind an option; all where it names none.</summary>
    public static IReadOnlyList<string> ZonesOf(CorefileLine line) =>
        line.Arguments.Count > 0 ? [.. line.Arguments.Select(CorefileSettings.Name)] : [""];

    private static void AddHost(Dictionary<string, List<IPAddress>> found, IReadOnlyList<string> words)
    {
        if (words.Count < 2 || !IPAddress.TryParse(words[0], out IPAddress? address))
        {
            return;
        }

        foreach (string name in words.Skip(1).Select(CorefileSettings.Name))
        {
            if (!found.TryGetValue(name, out List<IPAddress>? addresses))
            {
                found[name] = addresses = [];
            }

            addresses.Add(address);
        }
    }
}
