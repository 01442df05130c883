using System.Net;
using System.Net.Sockets;

namespace Keelson.Rpc.Tests.Client;

public sealed class ChannelTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Calls_go_round_among_the_endpoints()
    {
        await using EchoServer one = await EchoServer.StartAsync("one");
        await using EchoServer two = await EchoServer.StartAsync("two");
        using var channel = new RpcChannel(new RpcChannelConfig { Endpoints = [.. one.Endpoints, .. two.Endpoints] });

        List<string> answers = [];
        for (int at = 0; at < 4; at++)
        {
            answers.Add(await AskAsync(channel));
        }

        Assert.Equal(["one", "two", "one", "two"], answers);
    }

    [Fact]
    public async Task An_endpoint_that_is_down_is_passed_over_and_used_again_when_it_is_back()
    {
        var clock = new SteppedTime();
        await using EchoServer one = await EchoServer.StartAsync("one");
        EchoServer two = await EchoServer.StartAsync("two");
        IPEndPoint address = new(IPAddress.Loopback, two.Endpoints[0].Port);
        using var channel = new RpcChannel(
            new RpcChannelConfig { Endpoints = [.. one.Endpoints, .. two.Endpoints], Time = clock });
        Assert.Equal("one", await AskAsync(channel));
        Assert.Equal("two", await AskAsync(channel));

        await two.DisposeAsync();
        await PassTheBrokenConnectionAsync(channel);
        for (int at = 0; at < 4; at++)
        {
            Assert.Equal("one", await AskAsync(channel));
        }

        await using EchoServer again = await EchoServer.StartAsync([RpcListener.Tcp(address)], "two");
        Assert.Equal(["one", "one"], [await AskAsync(channel), await AskAsync(channel)]);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["one", "two"], new[] { await AskAsync(channel), await AskAsync(channel) }.Order());
    }

    [Fact]
    public async Task With_nobody_there_a_call_fails_at_once_in_the_words_of_grpc()
    {
        string socket = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.sock");
        int port = FreePort();
        using var unix = new RpcChannel(RpcEndpoint.Unix(socket));
        using var tcp = new RpcChannel(RpcEndpoint.Tcp("127.0.0.1", port));

        RpcException noFile = await Assert.ThrowsAsync<RpcException>(() => AskAsync(unix).WaitAsync(Patience));
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => AskAsync(tcp).WaitAsync(Patience));

        Assert.Equal(
            "rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: "
            + $"dial unix {socket}: connect: no such file or directory\"", noFile.Message);
        Assert.Equal(
            "rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: "
            + $"dial tcp 127.0.0.1:{port}: connect: connection refused\"", refused.Message);
    }

    [Fact]
    public async Task A_call_that_waits_for_a_server_gets_it_when_it_comes()
    {
        IPEndPoint address = new(IPAddress.Loopback, FreePort());
        using var channel = new RpcChannel(RpcEndpoint.Tcp(address));
        var waiting = new RpcCallOptions { WaitForReady = true, Timeout = Patience };

        Task<EchoResponse> early = channel.UnaryAsync(Echo.Say, new EchoRequest { Text = "early" }, waiting);
        await using EchoServer server = await EchoServer.StartAsync([RpcListener.Tcp(address)]);

        Assert.Equal("early", (await early).Text);
    }

    [Fact]
    public async Task Waiting_for_a_server_ends_at_the_deadline()
    {
        using var channel = new RpcChannel(RpcEndpoint.Tcp("127.0.0.1", FreePort()));
        var waiting = new RpcCallOptions { WaitForReady = true, Timeout = TimeSpan.FromMilliseconds(300) };

        RpcException error = await Assert.ThrowsAsync<RpcException>(
            () => channel.UnaryAsync(Echo.Say, new EchoRequest(), waiting).WaitAsync(Patience));

        Assert.Equal(RpcStatusCode.DeadlineExceeded, error.Code);
    }

    [Fact]
    public async Task A_dead_connection_fails_the_calls_on_it_and_the_next_call_gets_a_new_one()
    {
        EchoServer first = await EchoServer.StartAsync("first");
        IPEndPoint address = new(IPAddress.Loopback, first.Endpoints[0].Port);
        using var channel = new RpcChannel(RpcEndpoint.Tcp(address));
        Task<EchoResponse> hanging = channel.UnaryAsync(Echo.Hang, new EchoRequest());
        Assert.Equal("first", await AskAsync(channel));

        await first.DisposeAsync();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => hanging.WaitAsync(Patience));
        await using EchoServer second = await EchoServer.StartAsync([RpcListener.Tcp(address)], "second");

        Assert.Contains(
            error.Code, new[] { RpcStatusCode.Unavailable, RpcStatusCode.Internal, RpcStatusCode.Canceled });
        Assert.Equal("second", await AskAsync(channel));
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_found_out_by_pings()
    {
        // Accepts, answers the settings' exchange never again: the kernel keeps the connection open.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task<TcpClient> accepted = listener.AcceptTcpClientAsync();
        using var channel = new RpcChannel(new RpcChannelConfig
        {
            Endpoints = [RpcEndpoint.Tcp((IPEndPoint)listener.LocalEndpoint)],
            KeepAliveDelay = TimeSpan.FromSeconds(1),
            KeepAliveTimeout = TimeSpan.FromSeconds(1),
        });

        Task<EchoResponse> call = channel.UnaryAsync(Echo.Say, new EchoRequest());
        using TcpClient silent = await accepted.WaitAsync(Patience);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => call.WaitAsync(Patience));

        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
    }

    [Theory]
    [InlineData("https://etcd-0:2379", "https://etcd-0:2379")]
    [InlineData("http://[::1]:2379", "http://[::1]:2379")]
    [InlineData("10.0.0.1:2379", "http://10.0.0.1:2379")]
    [InlineData("unix:///run/a.sock", "unix:///run/a.sock")]
    [InlineData("unix:/run/a.sock", "unix:///run/a.sock")]
    [InlineData("/run/a.sock", "unix:///run/a.sock")]
    [InlineData("unixs:///run/a.sock", "unixs:///run/a.sock")]
    public void Endpoints_are_read_in_every_spelling(string text, string printed) =>
        Assert.Equal(printed, RpcEndpoint.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("ftp://host:1")]
    [InlineData("http://host:1/path")]
    [InlineData("unix:")]
    public void What_is_no_endpoint_is_refused(string text) =>
        Assert.Throws<FormatException>(() => RpcEndpoint.Parse(text));

    private static async Task<string> AskAsync(RpcChannel channel)
    {
        await using RpcCall<EchoRequest, EchoResponse> call = channel.Open(Echo.Say, new EchoRequest());
        await call.ReadSingleAsync();
        return call.Trailers["server-name"]!;
    }

    // The first call over a connection that broke may be the one that finds out.
    private static async Task PassTheBrokenConnectionAsync(RpcChannel channel)
    {
        for (int at = 0; at < 2; at++)
        {
            try
            {
                await AskAsync(channel);
            }
            catch (RpcException error) when (error.Code == RpcStatusCode.Unavailable)
            {
                return;
            }
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>A wall clock that moves when told; timers run in real time.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        private TimeSpan ahead;

        public void Advance(TimeSpan step) => ahead += step;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
    }
}
