using Keelson.Nodes.Metrics;
using Keelson.Rpc;

namespace Keelson.Nodes.Cri;

/// <summary>Calls a container runtime over its socket.</summary>
internal sealed class CriClient(RpcChannel channel, TimeProvider? clock = null) : IDisposable
{
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>Where calls are counted; null for nowhere.</summary>
    public RuntimeCallMetrics? Metrics { get; set; }

    /// <summary>The most that a list of containers may have: upstream's limit of 16 MiB.</summary>
    private const int LargestMessage = 16 * 1024 * 1024;

    /// <summary>A client of a runtime at an endpoint: <c>unix:///run/containerd/containerd.sock</c>.</summary>
    public static CriClient At(string endpoint, TimeProvider clock) => new(new RpcChannel(new RpcChannelConfig
    {
        Endpoints = [RpcEndpoint.Parse(endpoint)],
        ReceiveMessageBytesMax = LargestMessage,
        Time = clock,
    }), clock);

    /// <summary>Calls a method and waits for the answer; refusals are an <see cref="RpcException"/>.</summary>
    /// <param name="method">One of <see cref="CriMethods"/>.</param>
    /// <param name="request">The request.</param>
    /// <param name="timeout">How long to wait at most.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        long start = _clock.GetTimestamp();
        bool failed = true;
        try
        {
            TResponse answer = await channel.UnaryAsync(
                method, request, new RpcCallOptions { Timeout = timeout }, cancellationToken);
            failed = false;
            return answer;
        }
        finally
        {
            Metrics?.Called(method.Path, _clock.GetElapsedTime(start), failed);
        }
    }

    /// <summary>Calls a method with upstream's usual patience of two minutes.</summary>
    public Task<TResponse> CallAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken) =>
        CallAsync(method, request, TimeSpan.FromMinutes(2), cancellationToken);

    /// <summary>Calls a method that answers with a stream.</summary>
    public IAsyncEnumerable<TResponse> FollowAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken) =>
        channel.ServerStreamingAsync(method, request, null, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => channel.Dispose();
}
