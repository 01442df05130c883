using Keelson.Nodes.Dra.Health.Protos;
using Keelson.Nodes.Metrics;
using Keelson.Nodes.Plugins;
using Keelson.Rpc;

namespace Keelson.Nodes.Dra;

/// <summary>The drivers of dynamic resources that made themselves known on this node.</summary>
internal sealed class DraDrivers(TimeProvider clock, Action<string> log, DeviceHealthFile? file = null)
    : IPluginType, IDisposable
{
    /// <summary>Tells how devices are, for as long as the call goes on.</summary>
    public static readonly RpcMethod<NodeWatchResourcesRequest, NodeWatchResourcesResponse> WatchHealth =
        RpcMethod.ServerStreaming<NodeWatchResourcesRequest, NodeWatchResourcesResponse>(
            "v1alpha1.DRAResourceHealth", "NodeWatchResources");

    // Upstream's pause before it asks again for how devices are.
    private static readonly TimeSpan HealthRetry = TimeSpan.FromSeconds(5);

    // How soon it is noticed that a plugin is away: much sooner than anything follows from it.
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(5);

    // Upstream's DefaultClientCallTimeout.
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(45);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<DraPlugin>> _plugins = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>How devices are.</summary>
    public DeviceHealths Healths { get; } = new(clock, file);

    /// <summary>Called with a driver's name when its devices are not as they were.</summary>
    public Action<string> HealthChanged { get; set; } = static _ => { };

    /// <summary>Called with a driver's name when it became usable, or is not any more.</summary>
    public Action<string, bool> UsableChanged { get; set; } = static (_, _) => { };

    /// <inheritdoc/>
    public string Type => "DRAPlugin";

    /// <summary>Where calls are counted; null for nowhere.</summary>
    public DraMetrics? Metrics { get; init; }

    /// <summary>Upstream's words for a driver that is not known.</summary>
    public static string NotRegistered(string driver) => $"DRA driver {driver} is not registered";

    /// <summary>The plugin of a driver that is to be asked: the newest, if one can be reached one of those; null when
    /// there is none.</summary>
    public DraPlugin? Find(string driver)
    {
        lock (_gate)
        {
            List<DraPlugin>? plugins = _plugins.GetValueOrDefault(driver);
            return plugins?.FindLast(static one => one.IsConnected) ?? plugins?[^1];
        }
    }

    /// <inheritdoc/>
    public string? Validate(RegisteredPlugin plugin)
    {
        string? error = plugin.Versions.Count == 0
            ? "empty list of supported gRPC services (aka supported versions)"
            : plugin.Versions.Any(DraPlugin.Services.Contains) ? null
            : $"none of services supported by the plugin ({Quoted(plugin.Versions)}) are supported by the kubelet "
                + $"({Quoted(DraPlugin.Services)})";
        return error is null ? null
            : $"invalid supported gRPC versions of DRA driver plugin {plugin.Name} at endpoint {plugin.Endpoint}: "
                + error;
    }

    /// <inheritdoc/>
    public async Task<string?> RegisterAsync(RegisteredPlugin plugin, CancellationToken cancellationToken)
    {
        DraPlugin added = new(
            plugin.Name,
            plugin.Endpoint,
            plugin.Versions.First(DraPlugin.Services.Contains),
            new(RpcEndpoint.Unix(plugin.Endpoint), CallLimit, clock)
            {
                Called = (method, took, status) => Metrics?.Called(plugin.Name, method, took, status),
            });
        lock (_gate)
        {
            if (!_plugins.TryGetValue(plugin.Name, out List<DraPlugin>? plugins))
            {
                _plugins[plugin.Name] = plugins = [];
            }

            if (plugins.Exists(one => one.Socket == plugin.Endpoint))
            {
                added.Dispose();
                return $"endpoint {plugin.Endpoint} already registered for DRA driver plugin {plugin.Name}";
            }

            plugins.Add(added);
        }

        await LookAsync(added, true, cancellationToken);
        _ = Task.Run(() => FollowAsync(added), CancellationToken.None);
        _ = Task.Run(() => WatchAsync(added), CancellationToken.None);
        return null;
    }

    /// <inheritdoc/>
    public Task DeregisterAsync(RegisteredPlugin plugin, CancellationToken cancellationToken)
    {
        DraPlugin? gone;
        lock (_gate)
        {
            List<DraPlugin>? plugins = _plugins.GetValueOrDefault(plugin.Name);
            gone = plugins?.Find(one => one.Socket == plugin.Endpoint);
            if (gone is null)
            {
                return Task.CompletedTask;
            }

            plugins!.Remove(gone);
            if (plugins.Count == 0)
            {
                _plugins.Remove(plugin.Name);
            }
        }

        gone.Dispose();
        if (Healths.Forget(plugin.Name))
        {
            HealthChanged(plugin.Name);
        }

        UsableChanged(plugin.Name, IsUsable(plugin.Name));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        lock (_gate)
        {
            foreach (DraPlugin one in _plugins.Values.SelectMany(static one => one))
            {
                one.Dispose();
            }
        }
    }

    private static string Quoted(IEnumerable<string> names) =>
        $"[{string.Join(' ', names.Select(static one => $"\"{one}\""))}]";

    private bool IsUsable(string driver)
    {
        lock (_gate)
        {
            return _plugins.GetValueOrDefault(driver)?.Exists(static one => one.IsConnected) == true;
        }
    }

    private bool IsCurrent(DraPlugin plugin)
    {
        lock (_gate)
        {
            return !_stop.IsCancellationRequested
                && _plugins.GetValueOrDefault(plugin.Driver)?.Contains(plugin) == true;
        }
    }

    /// <summary>Follows whether a plugin can be reached until it is let go.</summary>
    private async Task FollowAsync(DraPlugin plugin)
    {
        while (IsCurrent(plugin))
        {
            await Task.Delay(LookAgainAfter, clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (IsCurrent(plugin))
            {
                await LookAsync(plugin, false, _stop.Token);
            }
        }
    }

    private async Task LookAsync(DraPlugin plugin, bool isFirst, CancellationToken cancellationToken)
    {
        try
        {
            bool answers = await plugin.AnswersAsync(cancellationToken);
            bool changed = plugin.IsConnected != answers;
            plugin.IsConnected = answers;
            if (changed || isFirst)
            {
                UsableChanged(plugin.Driver, IsUsable(plugin.Driver));
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody wants to know any more.
        }
    }

    /// <summary>Follows how a plugin's devices are until it is let go.</summary>
    private async Task WatchAsync(DraPlugin plugin)
    {
        bool tells = true;
        while (tells && IsCurrent(plugin))
        {
            try
            {
                await foreach (NodeWatchResourcesResponse told in plugin.FollowAsync(
                    WatchHealth, new NodeWatchResourcesRequest(), _stop.Token))
                {
                    if (Healths.Take(plugin.Driver, told.Devices))
                    {
                        HealthChanged(plugin.Driver);
                    }
                }
            }
            catch (RpcException exception) when (exception.Code == RpcStatusCode.Unimplemented)
            {
                // A driver need not know.
                tells = false;
            }
            catch (Exception exception)
                when (exception is RpcException or OperationCanceledException or ObjectDisposedException)
            {
                if (IsCurrent(plugin))
                {
                    log($"DRA driver {plugin.Driver} tells no more how its devices are: {exception.Message}");
                }
            }

            if (IsCurrent(plugin) && Healths.Forget(plugin.Driver))
            {
                HealthChanged(plugin.Driver);
            }

            await Task.Delay(HealthRetry, clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
