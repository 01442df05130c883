using Keelson.Nodes.Metrics;
using Keelson.Nodes.Volumes.Csi.Protos;
using Keelson.Rpc;
using RpcType = Keelson.Nodes.Volumes.Csi.Protos.NodeServiceCapability.Types.RPC.Types.Type;

namespace Keelson.Nodes.Volumes.Csi;

/// <summary>A storage driver of this node.</summary>
internal sealed class CsiDriver : IDisposable
{
    // Upstream's csiTimeout: drivers may wait for disks.
    private static readonly RpcCallOptions Patient = new() { Timeout = TimeSpan.FromMinutes(2) };

    private readonly RpcChannel _channel;
    private readonly TimeProvider _clock;
    private HashSet<RpcType>? _capabilities;

    public CsiDriver(string name, string socket, TimeProvider clock)
    {
        Name = name;
        _channel = new(RpcEndpoint.Parse(socket));
        _clock = clock;
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
    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken)
    {
        long begun = _clock.GetTimestamp();
        RpcStatusCode status = RpcStatusCode.OK;
        try
        {
            return await _channel.UnaryAsync(method, request, Patient, cancellationToken);
        }
        catch (RpcException exception)
        {
            status = exception.Status.Code;
            throw;
        }
        finally
        {
            Metrics?.Called(Name, method.Path, _clock.GetElapsedTime(begun), status.ToString());
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();
}
