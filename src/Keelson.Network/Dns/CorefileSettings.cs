using System.Globalization;
using System.Net;

namespace Keelson.Network.Dns;

/// <summary>Makes settings of a Corefile, and says what of it is not followed.</summary>
internal sealed class CorefileSettings
{
    // What CoreDNS takes where nothing is said.
    private const uint ClusterTtl = 5;
    private const uint HostsTtl = 3600;
    private const uint CacheSuccess = 3600;
    private const uint CacheDenial = 1800;

    /// <summary>Plugins that say nothing about answers, or whose work is done anyway.</summary>
    private static readonly HashSet<string> Quiet =
    [
        "errors", "health", "ready", "prometheus", "loop", "reload", "loadbalance", "log", "cancel", "debug", "pprof",
        "metadata", "root", "bufsize", "bind", "timeouts",
    ];

    private readonly ClusterDnsConfig _config;
    private readonly List<string> _complaints = [];

    private CorefileSettings(ClusterDnsConfig config) => _config = config;

    /// <summary>Reads a Corefile.</summary>
    /// <param name="text">The file.</param>
    /// <param name="config">What it does not say.</param>
    /// <returns>The settings, and what can't be followed, a sentence each.</returns>
    /// <exception cref="FormatException">It makes no sense.</exception>
    public static (DnsSettings Settings, IReadOnlyList<string> Complaints) Read(string text, ClusterDnsConfig config)
    {
        CorefileSettings reader = new(config);
        List<DnsServerBlock> blocks = [];
        foreach ((IReadOnlyList<string> keys, IReadOnlyList<CorefileLine> plugins) in Corefile.Parse(text))
        {
            foreach (string key in keys)
            {
                if (reader.ZoneOf(key) is { } zone)
                {
                    blocks.Add(reader.Block(zone, plugins));
                }
            }
        }

        return (new(DnsSettings.InOrder(blocks)), reader._complaints);
    }

    private string? ZoneOf(string key)
    {
        string text = key;
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
        {
            if (text[..scheme] != "dns")
            {
                _complaints.Add($"server block {key}: only dns:// is served");
                return null;
            }

            text = text[(scheme + 3)..];
        }

        int colon = text.LastIndexOf(':');
        if (colon >= 0)
        {
            if (text[(colon + 1)..] != "53")
            {
                _complaints.Add($"server block {key}: only port 53 is served");
                return null;
            }

            text = text[..colon];
        }

        return Name(text);
    }

    private DnsServerBlock Block(string zone, IReadOnlyList<CorefileLine> plugins)
    {
        DnsServerBlock block = new(zone) { SuccessSeconds = 0, DenialSeconds = 0 };
        foreach (CorefileLine plugin in plugins)
        {
            block = plugin.Name switch
            {
                "kubernetes" => block with { Cluster = Cluster(plugin, zone) },
                "forward" => block with { Forwarding = [.. block.Forwarding, .. Forwarding(plugin)] },
                "hosts" => block with { Hosts = Hosts(plugin) },
                "cache" => Cached(block, plugin),
                "rewrite" => block with { Rewrites = [.. block.Rewrites, .. Rewrites(plugin)] },
                _ => Other(block, plugin),
            };
        }

        return block;
    }

    private DnsServerBlock Other(DnsServerBlock block, CorefileLine plugin)
    {
        if (!Quiet.Contains(plugin.Name))
        {
            _complaints.Add($"plugin {plugin.Name} is not followed");
        }

        return block;
    }

    private ZoneSettings? Cluster(CorefileLine plugin, string zone)
    {
        string[] zones = plugin.Arguments.Count > 0 ? [.. plugin.Arguments.Select(Name)] : [zone];
        if (!zones.Any(one => DnsSettings.IsWithin(_config.Domain, one)))
        {
            _complaints.Add($"plugin kubernetes: the cluster's domain is {_config.Domain}");
            return null;
        }

        ZoneSettings settings = new()
        {
            Ttl = Seconds(plugin, "ttl", ClusterTtl),
            Pods = PodNames.Disabled,
            AnswersReverse = zones.Any(static one =>
                one.Length == 0 || one.EndsWith(".arpa", StringComparison.Ordinal)),
            NamesEndpointsByPods = plugin.Named("endpoint_pod_names").Any(),
            HidesEmptyServices = plugin.Named("ignore").Any(static one => one.Arguments.Contains("empty_service")),
        };
        foreach (CorefileLine line in plugin.Lines)
        {
            switch (line.Name)
            {
                case "pods" when Enum.TryParse(line.Arguments.FirstOrDefault(), ignoreCase: true, out PodNames pods):
                    settings = settings with { Pods = pods };
                    break;
                case "ttl" or "endpoint_pod_names" or "ignore" or "fallthrough" or "endpoint" or "tls" or "kubeconfig"
                    or "multicluster" or "apiserver_qps" or "apiserver_burst" or "startup_timeout":
                    break;
                default:
                    _complaints.Add($"plugin kubernetes: {line.Name} is not followed");
                    break;
            }
        }

        return settings;
    }

