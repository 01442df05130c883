using System.Collections.Concurrent;
using Keelson.Nodes.Dra.Health.Protos;
using Keelson.Nodes.Dra.Protos;
using Keelson.Nodes.Metrics;
using Keelson.Nodes.Plugins;
using Keelson.Rpc;

namespace Keelson.Nodes.Dra;

/// <summary>The drivers of dynamic resources that made themselves known on this node.</summary>
internal sealed class DraDrivers(TimeProvider clock, Action<string> log, DeviceHealthFile? file = null)
    : IPluginType, IDisposable
{
    private const string Service = "k8s.io.kubelet.pkg.apis.dra.v1.DRAPlugin";

    // How drivers call that service when they register.
    private const string Registered = "v1.DRAPlugin";

    public static readonly RpcMethod<NodePrepareResourcesRequest, NodePrepareResourcesResponse> Prepare =
        RpcMethod.Unary<NodePrepareResourcesRequest, NodePrepareResourcesResponse>(Service, "NodePrepareResources");

    public static readonly RpcMethod<NodeUnprepareResourcesRequest, NodeUnprepareResourcesResponse> Unprepare =
        RpcMethod.Unary<NodeUnprepareResourcesRequest, NodeUnprepareResourcesResponse>(
            Service, "NodeUnprepareResources");

    /// <summary>Tells how devices are, for as long as the call goes on.</summary>
    public static readonly RpcMethod<NodeWatchResourcesRequest, NodeWatchResourcesResponse> WatchHealth =
        RpcMethod.ServerStreaming<NodeWatchResourcesRequest, NodeWatchResourcesResponse>(
            "v1alpha1.DRAResourceHealth", "NodeWatchResources");

    // Upstream's pause before it asks again for how devices are.
    private static readonly TimeSpan HealthRetry = TimeSpan.FromSeconds(5);

    // Upstream's DefaultClientCallTimeout.
    private static readonly RpcCallOptions Patient = new() { Timeout = TimeSpan.FromSeconds(45) };

    private readonly ConcurrentDictionary<string, RpcChannel> _drivers = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>How devices are.</summary>
    public DeviceHealths Healths { get; } = new(clock, file);

    /// <summary>Called with a driver's name when its devices are not as they were.</summary>
    public Action<string> HealthChanged { get; set; } = static _ => { };

    /// <inheritdoc/>
    public string Type => "DRAPlugin";

    /// <summary>Where calls are counted; null for nowhere.</summary>
    public DraMetrics? Metrics { get; init; }

    /// <summary>Calls a driver; refusals are an <see cref="RpcException"/>.</summary>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        string driver,
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        CancellationToken cancellationToken)
    {
        if (!_drivers.TryGetValue(driver, out RpcChannel? channel))
        {
            throw new RpcException(RpcStatusCode.Unavailable, $"DRA driver {driver} is not registered");
        }

        long begun = clock.GetTimestamp();
        RpcStatusCode status = RpcStatusCode.OK;
        try
        {
            return await channel.UnaryAsync(method, request, Patient, cancellationToken);
        }
        catch (RpcException exception)
        {
            status = exception.Status.Code;
            throw;
        }
        finally
        {
            Metrics?.Called(driver, method.Path, clock.GetElapsedTime(begun), status.ToString());
        }
    }

    /// <inheritdoc/>
    public string? Validate(RegisteredPlugin plugin) => plugin.Versions.Contains(Registered) ? null
        : $"DRA driver {plugin.Name} does not provide any supported gRPC service: "
            + $"[{string.Join(' ', plugin.Versions)}]";

    /// <inheritdoc/>
    public Task<string?> RegisterAsync(RegisteredPlugin plugin, CancellationToken cancellationToken)
    {
        RpcChannel channel = new(RpcEndpoint.Unix(plugin.Endpoint));
        RpcChannel? before = null;
        _drivers.AddOrUpdate(plugin.Name, channel, (_, old) =>
        {
            before = old;
            return channel;
        });
        before?.Dispose();
        _ = Task.Run(() => WatchAsync(plugin.Name, channel), CancellationToken.None);
        return Task.FromResult<string?>(null);
    }

    /// <inheritdoc/>
    public Task DeregisterAsync(RegisteredPlugin plugin, CancellationToken cancellationToken)
    {
        string name = plugin.Name;
        if (_drivers.TryRemove(name, out RpcChannel? channel))
        {
            channel.Dispose();
            if (Healths.Forget(name))
            {
                HealthChanged(name);
            }
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        foreach (RpcChannel one in _drivers.Values)
        {
            one.Dispose();
        }
    }

    /// <summary>Follows how a driver's devices are until another takes the driver's place.</summary>
    private async Task WatchAsync(string driver, RpcChannel channel)
    {
        bool tells = true;
        while (tells && IsCurrent(driver, channel))
        {
            try
            {
                await foreach (NodeWatchResourcesResponse told in channel.ServerStreamingAsync(
                    WatchHealth, new NodeWatchResourcesRequest(), null, _stop.Token))
                {
                    if (Healths.Take(driver, told.Devices))
                    {
                        HealthChanged(driver);
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
                if (IsCurrent(driver, channel))
                {
                    log($"DRA driver {driver} tells no more how its devices are: {exception.Message}");
                }
            }

            if (IsCurrent(driver, channel) && Healths.Forget(driver))
            {
                HealthChanged(driver);
            }

            await Task.Delay(HealthRetry, clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool IsCurrent(string driver, RpcChannel channel) => !_stop.IsCancellationRequested
        && _drivers.TryGetValue(driver, out RpcChannel? now) && ReferenceEquals(now, channel);
}
