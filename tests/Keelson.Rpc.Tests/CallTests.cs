using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Keelson.Rpc.Tests;

public sealed class CallTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_unary_call_carries_request_response_and_metadata_both_ways()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using var channel = new RpcChannel(server.Endpoints[0]);
        var metadata = new RpcMetadata();
        metadata.AddBinary("token-bin", [0, 255, 7]);

        await using RpcCall<EchoRequest, EchoResponse> call = channel.Open(
            Echo.Say, new EchoRequest { Text = "hi" }, new RpcCallOptions { Metadata = metadata, Timeout = Patience });
        EchoResponse response = await call.ReadSingleAsync();

        Assert.Equal("hi", response.Text);
        Assert.Equal("echo", call.Trailers["server-name"]);
        Assert.True(call.Trailers.TryGetBinary("token-bin", out byte[]? token));
        Assert.Equal([0, 255, 7], token);
    }

    [Fact]
    public async Task A_server_stream_arrives_in_order_and_ends()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using var channel = new RpcChannel(server.Endpoints[0]);

        List<string> texts = [];
        await foreach (EchoResponse response in channel.ServerStreamingAsync(
            Echo.Repeat, new EchoRequest { Text = "n", Repeat = 1000 }))
        {
            texts.Add(response.Text);
        }

        Assert.Equal(Enumerable.Range(0, 1000).Select(at => "n" + at), texts);
    }

    [Fact]
    public async Task A_client_stream_is_answered_once()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using var channel = new RpcChannel(server.Endpoints[0]);

        EchoResponse response = await channel.ClientStreamingAsync(Echo.Join, Requests("a", "b", "c"));

        Assert.Equal("a b c", response.Text);
    }

    [Fact]
    public async Task A_server_may_answer_a_client_stream_before_its_end()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using var channel = new RpcChannel(server.Endpoints[0]);

        await using RpcCall<EchoRequest, EchoResponse> call = channel.Open(Echo.Join);
        Assert.True(await call.WriteAsync(new EchoRequest { Text = "a" }));
        Assert.True(await call.WriteAsync(new EchoRequest { Text = "enough" }));
        EchoResponse response = await call.ReadSingleAsync().WaitAsync(Patience);

        Assert.Equal("a enough", response.Text);
        Assert.False(await call.WriteAsync(new EchoRequest { Text = "late" }).AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task A_duplex_call_answers_while_requests_go_on()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using var channel = new RpcChannel(server.Endpoints[0]);

        await using RpcCall<EchoRequest, EchoResponse> call = channel.Open(Echo.Talk);
        Assert.Equal("hello", (await call.ReadHeadersAsync().WaitAsync(Patience))["greeting"]);
        foreach (string text in new[] { "a", "b", "c" })
        {
            await call.WriteAsync(new EchoRequest { Text = text });
            RpcReadResult<EchoResponse> read = await call.ReadAsync().AsTask().WaitAsync(Patience);
            Assert.Equal(text.ToUpperInvariant(), read.Message.Text);
        }

        call.CompleteWriting();
        Assert.False((await call.ReadAsync().AsTask().WaitAsync(Patience)).HasMessage);
    }

    [Fact]
    public async Task An_error_brings_code_message_and_details()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using var channel = new RpcChannel(server.Endpoints[0]);

        RpcException error = await Assert.ThrowsAsync<RpcException>(
            () => channel.UnaryAsync(Echo.Fail, new EchoRequest()));

        Assert.Equal(RpcStatusCode.FailedPrecondition, error.Code);
        Assert.Equal("näh\n100%", error.Status.Message);
        Assert.Equal("rpc error: code = FailedPrecondition desc = näh\n100%", error.Message);
        Any detail = Assert.Single(error.Status.Details);
        Assert.Equal("why", detail.Unpack<EchoRequest>().Text);
    }

    [Fact]
    public async Task An_unexpected_exception_of_a_handler_is_an_unknown_error_with_its_text()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using var channel = new RpcChannel(server.Endpoints[0]);

        RpcException error = await Assert.ThrowsAsync<RpcException>(
            () => channel.UnaryAsync(Echo.Fail, new EchoRequest { Text = "bug" }));

        Assert.Equal(RpcStatusCode.Unknown, error.Code);
        Assert.Equal("it broke: 100% ä", error.Status.Message);
    }

    [Fact]
    public async Task An_error_behind_messages_comes_after_them()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using var channel = new RpcChannel(server.Endpoints[0]);
        List<string> texts = [];

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (EchoResponse response in channel.ServerStreamingAsync(
                Echo.FailLate, new EchoRequest { Text = "x" }))
            {
                texts.Add(response.Text);
            }
        });

        Assert.Equal(["x"], texts);
        Assert.Equal((RpcStatusCode.OutOfRange, "no more"), (error.Code, error.Status.Message));
    }

    [Fact]
    public async Task A_deadline_ends_the_call_on_both_sides()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using var channel = new RpcChannel(server.Endpoints[0]);

        var soon = new RpcCallOptions { Timeout = TimeSpan.FromMilliseconds(200) };

        RpcException error = await Assert.ThrowsAsync<RpcException>(
            () => channel.UnaryAsync(Echo.Hang, new EchoRequest(), soon).WaitAsync(Patience));

        Assert.Equal(RpcStatusCode.DeadlineExceeded, error.Code);
        Assert.Equal("context deadline exceeded", error.Status.Message);
        await server.HangEnded.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task Canceling_ends_the_call_on_both_sides()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using var channel = new RpcChannel(server.Endpoints[0]);
        using var giveUp = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => channel.UnaryAsync(Echo.Hang, new EchoRequest(), null, giveUp.Token).WaitAsync(Patience));

        await server.HangEnded.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task Leaving_a_stream_early_cancels_it()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using var channel = new RpcChannel(server.Endpoints[0]);
        var payload = ByteString.CopyFrom(new byte[64 * 1024]);

        await foreach (EchoResponse _ in channel.ServerStreamingAsync(
            Echo.Repeat, new EchoRequest { Repeat = int.MaxValue, Payload = payload }))
        {
            break;
        }

        // The connection goes on to serve others.
        Assert.Equal("next", (await channel.UnaryAsync(Echo.Say, new EchoRequest { Text = "next" })).Text);
    }

    [Fact]
    public async Task Big_messages_pass_whole_both_ways()
    {
        var limits = new RpcServerConfig { ReceiveMessageBytesMax = 64 << 20 };
        await using EchoServer server = await EchoServer.StartAsync(config: limits);
        using var channel = new RpcChannel(new RpcChannelConfig
        {
            Endpoints = server.Endpoints,
            ReceiveMessageBytesMax = 64 << 20,
        });
        byte[] payload = new byte[40 << 20];
        RandomNumberGenerator.Fill(payload);

        EchoResponse response = await channel.UnaryAsync(
            Echo.Say, new EchoRequest { Payload = UnsafeByteOperations.UnsafeWrap(payload) }).WaitAsync(Patience);

        Assert.True(response.Payload.Span.SequenceEqual(payload));
    }

    [Fact]
    public async Task A_message_over_the_limit_is_refused_by_whoever_has_the_limit()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using var channel = new RpcChannel(server.Endpoints[0]);
        using var narrow = new RpcChannel(
            new RpcChannelConfig { Endpoints = server.Endpoints, SendMessageBytesMax = 10 });
        using var deaf = new RpcChannel(
            new RpcChannelConfig { Endpoints = server.Endpoints, ReceiveMessageBytesMax = 10 });
        var big = new EchoRequest { Payload = ByteString.CopyFrom(new byte[5 << 20]) };
        var small = new EchoRequest { Text = "twenty letters, more" };

        RpcException atServer = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(Echo.Say, big));
        RpcException atSender = await Assert.ThrowsAsync<RpcException>(() => narrow.UnaryAsync(Echo.Say, small));
        RpcException atReceiver = await Assert.ThrowsAsync<RpcException>(() => deaf.UnaryAsync(Echo.Say, small));

        Assert.Equal(
            "rpc error: code = ResourceExhausted desc = grpc: received message larger than max (5242885 vs. 4194304)",
            atServer.Message);
        Assert.Equal("rpc error: code = ResourceExhausted desc = trying to send message larger than max (22 vs. 10)",
            atSender.Message);
        Assert.Equal("rpc error: code = ResourceExhausted desc = grpc: received message larger than max (22 vs. 10)",
            atReceiver.Message);
    }

    [Fact]
    public async Task Many_calls_share_the_channel()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using var channel = new RpcChannel(server.Endpoints[0]);

        EchoResponse[] responses = await Task.WhenAll(Enumerable.Range(0, 2000)
            .Select(at => channel.UnaryAsync(Echo.Say, new EchoRequest { Text = "t" + at }))).WaitAsync(Patience);

        Assert.Equal(Enumerable.Range(0, 2000).Select(at => "t" + at), responses.Select(response => response.Text));
    }

    private static async IAsyncEnumerable<EchoRequest> Requests(params string[] texts)
    {
        foreach (string text in texts)
        {
            await Task.Yield();
            yield return new EchoRequest { Text = text };
        }
    }
}