    private IEnumerable<DnsForwarding> Forwarding(CorefileLine plugin)
    {
        if (plugin.Arguments.Count < 2)
        {
            _complaints.Add("plugin forward: it names no servers");
            yield break;
        }

        List<IPEndPoint> servers = [];
        foreach (string to in plugin.Arguments.Skip(1))
        {
            string text = to.StartsWith("dns://", StringComparison.Ordinal) ? to[6..] : to;
            if (IPAddress.TryParse(text, out IPAddress? address))
            {
                servers.Add(new(address, 53));
            }
            else if (IPEndPoint.TryParse(text, out IPEndPoint? place))
            {
                servers.Add(place);
            }
            else if (text == "/etc/resolv.conf")
            {
                servers.AddRange(_config.Upstreams ?? ClusterDnsConfig.ServersOfMachine());
            }
            else
            {
                _complaints.Add($"plugin forward: {to} is not asked");
            }
        }

        string[] except = [.. plugin.Named("except").SelectMany(static one => one.Arguments).Select(Name)];
        yield return new(Name(plugin.Arguments[0]), servers, except);
    }

    private DnsHosts Hosts(CorefileLine plugin)
    {
        Dictionary<string, List<IPAddress>> found = new(StringComparer.Ordinal);
        bool isInline = false;
        foreach (CorefileLine line in plugin.Lines)
        {
            if (!IPAddress.TryParse(line.Name, out IPAddress? address))
            {
                continue;
            }

            isInline = true;
            foreach (string name in line.Arguments.Select(Name))
            {
                if (!found.TryGetValue(name, out List<IPAddress>? addresses))
                {
                    found[name] = addresses = [];
                }

                addresses.Add(address);
            }
        }

        if (!isInline || plugin.Arguments.Count > 0)
        {
            _complaints.Add("plugin hosts: files are not read, only what stands in the Corefile");
        }

        return new(
            found.ToDictionary(static one => one.Key, static one => (IReadOnlyList<IPAddress>)one.Value),
            Seconds(plugin, "ttl", HostsTtl),
            plugin.Named("fallthrough").Any());
    }

    private static DnsServerBlock Cached(DnsServerBlock block, CorefileLine plugin)
    {
        uint? most = plugin.Arguments is [{ } first, ..] && uint.TryParse(first, out uint seconds) ? seconds : null;
        bool isEverywhere(CorefileLine line, string kind) => line.Arguments is [{ } one, ..] && one == kind
            && (line.Arguments.Count == 1 || line.Arguments.Skip(1).Any(zone => Name(zone) == block.Zone));
        bool disables(string kind) => plugin.Named("disable").Any(line => isEverywhere(line, kind));
        uint of(string kind, uint without) => disables(kind) ? 0
            : plugin.Named(kind).FirstOrDefault()?.Arguments is [_, { } ttl, ..] && uint.TryParse(ttl, out uint own)
                ? own : Math.Min(most ?? without, without);
        return block with { SuccessSeconds = of("success", CacheSuccess), DenialSeconds = of("denial", CacheDenial) };
    }

    private IEnumerable<DnsRewrite> Rewrites(CorefileLine plugin)
    {
        string[] words = [.. plugin.Arguments.SkipWhile(static one => one is "continue" or "stop")];
        string[] matches = ["exact", "prefix", "suffix", "substring", "regex"];
        DnsRewrite? rewrite = words switch
        {
            ["name", { } match, { } from, { } to, ..] when matches.Contains(match) =>
                DnsRewrite.Of(match, match == "regex" ? from : Part(from), match == "regex" ? to : Part(to)),
            ["name", { } from, { } to, ..] => DnsRewrite.Of("exact", Name(from), Name(to)),
            _ => null,
        };
        if (rewrite is null)
        {
            _complaints.Add($"plugin rewrite: {string.Join(' ', plugin.Arguments)} is not followed");
            yield break;
        }

        yield return rewrite;
    }

    /// <summary>A part of a name: names have no dot at their end here.</summary>
    private static string Part(string text) => text.Length > 1 ? text.TrimEnd('.').ToLowerInvariant() : text;

    private static string Name(string text) => text.TrimEnd('.').ToLowerInvariant();

    private static uint Seconds(CorefileLine plugin, string option, uint without) =>
        plugin.Named(option).FirstOrDefault()?.Arguments is [{ } text, ..]
        && uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint seconds) ? seconds : without;
}
