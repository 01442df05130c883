using System.Collections.Concurrent;
using Keelson.Api.Core.V1;
using Keelson.Nodes.Devices.Protos;
using Keelson.Nodes.Linux;
using Keelson.Nodes.Plugins;
using Keelson.Rpc;

namespace Keelson.Nodes.Devices;

/// <summary>
/// Takes device plugins in, by their registration on <c>device-plugins/kubelet.sock</c> or their sockets among all
/// plugins', and follows the devices that each has.
/// </summary>
internal sealed class DevicePlugins : IPluginType, IAsyncDisposable
{
    private const string Checkpoint = "kubelet_internal_checkpoint";

    // Upstream's endpointStopGracePeriod: a plugin that is updated comes back within it.
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromMinutes(5);

    // A plugin may register shortly before it listens.
    private static readonly RpcCallOptions ForConnects =
        new() { Timeout = TimeSpan.FromSeconds(10), WaitForReady = true };

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
        IsNew = !File.Exists(Path.Combine(_directory, Checkpoint));
        _checkpoint = new(Path.Combine(_directory, Checkpoint), context.Log);
        _checkpoint.Read(Inventory);
    }

    /// <summary>True when there was no checkpoint at the start.</summary>
    public bool IsNew { get; }

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
        // A plugin that finds the socket made anew, or its own gone, registers again.
        RemoveSockets();
        foreach (string resource in Inventory.Resources)
        {
            Follow(ForgetLaterAsync(resource));
        }

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
        IsListening = true;
    }

    /// <summary>False while no plugin can register.</summary>
    public bool IsListening { get; private set; }

    /// <summary>Writes down who has what.</summary>
    public void Save() => _checkpoint.Write(Inventory);

    /// <inheritdoc/>
    public string? Validate(RegisteredPlugin plugin)
    {
        if (!plugin.Versions.Contains(DevicePluginMethods.Version))
        {
            return $"manager version, {DevicePluginMethods.Version}, is not among plugin supported versions "
                + $"[{string.Join(' ', plugin.Versions)}]";
        }

        return ResourceRules.IsExtended(plugin.Name)
            ? null
            : $"invalid name of device plugin socket: the ResourceName \"{plugin.Name}\" is invalid";
    }

    /// <inheritdoc/>
    public Task<string?> RegisterAsync(RegisteredPlugin plugin, CancellationToken cancellationToken) =>
        ConnectAsync(plugin.Name, plugin.Endpoint, cancellationToken);

    /// <inheritdoc/>
    public Task DeregisterAsync(RegisteredPlugin plugin, CancellationToken cancellationToken)
    {
        // Its stream ends with that, and what follows from the end of a stream follows.
        Find(plugin.Name)?.Dispose();
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
        _context.Metrics.Placement.DevicePlugins.Count(request.ResourceName);
        if (request.Version != DevicePluginMethods.Version)
        {
            return Task.FromResult<string?>(
                $"requested API version \"{request.Version}\" is not supported by kubelet. "
                + $"Supported version is [\"{DevicePluginMethods.Version}\"]");
        }

        return !ResourceRules.IsExtended(request.ResourceName)
            ? Task.FromResult<string?>($"the ResourceName \"{request.ResourceName}\" is invalid")
            : ConnectAsync(request.ResourceName, Path.Combine(_directory, request.Endpoint), cancellationToken);
    }

    /// <summary>Takes a plugin in once it says what it wants to be asked; the result is null, or why it is not.
    /// </summary>
    private async Task<string?> ConnectAsync(string resource, string socket, CancellationToken cancellationToken)
    {
        using RpcChannel channel = new(RpcEndpoint.Unix(socket));
        try
        {
            // What a registration itself says of options does not count.
            TakeIn(resource, socket, await channel.UnaryAsync(
                DevicePluginMethods.GetOptions, new Empty(), ForConnects, cancellationToken));
            return null;
        }
        catch (RpcException exception)
        {
            return exception.Code is RpcStatusCode.Unavailable or RpcStatusCode.DeadlineExceeded
                ? "failed to dial device plugin: context deadline exceeded"
                : "failed to get device plugin options: " + exception.Message;
        }
    }

    private void TakeIn(string resource, string socket, DevicePluginOptions options)
    {
        DevicePlugin plugin = new(resource, socket, options);
        DevicePlugin? before = null;
        _plugins.AddOrUpdate(resource, plugin, (_, old) =>
        {
            before = old;
            return plugin;
        });
        before?.Dispose();
        Follow(Task.Run(() => WatchAsync(plugin)));
    }

    private void Follow(Task work)
    {
        _watches[work] = true;
        work.ContinueWith(
            one => _watches.TryRemove(one, out _),
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);
    }

    private void RemoveSockets()
    {
        foreach (string path in Directory.EnumerateFiles(_directory))
        {
            if (FileFacts.OfLink(path) is { Type: FileType.Socket })
            {
                File.Delete(path);
            }
        }
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
        Save();
        Changed();
        await ForgetLaterAsync(plugin.Resource);
    }

    private async Task ForgetLaterAsync(string resource)
    {
        await Task.Delay(ForgetAfter, _context.Clock, _stop.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_stop.IsCancellationRequested && Find(resource) is null)
        {
            Inventory.Remove(resource);
            Save();
            Changed();
        }
    }
}
