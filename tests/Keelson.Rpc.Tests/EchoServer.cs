using System.Collections.Immutable;
using System.Net;
using Google.Protobuf.WellKnownTypes;

namespace Keelson.Rpc.Tests;

/// <summary>A service with one method of each shape and some that misbehave.</summary>
internal static class Echo
{
    public const string Service = "test.v1.Echo";

    public static readonly RpcMethod<EchoRequest, EchoResponse> Say =
        RpcMethod.Unary<EchoRequest, EchoResponse>(Service, "Say");

    public static readonly RpcMethod<EchoRequest, EchoResponse> Repeat =
        RpcMethod.ServerStreaming<EchoRequest, EchoResponse>(Service, "Repeat");

    public static readonly RpcMethod<EchoRequest, EchoResponse> Join =
        RpcMethod.ClientStreaming<EchoRequest, EchoResponse>(Service, "Join");

    public static readonly RpcMethod<EchoRequest, EchoResponse> Talk =
        RpcMethod.Duplex<EchoRequest, EchoResponse>(Service, "Talk");

    public static readonly RpcMethod<EchoRequest, EchoResponse> Hang =
        RpcMethod.Unary<EchoRequest, EchoResponse>(Service, "Hang");

    public static readonly RpcMethod<EchoRequest, EchoResponse> Fail =
        RpcMethod.Unary<EchoRequest, EchoResponse>(Service, "Fail");

    public static readonly RpcMethod<EchoRequest, EchoResponse> FailLate =
        RpcMethod.ServerStreaming<EchoRequest, EchoResponse>(Service, "FailLate");
}

/// <summary>The service, run on a socket of its own.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private readonly RpcHost host;

    private EchoServer(RpcHost host) => this.host = host;

    /// <summary>Completes when the server sees the hanging call end.</summary>
    public TaskCompletionSource HangEnded { get; private set; } = new();

    public ImmutableArray<RpcEndpoint> Endpoints => host.Endpoints;

    public static Task<EchoServer> StartAsync(string name = "echo", RpcServerConfig? config = null) =>
        StartAsync([RpcListener.Tcp(new IPEndPoint(IPAddress.Loopback, 0))], name, config);

    public static async Task<EchoServer> StartAsync(
        ImmutableArray<RpcListener> listeners, string name = "echo", RpcServerConfig? config = null)
    {
        var hangEnded = new TaskCompletionSource();
        RpcServer server = Map(new RpcServerBuilder(config), name, hangEnded).Build();
        RpcHost host = await RpcHost.StartAsync(server, listeners);
        return new EchoServer(host) { HangEnded = hangEnded };
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private static RpcServerBuilder Map(RpcServerBuilder builder, string name, TaskCompletionSource hangEnded) =>
        builder
        .Unary(Echo.Say, (request, context) =>
        {
            context.ResponseTrailers.Add("server-name", name);
            if (context.RequestMetadata.TryGetBinary("token-bin", out byte[]? token))
            {
                context.ResponseTrailers.AddBinary("token-bin", token);
            }

            return Task.FromResult(new EchoResponse { Text = request.Text, Payload = request.Payload });
        })
        .ServerStreaming(Echo.Repeat, async (request, responses, _) =>
        {
            for (int at = 0; at < request.Repeat; at++)
            {
                await responses.WriteAsync(new EchoResponse { Text = request.Text + at, Payload = request.Payload });
            }
        })
        .ClientStreaming(Echo.Join, async (requests, _) =>
        {
            var texts = new List<string>();
            await foreach (EchoRequest request in requests)
            {
                texts.Add(request.Text);
                if (request.Text == "enough")
                {
                    break;
                }
            }

            return new EchoResponse { Text = string.Join(' ', texts) };
        })
        .Duplex(Echo.Talk, async (requests, responses, context) =>
        {
            var greeting = new RpcMetadata();
            greeting.Add("greeting", "hello");
            await context.SendHeadersAsync(greeting);
            await foreach (EchoRequest request in requests)
            {
                await responses.WriteAsync(new EchoResponse { Text = request.Text.ToUpperInvariant() });
            }
        })
        .Unary(Echo.Hang, async (_, context) =>
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.Cancellation);
            }
            finally
            {
                hangEnded.TrySetResult();
            }

            return new EchoResponse();
        })
        .Unary(Echo.Fail, (request, _) => request.Text == "bug"
            ? throw new InvalidOperationException("it broke: 100% ä")
            : throw new RpcException(new RpcStatus(
                RpcStatusCode.FailedPrecondition, "näh\n100%", [Any.Pack(new EchoRequest { Text = "why" })])))
        .ServerStreaming(Echo.FailLate, async (request, responses, _) =>
        {
            await responses.WriteAsync(new EchoResponse { Text = request.Text });
            throw new RpcException(RpcStatusCode.OutOfRange, "no more");
        });
}
