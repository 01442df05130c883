using Keelson.Rpc;

namespace Keelson.Nodes.Cri;

/// <summary>Calls a container runtime over its socket.</summary>
internal sealed class CriClient(RpcChannel channel) : IDisposable
{
    /// <summary>Calls a method and waits for the answer; refusals are an <see cref="RpcException"/>.</summary>
    /// <param name="method">One of <see cref="CriMethods"/>.</param>
    /// <param name="request">The request.</param>
    /// <param name="timeout">How long to wait at most.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<TResponse> CallAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        TimeSpan timeout,
        CancellationToken cancellationToken) =>
        channel.UnaryAsync(method, request, new RpcCallOptions { Timeout = timeout }, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => channel.Dispose();
}
