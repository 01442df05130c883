using Keelson.Nodes.Metrics;
using Keelson.Nodes.Plugins;
using Keelson.Nodes.Volumes.Csi.Protos;
using Keelson.Rpc;
using RpcType = Keelson.Nodes.Volumes.Csi.Protos.NodeServiceCapability.Types.RPC.Types.Type;

namespace Keelson.Nodes.Volumes.Csi;

/// <summary>A storage driver of this node.</summary>
internal sealed class CsiDriver : IDisposable
{
    // Upstream's csiTimeout: drivers may wait for disks.
    private static readonly TimeSpan CallLimit = TimeSpan.FromMinutes(2);

    private readonly PluginConnection _connection;
    private HashSet<RpcType>? _capabilities;

    public CsiDriver(string name, string socket, TimeProvider clock)
    {
        Name = name;
        _connection = new(RpcEndpoint.Parse(socket), CallLimit, clock)
        {
            Called = (method, took, status) => Metrics?.Called(name, method, took, status),
        };
    }

    /// <summary>The driver's name.</summary>
    public string Name { get; }

    /// <summary>True when the driver can do something that not all can.</summary>
    public async ValueTask<bool> CanAsync(RpcType what, CancellationToken cancellationToken)
    {
        if (_capabilities is null)
        {
            NodeGetCapabilitiesResponse response =
                await CallAsync(CsiMethods.GetCapabilities, new NodeGetCapabilitiesRequest(), cancellationToken);
            _capabilities =
            [
                .. response.Capabilities.Where(static one => one.Rpc is not null).Select(static one => one.Rpc.Type),
            ];
        }

        return _capabilities.Contains(what);
    }

    /// <summary>Where calls are counted; null for nowhere.</summary>
    public PluginMetrics? Metrics { get; init; }

    /// <summary>Calls the driver; refusals are an <see cref="RpcException"/>.</summary>
    public Task<TResponse> CallAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken) =>
        _connection.CallAsync(method, request, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();
}
