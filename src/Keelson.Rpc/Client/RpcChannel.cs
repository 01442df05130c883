using System.Collections.Immutable;
using Keelson.Rpc.Client;
using Keelson.Rpc.Wire;

namespace Keelson.Rpc;

/// <summary>
/// Calls the methods of one service on one or more equal servers. Connections come about with the first call and again
/// after they broke. May be used from any thread.
/// </summary>
public sealed class RpcChannel : IDisposable
{
    // While nobody answers, a call that waits for a server looks again this often.
    private static readonly TimeSpan ReadyPollInterval = TimeSpan.FromMilliseconds(250);

    private readonly ImmutableArray<EndpointConnection> connections;
    private int turn = -1;

    /// <summary>Makes a channel; connects to nothing yet.</summary>
    public RpcChannel(RpcChannelConfig config)
    {
        if (config.Endpoints.IsDefaultOrEmpty)
        {
            throw new ArgumentException("a channel needs at least one endpoint", nameof(config));
        }

        Config = config;
        connections = [.. config.Endpoints.Select(endpoint => new EndpointConnection(endpoint, config))];
    }

    /// <summary>A channel to one endpoint with gRPC's defaults.</summary>
    public RpcChannel(RpcEndpoint endpoint)
        : this(new RpcChannelConfig { Endpoints = [endpoint] })
    {
    }

    internal RpcChannelConfig Config { get; }

    /// <summary>
    /// Begins a call whose requests the caller writes one by one: the primitive under every shape. Dispose the call;
    /// that ends it if it still runs.
    /// </summary>
    public RpcCall<TRequest, TResponse> Open<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, RpcCallOptions? options = null, CancellationToken cancellation = default)
    {
        var requests = new StreamingContent();
        var call = new RpcCall<TRequest, TResponse>(this, method, options ?? RpcCallOptions.Default, cancellation);
        call.Start(requests, requests);
        return call;
    }

    /// <summary>Begins a call with its one request.</summary>
    public RpcCall<TRequest, TResponse> Open<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, RpcCallOptions? options = null,
        CancellationToken cancellation = default)
    {
        var content = new SingleMessageContent<TRequest>(method.Request, request, Config.SendMessageBytesMax);
        var call = new RpcCall<TRequest, TResponse>(this, method, options ?? RpcCallOptions.Default, cancellation);
        call.Start(content, null);
        return call;
    }

    /// <summary>One request, one response. Throws <see cref="RpcException"/> when the call fails.</summary>
    public async Task<TResponse> UnaryAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, RpcCallOptions? options = null,
        CancellationToken cancellation = default)
    {
        await using RpcCall<TRequest, TResponse> call = Open(method, request, options, cancellation);
        return await call.ReadSingleAsync().ConfigureAwait(false);
    }

    /// <summary>One request, a stream of responses. Leaving the loop early ends the call.</summary>
    public async IAsyncEnumerable<TResponse> ServerStreamingAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, RpcCallOptions? options = null,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await using RpcCall<TRequest, TResponse> call = Open(method, request, options, cancellation);
        await foreach (TResponse response in call.ReadAllAsync().ConfigureAwait(false))
        {
            yield return response;
        }
    }

    /// <summary>A stream of requests, one response, which may come before all requests are sent.</summary>
    public async Task<TResponse> ClientStreamingAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, IAsyncEnumerable<TRequest> requests, RpcCallOptions? options = null,
        CancellationToken cancellation = default)
    {
        await using RpcCall<TRequest, TResponse> call = Open(method, options, cancellation);
        await foreach (TRequest request in requests.WithCancellation(cancellation).ConfigureAwait(false))
        {
            if (!await call.WriteAsync(request).ConfigureAwait(false))
            {
                break;
            }
        }

        call.CompleteWriting();
        return await call.ReadSingleAsync().ConfigureAwait(false);
    }

    /// <summary>Closes the connections; calls still running fail.</summary>
    public void Dispose()
    {
        foreach (EndpointConnection connection in connections)
        {
            connection.Dispose();
        }
    }

    /// <summary>
    /// Sends over the next endpoint in turn, or, when it can't be reached, over the others. Endpoints that failed
    /// lately come last, but are not left out: with all of them resting, asking is better than failing.
    /// </summary>
    internal async Task<HttpResponseMessage> SendAsync(
        string path, RpcCallOptions options, HttpContent content, CancellationToken cancellation)
    {
        while (true)
        {
            RpcDialException? last = null;
            foreach (EndpointConnection connection in InTurn())
            {
                try
                {
                    return await connection.SendAsync(path, content, AddHeaders, cancellation).ConfigureAwait(false);
                }
                catch (RpcDialException exception)
                {
                    last = exception;
                }
            }

            cancellation.ThrowIfCancellationRequested();
            if (!options.WaitForReady)
            {
                throw new RpcException(RpcStatusCode.Unavailable, last!.Message, last);
            }

            await Task.Delay(ReadyPollInterval, Config.Time, cancellation).ConfigureAwait(false);
        }

        void AddHeaders(HttpRequestMessage request) => this.AddHeaders(request, options);
    }

    private IEnumerable<EndpointConnection> InTurn()
    {
        if (connections.Length == 1)
        {
            return connections;
        }

        uint first = (uint)Interlocked.Increment(ref turn);
        DateTimeOffset now = Config.Time.GetUtcNow();
        return Enumerable.Range(0, connections.Length)
            .Select(offset => connections[(int)((first + (uint)offset) % (uint)connections.Length)])
            .OrderBy(connection =>
                connection.RestsUntil is var until && until <= now ? DateTimeOffset.MinValue : until);
    }

    private void AddHeaders(HttpRequestMessage request, RpcCallOptions options)
    {
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Headers.TryAddWithoutValidation("user-agent", Config.UserAgent);
        request.Headers.TryAddWithoutValidation("grpc-accept-encoding", "identity");
        if (options.Timeout is { } timeout)
        {
            request.Headers.TryAddWithoutValidation("grpc-timeout", GrpcTimeout.Format(timeout));
        }

        foreach ((string name, string value) in options.Metadata ?? [])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
