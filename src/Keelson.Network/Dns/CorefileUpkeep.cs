using System.Security.Cryptography;
using System.Text;
using Keelson.Api.Core.V1;
using Keelson.Client.Informers;

namespace Keelson.Network.Dns;

/// <summary>Who knows CoreDNS changes its Corefile; what it says holds here, too. Follows its ConfigMap and the files
/// of the node that it names.</summary>
internal sealed class CorefileUpkeep : IAsyncDisposable
{
    // How often CoreDNS' plugin hosts looks at its file.
    private static readonly TimeSpan FileLook = TimeSpan.FromSeconds(5);

    private readonly IInformer<ConfigMap> _maps;
    private readonly ClusterDnsConfig _config;
    private readonly DnsMetrics _metrics;
    private readonly Action<DnsSettings, IReadOnlyList<DnsLoopCheck>> _take;
    private readonly ITimer _look;
    private readonly Lock _gate = new();
    private CorefileFiles? _files;

    public CorefileUpkeep(
        IInformer<ConfigMap> maps, ClusterDnsConfig config, DnsMetrics metrics,
        Action<DnsSettings, IReadOnlyList<DnsLoopCheck>> take)
    {
        _maps = maps;
        _config = config;
        _metrics = metrics;
        _take = take;
        maps.Subscribe(OnConfigMap);
        _look = config.Clock.CreateTimer(_ => LookAtFiles(), null, FileLook, FileLook);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _look.DisposeAsync();

    private void OnConfigMap(ConfigMap? old, ConfigMap? now)
    {
        if ((now ?? old)!.Metadata is { Namespace: "kube-system", Name: "coredns" or "coredns-custom" }
            && !(old is not null && now is not null && old.Data.Equals(now.Data)))
        {
            Read();
        }
    }

    private void LookAtFiles()
    {
        if (Volatile.Read(ref _files) is { HasChanged: true })
        {
            Read();
        }
    }

    private void Read()
    {
        lock (_gate)
        {
            ConfigMap? map = _maps.Find("kube-system", "coredns");
            CorefileFiles files = new(map, _maps.Find("kube-system", "coredns-custom"));
            string? text = map?.Data.GetValueOrDefault("Corefile");
            try
            {
                CorefileRead read = text is null
                    ? new(DnsSettings.Of(_config), [])
                    : CorefileSettings.Read(text, _config, files);
                Take(read, text);
            }
            catch (FormatException exception)
            {
                // As before goes on, as with CoreDNS.
                _metrics.Count("coredns_reload_failed_total", "");
                _config.Log($"dns: {exception.Message}");
            }

            Volatile.Write(ref _files, files);
        }
    }

    private void Take(CorefileRead read, string? text)
    {
        _take(read.Settings, [.. read.Settings.Blocks
            .Where(static one => one.DetectsLoops && one.Forwarding.Count > 0)
            .Select(one => new DnsLoopCheck(one, _config.Log))]);
        foreach (string one in read.Complaints)
        {
            _config.Log($"dns: Corefile: {one}");
        }

        if (text is not null)
        {
            _metrics.Enabled = read.Plugins;
            _metrics.CorefileHash = Convert.ToHexStringLower(SHA512.HashData(Encoding.UTF8.GetBytes(text)));
            _metrics.Hosts = read.Plugins.Any(static one => one.Plugin == "hosts")
                ? (read.Hosts, _config.Clock.GetUtcNow()) : null;
        }
    }
}
