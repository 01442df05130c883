using System.Runtime.CompilerServices;
using Keelson.Rpc;

namespace Keelson.Nodes.Plugins;

/// <summary>A connection to a plugin, on which calls have a limit and are counted.</summary>
internal sealed class PluginConnection : IDisposable
{
    private readonly RpcChannel _channel;
    private readonly RpcCallOptions _options;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _gone = new();

    /// <summary>Connects when the first call is made.</summary>
    /// <param name="endpoint">Where the plugin serves.</param>
    /// <param name="limit">How long a call may take.</param>
    /// <param name="clock">The clock.</param>
    public PluginConnection(RpcEndpoint endpoint, TimeSpan limit, TimeProvider clock)
    {
        _channel = new(endpoint);
        _options = new() { Timeout = limit };
        _clock = clock;
    }

    /// <summary>Told of each call that ended: its method, how long it took, and its status.</summary>
    public Action<string, TimeSpan, string>? Called { get; init; }

    /// <summary>Calls the plugin; refusals are an <see cref="RpcException"/>.</summary>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken)
    {
        long begun = _clock.GetTimestamp();
        RpcStatusCode status = RpcStatusCode.OK;
        try
        {
            return await _channel.UnaryAsync(method, request, _options, cancellationToken);
        }
        catch (RpcException exception)
        {
            status = exception.Status.Code;
            throw;
        }
        finally
        {
            Called?.Invoke(method.Path, _clock.GetElapsedTime(begun), status.ToString());
        }
    }

    /// <summary>What the plugin tells, for as long as it does and the connection is held.</summary>
    public async IAsyncEnumerable<TResponse> FollowAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _gone.Token);
        await foreach (TResponse one in _channel.ServerStreamingAsync(method, request, null, either.Token))
        {
            yield return one;
        }
    }

    /// <summary>Ends what the plugin tells.</summary>
    public void Dispose()
    {
        _gone.Cancel();
        _channel.Dispose();
    }
}
