using System.Net;

namespace Keelson.Network.Dns;

/// <summary>Makes settings of a Corefile, and says what of it is not followed.</summary>
internal sealed class CorefileSettings
{
    /// <summary>Plugins that say nothing about answers, or whose work is done anyway.</summary>
    private static readonly HashSet<string> Quiet =
    [
        "errors", "health", "ready", "prometheus", "reload", "loadbalance", "log", "cancel", "debug", "pprof",
        "metadata", "root", "bufsize", "bind", "timeouts", "minimal", "multisocket", "import",
    ];

    /// <summary>What else CoreDNS has; anything else is none of its plugins, and its file is refused.</summary>
    private static readonly HashSet<string> Others =
    [
        "geoip", "tls", "quic", "https", "https3", "grpc_server", "nsid", "trace", "dnstap", "local", "dns64", "any",
        "chaos", "tsig", "header", "dnssec", "transfer", "route53", "azure", "clouddns", "nomad", "k8s_external",
        "auto", "secondary", "etcd", "grpc", "erratic", "whoami", "on", "sign", "view", "proxyproto",
    ];

    private readonly ClusterDnsConfig _config;
    private readonly CorefileFiles _files;
    private readonly List<string> _complaints = [];
    private readonly List<(string Zone, string Plugin)> _plugins = [];
    private int _hosts;

    private CorefileSettings(ClusterDnsConfig config, CorefileFiles files)
    {
        _config = config;
        _files = files;
    }

    /// <summary>Reads a Corefile.</summary>
    /// <param name="text">The file.</param>
    /// <param name="config">What it does not say.</param>
    /// <param name="files">The files that it names; null for those of this machine alone.</param>
    /// <exception cref="FormatException">It makes no sense; the message is CoreDNS'.</exception>
    public static CorefileRead Read(string text, ClusterDnsConfig config, CorefileFiles? files = null)
    {
        CorefileSettings reader = new(config, files ?? new(null, null));
        List<DnsServerBlock> blocks = [];
        HashSet<string> zones = new(StringComparer.Ordinal);
        foreach ((IReadOnlyList<string> keys, IReadOnlyList<CorefileLine> plugins) in
            Corefile.Parse(text, reader._files.All))
        {
            string[] own = [.. keys.Select(reader.ZoneOf).OfType<string>()];
            foreach (string zone in own)
            {
                blocks.Add(zones.Add(zone) ? reader.Block(zone, own, plugins)
                    : throw new FormatException($"cannot serve dns://{zone}.:53 - it is already defined"));
            }
        }

        return new(new(DnsSettings.InOrder(blocks)), reader._complaints)
        {
            Plugins = [.. reader._plugins.Distinct()], Hosts = reader._hosts,
        };
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

    private DnsServerBlock Block(string zone, string[] zones, IReadOnlyList<CorefileLine> plugins)
    {
        DnsServerBlock block = new(zone) { SuccessSeconds = 0, DenialSeconds = 0 };
        foreach (CorefileLine plugin in plugins)
        {
            try
            {
                block = Plugin(block, zones, plugin);
                _plugins.Add((zone + ".", plugin.Name));
            }
            catch (FormatException exception) when (!exception.Message.Contains("Unknown directive"))
            {
                throw new FormatException($"plugin/{plugin.Name}: {exception.Message}");
            }
        }

        return block;
    }

    private DnsServerBlock Plugin(DnsServerBlock block, string[] zones, CorefileLine plugin)
    {
        switch (plugin.Name)
        {
            case "acl":
                return block with { Access = [.. block.Access, CorefileAccess.Read(plugin, zones, _files)] };
            case "rewrite":
                return block with { Rewrites = [.. block.Rewrites, .. Rewrites(plugin)] };
            case "autopath":
                return block with { Autopath = CorefileNames.Autopath(plugin, zones, _files) };
            case "template":
                return block with { Templates = [.. block.Templates, .. Templates(plugin, zones)] };
            case "hosts":
                DnsHosts hosts = CorefileNames.Hosts(plugin, zones, _files);
                _hosts += hosts.Addresses.Sum(static one => one.Value.Count);
                return block with { Hosts = hosts };
            case "kubernetes":
                return block with { Cluster = Cluster(plugin, block.Zone) };
            case "file":
                return block with { Files = [.. block.Files, .. CorefileNames.ZoneFiles(plugin, zones, _files)] };
            case "forward":
                return block with
                {
                    Forwarding = [.. block.Forwarding, CorefileForwarding.Read(plugin, _config, _files, _complaints)],
                };
            case "cache":
                return CorefileNames.Cached(block, plugin);
            case "loop":
                return plugin.Arguments.Count == 0 ? block with { DetectsLoops = true } : throw plugin.WrongCount();
            case var name when Quiet.Contains(name):
                return block;
            case var name when Others.Contains(name):
                _complaints.Add($"plugin {name} is not followed");
                return block;
            default:
                throw plugin.Wrong($"Unknown directive '{plugin.Name}'");
        }
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
            Ttl = 5,
            Pods = PodNames.Disabled,
            AnswersReverse = zones.Any(static one =>
                one.Length == 0 || one.EndsWith(".arpa", StringComparison.Ordinal)),
        };
        foreach (CorefileLine line in plugin.Lines)
        {
            settings = line.Name switch
            {
                "pods" => settings with { Pods = PodsOf(line) },
                "ttl" => settings with { Ttl = CorefileNames.Ttl(line, most: 3600) },
                "endpoint_pod_names" => settings with { NamesEndpointsByPods = true },
                "ignore" => settings with
                {
                    HidesEmptyServices = line.Arguments is ["empty_service", ..] ? true
                        : throw plugin.Wrong($"unknown ignore option '{line.Arguments.FirstOrDefault()}'"),
                },
                "fallthrough" or "endpoint" or "tls" or "kubeconfig" or "multicluster" or "apiserver_qps"
                    or "apiserver_burst" or "apiserver_max_inflight" or "startup_timeout" or "noendpoints" => settings,
                "namespaces" or "labels" or "namespace_labels" => Complaining(settings, line.Name),
                _ => throw line.Wrong($"unknown property '{line.Name}'"),
            };
        }

        return settings;
    }

