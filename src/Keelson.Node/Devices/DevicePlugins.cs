using System.Collections.Concurrent;
using Keelson.Nodes.Devices.Protos;
using Keelson.Nodes.Plugins;
using Keelson.Rpc;

namespace Keelson.Nodes.Devices;

/// <summary>
/// Takes device plugins in, by their registration on <c>device-plugins/kubelet.sock</c> or their sockets among all
/// plugins', and follows the devices that each has.
/// </summary>
internal sealed class DevicePlugins : IPluginType, IAsyncDisposable
{
    // Upstream's endpointStopGracePeriod: a plugin that is updated comes back within it.
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, DevicePlugin> _plugins = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, bool> _watches = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly NodeContext _context;
    private readonly DeviceCheckpoint _checkpoint;
    private readonly string _directory;
    private RpcHost? _host;

    /// <summary>Takes up what the last agent left.</summary>
    public DevicePlugins(NodeContext context)
    {
        _context = context;
        _directory = Path.Combine(context.RootDirectory, "device-plugins");
        Directory.CreateDirectory(_directory);
        _checkpoint = new(Path.Combine(_directory, "kubelet_internal_checkpoint"), context.Log);
        _checkpoint.Read(Inventory);
    }

    /// <summary>Which devices there are and who has them.</summary>
    public DeviceInventory Inventory { get; } = new();

    /// <summary>Counts how long a plugin took to give devices.</summary>
    public async Task<T> MeasureAsync<T>(string resource, Func<Task<T>> allocate)
    {
        long begun = _context.Clock.GetTimestamp();
        T given = await allocate();
        _context.Metrics.Placement.DeviceDuration.Observe(_context.Clock.GetElapsedTime(begun), resource);
        return given;
    }

    /// <summary>Called when there are other devices than before.</summary>
    public Action Changed { get; set; } = static () => { };

    /// <inheritdoc/>
    public string Type => "DevicePlugin";

    /// <summary>The plugin of a resource; null when there is none that answers.</summary>
    public DevicePlugin? Find(string resource) => _plugins.GetValueOrDefault(resource);

    /// <summary>Listens for plugins.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // A plugin that finds the socket made anew registers again; its own socket stays.
        RpcServer server = new RpcServerBuilder()
            .Unary(DevicePluginMethods.Register, async (request, context) =>
            {
                if (await RegisterAsync(request, context.Cancellation) is { } error)
                {
                    throw new RpcException(RpcStatusCode.Unknown, error);
                }

                return new Empty();
            })
            .Build();
        _host = await RpcHost.StartAsync(
            server, [RpcListener.Unix(Path.Combine(_directory, "kubelet.sock"))], cancellationToken);
    }

    /// <summary>Writes down who has what.</summary>
    public void Save() => _checkpoint.Write(Inventory);

    /// <inheritdoc/>
    public async Task<string?> RegisterAsync(RegisteredPlugin plugin, CancellationToken cancellationToken)
    {
        if (!plugin.Versions.Contains(DevicePluginMethods.Version))
        {
            return $"failed to validate device plugin {plugin.Name}: "
                + $"manager version, {DevicePluginMethods.Version}, is not among plugin supported versions "
                + $"[{string.Join(' ', plugin.Versions)}]";
        }

        if (!IsExtended(plugin.Name))
        {
            return $"invalid name of device plugin socket: the ResourceName \"{plugin.Name}\" is invalid";
        }

        using RpcChannel channel = new(RpcEndpoint.Unix(plugin.Endpoint));
        try
        {
            DevicePluginOptions options = await channel.UnaryAsync(
                DevicePluginMethods.GetOptions, new Empty(), new() { Timeout = TimeSpan.FromSeconds(10) },
                cancellationToken);
            TakeIn(plugin.Name, plugin.Endpoint, options);
            return null;
        }
        catch (RpcException exception)
        {
            return exception.Message;
        }
    }

    /// <inheritdoc/>
    public Task DeregisterAsync(string name, CancellationToken cancellationToken)
    {
        // The end of its stream has been seen or will be; that is what counts.
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        await Task.WhenAll(_watches.Keys);
        foreach (DevicePlugin one in _plugins.Values)
        {
            one.Dispose();
        }

        _stop.Dispose();
    }

    private Task<string?> RegisterAsync(RegisterRequest request, CancellationToken cancellationToken)
    {
        if (request.Version != DevicePluginMethods.Version)
        {
            return Task.FromResult<string?>(
                $"requested API version \"{request.Version}\" is not supported by kubelet. "
                + $"Supported version is \"{DevicePluginMethods.Version}\"");
        }

        if (!IsExtended(request.ResourceName))
        {
            return Task.FromResult<string?>($"the ResourceName \"{request.ResourceName}\" is invalid");
        }

        TakeIn(
            request.ResourceName,
            Path.Combine(_directory, request.Endpoint),
            request.Options ?? new DevicePluginOptions());
        return Task.FromResult<string?>(null);
    }

    /// <summary>Extended resources have a domain that is not Kubernetes' own.</summary>
    private static bool IsExtended(string name)
    {
        string[] parts = name.Split('/');
        return parts.Length == 2 && parts[0].Length > 0 && parts[1].Length > 0
            && parts[0] != "kubernetes.io" && !parts[0].EndsWith(".kubernetes.io", StringComparison.Ordinal)
            && !name.StartsWith("requests.", StringComparison.Ordinal);
    }

    private void TakeIn(string resource, string socket, DevicePluginOptions options)
    {
        _context.Metrics.Placement.DevicePlugins.Count(resource);
        DevicePlugin plugin = new(resource, socket, options);
        DevicePlugin? before = null;
        _plugins.AddOrUpdate(resource, plugin, (_, old) =>
        {
            before = old;
            return plugin;
        });
        before?.Dispose();
        Task watch = Task.Run(() => WatchAsync(plugin));
        _watches[watch] = true;
        watch.ContinueWith(
            one => _watches.TryRemove(one, out _),
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);
    }

    private async Task WatchAsync(DevicePlugin plugin)
    {
        try
        {
            await foreach (IReadOnlyList<KnownDevice> devices in plugin.WatchAsync(_stop.Token))
            {
                Inventory.Set(plugin.Resource, devices);
                Save();
                Changed();
            }
        }
        catch (Exception exception)
            when (exception is RpcException or OperationCanceledException or ObjectDisposedException)
        {
            if (!_stop.IsCancellationRequested)
            {
                _context.Log($"device plugin of {plugin.Resource}: {exception.Message}");
            }
        }

        // Another of the same resource may have taken its place.
        if (_stop.IsCancellationRequested || !_plugins.TryRemove(new(plugin.Resource, plugin)))
        {
            return;
        }

        plugin.Dispose();
        Inventory.Lose(plugin.Resource);
        Changed();
        await Task.Delay(ForgetAfter, _context.Clock, _stop.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_stop.IsCancellationRequested && Find(plugin.Resource) is null)
        {
            Inventory.Remove(plugin.Resource);
            Save();
            Changed();
        }
    }
}
