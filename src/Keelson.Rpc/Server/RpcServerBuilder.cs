using System.Collections.Frozen;
using Keelson.Rpc.Server;
using Keelson.Rpc.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keelson.Rpc;

/// <summary>Limits and surroundings of a server. Defaults are gRPC's.</summary>
public sealed record RpcServerConfig
{
    /// <summary>The largest message taken, in bytes; gRPC's default is 4 MiB.</summary>
    public int ReceiveMessageBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>The largest message sent, in bytes.</summary>
    public int SendMessageBytesMax { get; init; } = int.MaxValue;

    /// <summary>The clock for deadlines.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where handlers' unexpected exceptions are reported.</summary>
    public ILogger Log { get; init; } = NullLogger.Instance;
}

/// <summary>Collects the methods a server answers.</summary>
public sealed class RpcServerBuilder
{
    private readonly Dictionary<string, RpcHandler> handlers = new(StringComparer.Ordinal);
    private readonly RpcServerConfig config;

    /// <summary>Begins with no methods.</summary>
    public RpcServerBuilder(RpcServerConfig? config = null) => this.config = config ?? new RpcServerConfig();

    /// <summary>Maps a method with one request and one response.</summary>
    public RpcServerBuilder Unary<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, Func<TRequest, RpcServerContext, Task<TResponse>> handler) =>
        Add(method, RpcMethodKind.Unary, async context =>
        {
            TRequest request = await ReadSingleAsync(method, context).ConfigureAwait(false);
            TResponse response = await handler(request, context).ConfigureAwait(false);
            FrameWriter.Write(method.Response, response, context.Output, config.SendMessageBytesMax);
        });

    /// <summary>Maps a method with one request and a stream of responses.</summary>
    public RpcServerBuilder ServerStreaming<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        Func<TRequest, RpcResponseStream<TResponse>, RpcServerContext, Task> handler) =>
        Add(method, RpcMethodKind.ServerStreaming, async context =>
        {
            TRequest request = await ReadSingleAsync(method, context).ConfigureAwait(false);
            await handler(request, Responses(method, context), context).ConfigureAwait(false);
        });

    /// <summary>Maps a method with a stream of requests and one response.</summary>
    public RpcServerBuilder ClientStreaming<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        Func<IAsyncEnumerable<TRequest>, RpcServerContext, Task<TResponse>> handler) =>
        Add(method, RpcMethodKind.ClientStreaming, async context =>
        {
            TResponse response = await handler(Requests(method, context), context).ConfigureAwait(false);
            FrameWriter.Write(method.Response, response, context.Output, config.SendMessageBytesMax);
        });

    /// <summary>Maps a method with a stream each way.</summary>
    public RpcServerBuilder Duplex<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        Func<IAsyncEnumerable<TRequest>, RpcResponseStream<TResponse>, RpcServerContext, Task> handler) =>
        Add(method, RpcMethodKind.Duplex, context =>
            handler(Requests(method, context), Responses(method, context), context));

    /// <summary>The server with the methods mapped so far.</summary>
    public RpcServer Build() => new(handlers.ToFrozenDictionary(StringComparer.Ordinal), config);

    private RpcServerBuilder Add<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, RpcMethodKind kind, RpcHandler handler)
    {
        if (method.Kind != kind)
        {
            throw new ArgumentException($"{method.Path} is {method.Kind}, not {kind}", nameof(method));
        }

        if (!handlers.TryAdd(method.Path, handler))
        {
            throw new ArgumentException($"{method.Path} is mapped already", nameof(method));
        }

        return this;
    }

    private RpcResponseStream<TResponse> Responses<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, RpcServerContext context) =>
        new(method.Response, context, config.SendMessageBytesMax);

    private async IAsyncEnumerable<TRequest> Requests<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, RpcServerContext context)
    {
        FrameReader frames = context.Requests(config.ReceiveMessageBytesMax);
        while (await frames.ReadAsync(method.Request, context.Cancellation).ConfigureAwait(false) is var frame
            && frame.TryGet(out TRequest? request))
        {
            yield return request;
        }
    }

    private async Task<TRequest> ReadSingleAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, RpcServerContext context)
    {
        FrameReader frames = context.Requests(config.ReceiveMessageBytesMax);
        Frame<TRequest> first = await frames.ReadAsync(method.Request, context.Cancellation).ConfigureAwait(false);
        if (!first.TryGet(out TRequest? request))
        {
            throw new RpcException(
                RpcStatusCode.Internal,
                "cardinality violation: received no request message from non-client-streaming RPC");
        }

        Frame<TRequest> second = await frames.ReadAsync(method.Request, context.Cancellation).ConfigureAwait(false);
        return second.HasMessage
            ? throw new RpcException(
                RpcStatusCode.Internal,
                "cardinality violation: received multiple request messages for non-client-streaming RPC")
            : request;
    }
}
