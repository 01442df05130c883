using System.Collections.Concurrent;
using Keelson.Nodes.Dra.Protos;
using Keelson.Nodes.Plugins;
using Keelson.Rpc;

namespace Keelson.Nodes.Dra;

/// <summary>The drivers of dynamic resources that made themselves known on this node.</summary>
internal sealed class DraDrivers : IPluginType, IDisposable
{
    private const string Service = "k8s.io.kubelet.pkg.apis.dra.v1.DRAPlugin";

    // How drivers call that service when they register.
    private const string Registered = "v1.DRAPlugin";

    public static readonly RpcMethod<NodePrepareResourcesRequest, NodePrepareResourcesResponse> Prepare =
        RpcMethod.Unary<NodePrepareResourcesRequest, NodePrepareResourcesResponse>(Service, "NodePrepareResources");

    public static readonly RpcMethod<NodeUnprepareResourcesRequest, NodeUnprepareResourcesResponse> Unprepare =
        RpcMethod.Unary<NodeUnprepareResourcesRequest, NodeUnprepareResourcesResponse>(
            Service, "NodeUnprepareResources");

    // Upstream's DefaultClientCallTimeout.
    private static readonly RpcCallOptions Patient = new() { Timeout = TimeSpan.FromSeconds(45) };

    private readonly ConcurrentDictionary<string, RpcChannel> _drivers = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Type => "DRAPlugin";

    /// <summary>Calls a driver; refusals are an <see cref="RpcException"/>.</summary>
    public Task<TResponse> CallAsync<TRequest, TResponse>(
        string driver,
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        CancellationToken cancellationToken) => _drivers.TryGetValue(driver, out RpcChannel? channel)
        ? channel.UnaryAsync(method, request, Patient, cancellationToken)
        : throw new RpcException(RpcStatusCode.Unavailable, $"DRA driver {driver} is not registered");

    /// <inheritdoc/>
    public Task<string?> RegisterAsync(RegisteredPlugin plugin, CancellationToken cancellationToken)
    {
        if (!plugin.Versions.Contains(Registered))
        {
            return Task.FromResult<string?>(
                $"DRA driver {plugin.Name} does not provide any supported gRPC service: "
                + $"[{string.Join(' ', plugin.Versions)}]");
        }

        RpcChannel channel = new(RpcEndpoint.Unix(plugin.Endpoint));
        RpcChannel? before = null;
        _drivers.AddOrUpdate(plugin.Name, channel, (_, old) =>
        {
            before = old;
            return channel;
        });
        before?.Dispose();
        return Task.FromResult<string?>(null);
    }

    /// <inheritdoc/>
    public Task DeregisterAsync(string name, CancellationToken cancellationToken)
    {
        if (_drivers.TryRemove(name, out RpcChannel? channel))
        {
            channel.Dispose();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (RpcChannel one in _drivers.Values)
        {
            one.Dispose();
        }
    }
}
