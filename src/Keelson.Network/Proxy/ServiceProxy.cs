using System.Globalization;
using System.Threading.Channels;
using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
using Keelson.Api.Networking.V1;
using Keelson.Client;
using Keelson.Client.Events;
using Keelson.Client.Informers;
using Keelson.Machinery.Validation;
using Keelson.Network.Nft;

namespace Keelson.Network.Proxy;

/// <summary>
/// A node's service proxy: keeps nftables as services and endpoints ask for. A change becomes one transaction that
/// holds only what differs; what the kernel has is held against what it should have from time to time, and replaced as
/// a whole when somebody else changed it.
/// </summary>
public sealed class ServiceProxy : IAsyncDisposable
{
    private const string TriggerTime = "endpoints.kubernetes.io/last-change-trigger-time";
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
    private readonly ProxyMetrics _metrics;
    private readonly ProxyPages _pages;
    private readonly ConntrackUpkeep _conntrack;
    private readonly EventRecorder? _events;
    private readonly HealthCheckPorts _checks;
    private readonly IInformer<ServiceCIDR> _serviceRanges;
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
        _metrics = new(config.Clock);
        _pages = new(config, _health, _metrics);
        _conntrack = new(_programs, _metrics, config);
        _events = config.Events is { } client ? new(client, "kube-proxy", config.NodeName, config.Clock) : null;
        _checks = new(() => _health.IsHealthy, OnCheckFailed);
        _services = informers.Of<Service>();
        _slices = informers.Of<EndpointSlice>();
        _nodes = informers.Of<Node>();
        _slicesByService = _slices.Index(
            "proxiedService",
            static slice => ProxyEndpoints.ServiceOf(slice) is { } name ? [slice.Metadata.Namespace + "/" + name] : []);
        _serviceRanges = informers.Of<ServiceCIDR>();
        _services.Subscribe(OnService);
        _slices.Subscribe(OnSlice);
        _nodes.Subscribe(OnNode);
        _serviceRanges.Subscribe((_, _) => _wake.Writer.TryWrite(true));
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
        await _pages.DisposeAsync();
        _metrics.Dispose();
        if (_events is not null)
        {
            await _events.DisposeAsync();
        }

        _stop.Dispose();
    }

    private void OnService(Service? old, Service? now)
    {
        ObjectKey key = ObjectKey.Of((now ?? old)!);
        _metrics.ServiceChanged(key);
        Mark(key);
    }

    private void OnSlice(EndpointSlice? old, EndpointSlice? now)
    {
        EndpointSlice slice = (now ?? old)!;
        if (ProxyEndpoints.ServiceOf(slice) is { } name)
        {
            ObjectKey key = new(slice.Metadata.Namespace, name);
            string? trigger = now?.Metadata.Annotations.GetValueOrDefault(TriggerTime);
            bool isNew = trigger is not null && trigger != old?.Metadata.Annotations.GetValueOrDefault(TriggerTime);
            _metrics.EndpointsChanged(
                key,
                isNew && DateTimeOffset.TryParse(
                    trigger, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
                    ? time
                    : null);
            Mark(key);
        }
    }

    /// <summary>Load balancers will not find the node then, and nobody would know why.</summary>
    private void OnCheckFailed(ObjectKey key, int port, Exception exception)
    {
        string message = $"node {_config.NodeName} failed to start healthcheck {GoText.Quote(key.ToString())} "
            + $"on port {port}: {exception.Message}";
        _config.Log("service proxy: " + message);
        _events?.Record(
            new ObjectReference
            {
                Kind = "Service", Namespace = key.Namespace, Name = key.Name, Uid = key.ToString(),
            },
            "Warning", "FailedToStartServiceHealthcheck", message);
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
            _events?.Record(
                new ObjectReference { Kind = "Node", Name = _config.NodeName, Uid = _config.NodeName },
                "Normal", "Starting", "");
            _config.ApplyConntrackLimits();
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
            _config.NodeName, node?.Metadata.Labels.GetValueOrDefault("topology.kubernetes.io/zone") ?? "")
        {
            Addresses = string.Join(' ', node?.Status.Addresses.Where(static one => one.Type == "InternalIP")
                .Select(static one => one.Address) ?? []),
        };
        bool isMoved = SetNode(proxyNode, node);
        if (isMoved)
        {
            dirty.UnionWith(_services.List().Select(static one => ObjectKey.Of(one)));
        }

        bool isFull = _replace;
        List<(bool, string[])> stale = [];
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
            _metrics.Failed();
            _replace = true;
            await Task.Delay(RetryAfter, _config.Clock, _stop.Token);
            _wake.Writer.TryWrite(true);
            return;
        }

        TimeSpan took = _config.Clock.GetElapsedTime(started);
        await _conntrack.RunAsync(stale, _tables, _stop.Token);
        _health.Synced(isChange: dirty.Count > 0);
        if (dirty.Count > 0 || isFull)
        {
            _metrics.Synced(took, isFull, [.. _tables.Select(static one => one.Lacking)]);
        }

        _first.TrySetResult();
    }

    /// <summary>Takes the node, and what the cluster says of addresses; true when all services must be looked at
    /// again.</summary>
    private bool SetNode(ProxyNode proxyNode, Node? node)
    {
        IReadOnlyCollection<string> addresses = NodeAddresses.ForNodePorts(
            _config.NodePortAddresses, node, NodeAddresses.OfMachine);
        string[] ranges = [.. _serviceRanges.List().SelectMany(static one => one.Spec.Cidrs)
            .Distinct().Order(StringComparer.Ordinal)];
        bool isMoved = false;
        foreach (ProxyTable table in _tables)
        {
            isMoved |= table.SetNode(proxyNode, addresses);
            if (ranges.Length > 0)
            {
                table.SetServiceRanges(ranges);
            }

            if (_config.PodDetection == PodDetection.NodeCIDR && node is not null)
            {
                table.SetPodRanges(node.Spec.PodCIDRs.Count > 0 ? [.. node.Spec.PodCIDRs] : [node.Spec.PodCIDR]);
            }
        }

        return isMoved;
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

    private async Task LookAtAsync(ObjectKey key, ProxyNode node, List<(bool, string[])> stale)
    {
        Service? service = _services.Find(key.Namespace, key.Name);
        ServiceSnapshot? snapshot = service is null
            ? null
            : new(service, _slicesByService.Find(key.Namespace + "/" + key.Name));
        foreach (ProxyTable table in _tables)
        {
            (ServiceRules before, ServiceRules now) = table.Set(key, snapshot);
            if (before.UdpFlows.Count + now.UdpFlows.Count > 0)
            {
                bool isIPv6 = table.Family == System.Net.Sockets.AddressFamily.InterNetworkV6;
                stale.AddRange(ConntrackCleaning.Stale(before.UdpFlows, now.UdpFlows, isIPv6)
                    .Select(one => (isIPv6, one)));
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