    private ZoneSettings Complaining(ZoneSettings settings, string name)
    {
        _complaints.Add($"plugin kubernetes: {name} is not followed");
        return settings;
    }

    private static PodNames PodsOf(CorefileLine line) => line.Arguments switch
    {
        ["disabled"] => PodNames.Disabled,
        ["insecure"] => PodNames.Insecure,
        ["verified"] => PodNames.Verified,
        [{ } other] => throw line.Wrong(
            $"wrong value for pods: {other},  must be one of: disabled, verified, insecure"),
        _ => throw line.WrongCount(),
    };

    private IEnumerable<DnsRewrite> Rewrites(CorefileLine plugin)
    {
        // A block says in lines what else stands in one.
        string[] words =
            [.. plugin.Arguments, .. plugin.Lines.SelectMany(static one => one.Arguments.Prepend(one.Name))];
        DnsRewrite rewrite;
        try
        {
            rewrite = DnsRewrite.Read(words);
        }
        catch (NotSupportedException)
        {
            _complaints.Add($"plugin rewrite: {string.Join(' ', words)} is not followed");
            yield break;
        }

        yield return rewrite;
    }

    private IEnumerable<DnsTemplate> Templates(CorefileLine plugin, string[] zones)
    {
        if (CorefileTemplate.Read(plugin, zones) is { } template)
        {
            yield return template;
        }
        else
        {
            _complaints.Add($"plugin template: class {plugin.Arguments[0]} is not served");
        }
    }

    /// <summary>A name as names are here: in lower case, without a dot at its end.</summary>
    public static string Name(string text) => text.TrimEnd('.').ToLowerInvariant();
}

/// <summary>What a Corefile says.</summary>
/// <param name="Settings">The settings.</param>
/// <param name="Complaints">What can't be followed, a sentence each.</param>
internal sealed record CorefileRead(DnsSettings Settings, IReadOnlyList<string> Complaints)
{
    /// <summary>The plugins of each domain.</summary>
    public IReadOnlyList<(string Zone, string Plugin)> Plugins { get; init; } = [];

    /// <summary>How many addresses are written down.</summary>
    public int Hosts { get; init; }
}
