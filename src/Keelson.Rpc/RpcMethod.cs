using Google.Protobuf;

namespace Keelson.Rpc;

/// <summary>Which side of a call sends one message and which a stream.</summary>
public enum RpcMethodKind
{
    /// <summary>One request, one response.</summary>
    Unary,

    /// <summary>One request, a stream of responses.</summary>
    ServerStreaming,

    /// <summary>A stream of requests, one response.</summary>
    ClientStreaming,

    /// <summary>A stream each way, independent of each other.</summary>
    Duplex,
}

/// <summary>One method of a service: what a client calls and a server maps. Declared once, in a static field.</summary>
/// <param name="Kind">The shape of the call.</param>
/// <param name="Service">The service with its package, for example <c>runtime.v1.RuntimeService</c>.</param>
/// <param name="Name">The method's name, for example <c>Version</c>.</param>
/// <param name="Request">How requests are written.</param>
/// <param name="Response">How responses are written.</param>
public sealed record RpcMethod<TRequest, TResponse>(
    RpcMethodKind Kind, string Service, string Name, RpcMarshaller<TRequest> Request, RpcMarshaller<TResponse> Response)
{
    /// <summary>The HTTP path: <c>/package.Service/Method</c>.</summary>
    public string Path { get; } = $"/{Service}/{Name}";
}

/// <summary>Declares methods whose messages protoc generated.</summary>
public static class RpcMethod
{
    /// <summary>One request, one response.</summary>
    public static RpcMethod<TRequest, TResponse> Unary<TRequest, TResponse>(string service, string name)
        where TRequest : class, IMessage<TRequest>, IBufferMessage, new()
        where TResponse : class, IMessage<TResponse>, IBufferMessage, new() =>
        Declare<TRequest, TResponse>(RpcMethodKind.Unary, service, name);

    /// <summary>One request, a stream of responses.</summary>
    public static RpcMethod<TRequest, TResponse> ServerStreaming<TRequest, TResponse>(string service, string name)
        where TRequest : class, IMessage<TRequest>, IBufferMessage, new()
        where TResponse : class, IMessage<TResponse>, IBufferMessage, new() =>
        Declare<TRequest, TResponse>(RpcMethodKind.ServerStreaming, service, name);

    /// <summary>A stream of requests, one response.</summary>
    public static RpcMethod<TRequest, TResponse> ClientStreaming<TRequest, TResponse>(string service, string name)
        where TRequest : class, IMessage<TRequest>, IBufferMessage, new()
        where TResponse : class, IMessage<TResponse>, IBufferMessage, new() =>
        Declare<TRequest, TResponse>(RpcMethodKind.ClientStreaming, service, name);

    /// <summary>A stream each way.</summary>
    public static RpcMethod<TRequest, TResponse> Duplex<TRequest, TResponse>(string service, string name)
        where TRequest : class, IMessage<TRequest>, IBufferMessage, new()
        where TResponse : class, IMessage<TResponse>, IBufferMessage, new() =>
        Declare<TRequest, TResponse>(RpcMethodKind.Duplex, service, name);

    private static RpcMethod<TRequest, TResponse> Declare<TRequest, TResponse>(
        RpcMethodKind kind, string service, string name)
        where TRequest : class, IMessage<TRequest>, IBufferMessage, new()
        where TResponse : class, IMessage<TResponse>, IBufferMessage, new() =>
        new(kind, service, name, RpcMarshaller.Protobuf<TRequest>(), RpcMarshaller.Protobuf<TResponse>());
}
