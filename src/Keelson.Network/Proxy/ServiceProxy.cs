using System.Threading.Channels;
using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Network.Nft;

namespace Keelson.Network.Proxy;

/// <summary>
/// A node's service proxy: keeps nftables as services and endpoints ask for. A change becomes one transaction that
/// holds only what differs; what the kernel has is held against what it should have from time to time, and replaced as
/// a whole when somebody else changed it.
/// </summary>
public sealed class ServiceProxy : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly ServiceProxyConfig _config;
    private readonly IInformer<Service> _services;
    private readonly IInformer<EndpointSlice> _slices;
    private readonly IInformer<Node> _nodes;
    private readonly IInformerIndex<EndpointSlice> _slicesByService;
    private readonly INftables _nftables;
    private readonly NodePrograms _programs;
    private readonly ProxyTable[] _tables;
    private readonly ProxyHealth _health;
    private readonly HealthCheckPorts _checks;
    private readonly Lock _gate = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _resync;
    private readonly Task _running;
    private HashSet<ObjectKey> _dirty = [];
    private bool _verify;
    private bool _replace = true;

    private ServiceProxy(IInformers informers, ServiceProxyConfig config)
    {
        _config = config;
        _programs = new(config.NetworkNamespace);
        _nftables = new NftProgram(_programs);
        _tables = [new(config, NftFamily.IPv4), new(config, NftFamily.IPv6)];
        _health = new(config);
        _checks = new(() => _health.IsHealthy, config.Log);
        _services = informers.Of<Service>();
        _slices = informers.Of<EndpointSlice>();
        _nodes = informers.Of<Node>();
        _slicesByService = _slices.Index(
            "proxiedService",
            static slice => ProxyEndpoints.ServiceOf(slice) is { } name ? [slice.Metadata.Namespace + "/" + name] : []);
        _services.Subscribe((old, now) => Mark(ObjectKey.Of((now ?? old)!)));
        _slices.Subscribe(OnSlice);
        _nodes.Subscribe(OnNode);
        _resync = config.Clock.CreateTimer(_ => Verify(), null, config.Resync, config.Resync);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Completes when the kernel has the rules of all services that were there at the start.</summary>
    public Task Ready => _first.Task;

    /// <summary>How many changes have reached the kernel.</summary>
    internal long Syncs => _health.Syncs;

    /// <summary>Starts the proxy.</summary>
    /// <param name="informers">Services, endpoint slices and nodes.</param>
    /// <param name="config">The node, and how it is served.</param>
    public static ServiceProxy Start(IInformers informers, ServiceProxyConfig config) => new(informers, config);

    /// <summary>Removes everything that a proxy with this configuration leaves on its node.</summary>
    public static async Task CleanUpAsync(ServiceProxyConfig config, CancellationToken cancellationToken)
    {
        NftTable[] tables = [new("ip", config.TableName), new("ip6", config.TableName)];
        await new NftProgram(new(config.NetworkNamespace)).ApplyAsync(
            string.Concat(tables.Select(static one => one.Removal())), cancellationToken);
    }

    /// <summary>Stops. The rules stay, so that services go on working while a proxy restarts.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        await _running;
        await _resync.DisposeAsync();
        await _checks.DisposeAsync();
        await _health.DisposeAsync();
        _stop.Dispose();
    }

    private void OnSlice(EndpointSlice? old, EndpointSlice? now)
    {
        EndpointSlice slice = (now ?? old)!;
        if (ProxyEndpoints.ServiceOf(slice) is { } name)
        {
            Mark(new(slice.Metadata.Namespace, name));
        }
    }

    private void OnNode(Node? old, Node? now)
    {
        if ((now ?? old)!.Metadata.Name == _config.NodeName)
        {
            _health.SetNode(now);
            _wake.Writer.TryWrite(true);
        }
    }

    private void Mark(ObjectKey key)
    {
        lock (_gate)
        {
            _dirty.Add(key);
        }

        _health.Queued();
        _wake.Writer.TryWrite(true);
    }

    private void Verify()
    {
        lock (_gate)
        {
            _verify = true;
        }

        _wake.Writer.TryWrite(true);
    }

    private async Task RunAsync()
    {
        try
        {
            await _health.StartAsync(_stop.Token);
            _config.Conntrack?.Apply(_config.Log);
            await Task.WhenAll(_services.Synced, _slices.Synced, _nodes.Synced).WaitAsync(_stop.Token);
            _wake.Writer.TryWrite(true);
            while (await _wake.Reader.WaitToReadAsync(_stop.Token))
            {
                _wake.Reader.TryRead(out _);
                await SyncAsync();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
        catch (IOException exception)
        {
            _config.Log($"service proxy: {exception.Message}");
            _first.TrySetException(exception);
        }
    }

    private async Task SyncAsync()
    {
        (HashSet<ObjectKey> dirty, bool verify) = Take();
        long started = _config.Clock.GetTimestamp();
        Node? node = _nodes.Find("", _config.NodeName);
        ProxyNode proxyNode = new(
            _config.NodeName, node?.Metadata.Labels.GetValueOrDefault("topology.kubernetes.io/zone") ?? "");
        IReadOnlyCollection<string> addresses = NodeAddresses.ForNodePorts(
            _config.NodePortAddresses, node, NodeAddresses.OfMachine);
        bool isMoved = false;
        foreach (ProxyTable table in _tables)
        {
            isMoved |= table.SetNode(proxyNode, addresses);
        }

        if (isMoved)
        {
            dirty.UnionWith(_services.List().Select(static one => ObjectKey.Of(one)));
        }

        List<string[]> stale = [];
        foreach (ObjectKey key in dirty)
        {
            await LookAtAsync(key, proxyNode, stale);
        }

        try
        {
            await ApplyAsync(verify);
        }
        catch (Exception exception)
            when (exception is NftException or IOException or System.ComponentModel.Win32Exception)
        {
            _config.Log($"service proxy: nftables: {exception.Message}");
            _replace = true;
            await Task.Delay(RetryAfter, _config.Clock, _stop.Token);
            _wake.Writer.TryWrite(true);
            return;
        }

        foreach (string[] arguments in stale)
        {
            // conntrack ends with 1 when there was nothing to forget.
            await _programs.RunAsync("conntrack", arguments, _stop.Token);
        }

        _health.Synced(_config.Clock.GetElapsedTime(started), _tables[0].ServiceCount, isChange: dirty.Count > 0);
        _first.TrySetResult();
    }

    private (HashSet<ObjectKey> Dirty, bool Verify) Take()
    {
        lock (_gate)
        {
            (HashSet<ObjectKey> dirty, bool verify) = (_dirty, _verify);
            _dirty = [];
            _verify = false;
            return (dirty, verify);
        }
    }

    private async Task LookAtAsync(ObjectKey key, ProxyNode node, List<string[]> stale)
    {
        Service? service = _services.Find(key.Namespace, key.Name);
        ServiceSnapshot? snapshot = service is null
            ? null
            : new(service, _slicesByService.Find(key.Namespace + "/" + key.Name));
        foreach (ProxyTable table in _tables)
        {
            (ServiceRules before, ServiceRules now) = table.Set(key, snapshot);
            if (before.UdpFlows.Count > 0)
            {
                stale.AddRange(ConntrackCleaning.Stale(
                    before.UdpFlows, now.UdpFlows, table.Family == System.Net.Sockets.AddressFamily.InterNetworkV6));
            }
        }

        int checkPort = service is { Spec: { Type: "LoadBalancer", ExternalTrafficPolicy: "Local" } spec }
            ? spec.HealthCheckNodePort : 0;
        await _checks.SetAsync(key, checkPort, checkPort == 0 ? 0 : LocalEndpoints(snapshot!, node));
    }

    /// <summary>Number of endpoints on this node that are ready, each address once.</summary>
    private static int LocalEndpoints(ServiceSnapshot snapshot, ProxyNode node)
    {
        HashSet<string> addresses = new(StringComparer.Ordinal);
        foreach (ServicePort port in snapshot.Service.Spec.Ports)
        {
            foreach (NftFamily family in (NftFamily[])[NftFamily.IPv4, NftFamily.IPv6])
            {
                List<ProxyEndpoint> endpoints = ProxyEndpoints.Of(port, snapshot.Slices, family.Family, node);
                addresses.UnionWith(endpoints.Where(static one => one is { IsReady: true, IsLocal: true })
                    .Select(static one => one.Address));
            }
        }

        return addresses.Count;
    }

    private async Task ApplyAsync(bool verify)
    {
        if (!_replace && verify)
        {
            _replace = !await IsAsItWasAsync();
        }

        string transaction = _replace
            ? string.Concat(_tables.Select(static one => one.Table.Everything()))
            : string.Concat(_tables.Where(static one => one.Table.HasChanges)
                .Select(static one => one.Table.Changes()));
        if (transaction.Length > 0)
        {
            await _nftables.ApplyAsync(transaction, _stop.Token);
        }

        _replace = false;
        foreach (ProxyTable table in _tables)
        {
            table.Table.Applied();
        }
    }

    /// <summary>True when the kernel's tables are as they should be; only asked when there is nothing to add.</summary>
    private async Task<bool> IsAsItWasAsync()
    {
        foreach (ProxyTable table in _tables.Where(static one => !one.Table.HasChanges))
        {
            string? listing = await _nftables.ListAsync(table.Table.Family, table.Table.Name, _stop.Token);
            if (listing is null || !NftListing.Parse(listing).Shows(table.Table))
            {
                _config.Log($"service proxy: table {table.Table.Family} {table.Table.Name} was changed "
                    + "by somebody else and is replaced");
                return false;
            }
        }

        return true;
    }
}
