using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Keelson.Streaming.RemoteCommand;
using Keelson.Streaming.Spdy;
using Keelson.Streaming.WebSockets;

namespace Keelson.Server.Tests.Connections;

public sealed class PodStreamTests(ConnectedCluster cluster) : IClassFixture<ConnectedCluster>
{
    private const string Pods = "/api/v1/namespaces/default/pods/";
    private readonly CancellationTokenSource _timeout = new(ConnectedCluster.Patience);

    private CancellationToken Timeout => _timeout.Token;

    [Fact]
    public async Task A_command_over_SPDY_reads_its_input_and_writes_its_output()
    {
        using HttpResponseMessage response = await UpgradeAsync(
            Pods + "p/exec?stdin=true&stdout=true&command=cat", "v4.channel.k8s.io");
        Assert.Equal(HttpStatusCode.SwitchingProtocols, response.StatusCode);
        Assert.Equal("v4.channel.k8s.io", response.Headers.GetValues("X-Stream-Protocol-Version").Single());
        await using SpdyConnection connection = SpdyConnection.AsClient(
            await response.Content.ReadAsStreamAsync(Timeout));
        RemoteCommandStreams streams = await RemoteCommandStreams.OpenAsync(
            connection, new(true, true, false, false), Timeout);
        await streams.Stdin!.WriteAsync("over and back"u8.ToArray(), Timeout);
        await streams.Stdin.CompleteWritesAsync(Timeout);
        Assert.Equal("over and back", await ReadAllAsync(streams.Stdout!));
        Assert.Contains("Success", await ReadAllAsync(streams.Error), StringComparison.Ordinal);
        Assert.Contains(cluster.Kubelet.Requests, one => one is
        {
            Method: "POST", Upgrade: "SPDY/3.1", Target: "/exec/default/p/c?command=cat&input=1&output=1",
        });
    }

    [Fact]
    public async Task A_command_over_a_web_socket_is_translated_for_a_kubelet_that_speaks_SPDY()
    {
        string path = Pods + "p/exec?stdin=true&stdout=true&command=cat";
        using ClientWebSocket socket = await cluster.SocketAsync(path, StreamNames.RemoteCommandV5);
        Assert.Equal(StreamNames.RemoteCommandV5, socket.SubProtocol);
        await SendAsync(socket, [StreamChannels.Stdin, .. "ping"u8]);
        await SendAsync(socket, [StreamChannels.Stdin, .. new byte[100_000]]);
        await SendAsync(socket, [ChannelSocket.CloseChannel, StreamChannels.Stdin]);
        Dictionary<byte, byte[]> received = await ReceiveAllAsync(socket);
        Assert.Equal(100_004, received[StreamChannels.Stdout].Length);
        Assert.Equal("""{"metadata":{},"status":"Success"}""", Encoding.UTF8.GetString(received[StreamChannels.Error]));
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
        string metrics = await cluster.Admin.GetStringAsync("/metrics", Timeout);
        Assert.Contains(
            "apiserver_websocket_streaming_requests_total{proxy_type=\"translated_at_apiserver\",subresource=\"exec\"}",
            metrics,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commands_exit_code_and_a_kubelets_refusal_are_the_status()
    {
        using ClientWebSocket failed =
            await cluster.SocketAsync(Pods + "p/exec?stdout=true&command=exit&command=7", StreamNames.RemoteCommandV5);
        JsonElement status = await StatusAsync(failed);
        Assert.Equal("NonZeroExitCode", status.GetProperty("reason").GetString());
        Assert.Equal("7", status.GetProperty("details").GetProperty("causes")[0].GetProperty("message").GetString());
        using ClientWebSocket refused =
            await cluster.SocketAsync(Pods + "gone/exec?stdout=true&command=x", StreamNames.RemoteCommandV5);
        status = await StatusAsync(refused);
        Assert.Equal(
            "Internal error occurred: unable to upgrade connection: container not found (\"c\")", status.GetProperty("message").GetString());
        using ClientWebSocket dead =
            await cluster.SocketAsync(Pods + "d/exec?stdout=true&command=x", StreamNames.RemoteCommandV5);
        status = await StatusAsync(dead);
        Assert.Equal(
            "Internal error occurred: error sending request: Post \"https://127.0.0.1:1/exec/default/d/c?command=x&output=1\": "
            + "dial tcp 127.0.0.1:1: connect: connection refused",
            status.GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_terminals_size_reaches_the_command()
    {
        using ClientWebSocket socket =
            await cluster.SocketAsync(Pods + "p/exec?stdout=true&tty=true&command=size", StreamNames.RemoteCommandV5);
        await SendAsync(socket, [StreamChannels.Resize, .. "{\"Width\":80,\"Height\":24}"u8]);
        Dictionary<byte, byte[]> received = await ReceiveAllAsync(socket);
        Assert.Equal("{\"Width\":80,\"Height\":24}", Encoding.UTF8.GetString(received[StreamChannels.Stdout]));
    }

    [Fact]
    public async Task A_kubelet_that_takes_web_sockets_gets_them_as_they_are()
    {
        using ClientWebSocket socket =
            await cluster.SocketAsync(
                Pods + "m/exec?stdout=true&command=echo&command=a%20b", StreamNames.RemoteCommandV5);
        Dictionary<byte, byte[]> received = await ReceiveAllAsync(socket);
        Assert.Equal("a b\n", Encoding.UTF8.GetString(received[StreamChannels.Stdout]));
        KubeletRequest asked = cluster.Kubelet.Requests.Single(
            one => one.Target.Contains("/m/", StringComparison.Ordinal));
        Assert.Equal(("GET", "websocket"), (asked.Method, asked.Upgrade));
        Assert.Equal("/exec/default/m/c?command=echo&command=a+b&output=1", asked.Target);
        Assert.Equal("127.0.0.1", asked.Headers["X-Forwarded-For"].ToString());
    }

    [Fact]
    public async Task A_port_is_forwarded_through_a_web_socket()
    {
        // .NET's own client refuses the slash in the protocol.
        using HttpRequestMessage request = new(HttpMethod.Get, Pods + "p/portforward");
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        request.Headers.Add("Sec-WebSocket-Protocol", "SPDY/3.1+portforward.k8s.io");
        using HttpResponseMessage response =
            await cluster.Admin.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Timeout);
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", response.Headers.GetValues("Sec-WebSocket-Accept").Single());
        Assert.Equal("SPDY/3.1+portforward.k8s.io", response.Headers.GetValues("Sec-WebSocket-Protocol").Single());
        using WebSocket socket =
            WebSocket.CreateFromStream(
                await response.Content.ReadAsStreamAsync(Timeout), new WebSocketCreationOptions());
        await using SpdyConnection connection = SpdyConnection.AsClient(new WebSocketByteStream(socket));
        Dictionary<string, string> headers = new() { ["port"] = "80", ["requestID"] = "0", ["streamType"] = "error" };
        SpdyStream error = await connection.OpenStreamAsync(headers, Timeout);
        await error.CompleteWritesAsync(Timeout);
        SpdyStream data = await connection.OpenStreamAsync(
            new Dictionary<string, string>(headers) { ["streamType"] = "data" }, Timeout);
        await data.WriteAsync("hello"u8.ToArray(), Timeout);
        await data.CompleteWritesAsync(Timeout);
        Assert.Equal("HELLO", await ReadAllAsync(data));
        Assert.Equal("", await ReadAllAsync(error));
    }

    [Fact]
    public async Task A_client_that_goes_away_takes_its_command_along()
    {
        await using ConnectedCluster own = new();
        await own.InitializeAsync();
        ClientWebSocket socket = await own.SocketAsync(
            Pods + "p/exec?stdin=true&stdout=true&command=cat", StreamNames.RemoteCommandV5);
        await SendAsync(socket, [StreamChannels.Stdin, .. "x"u8]);
        Assert.Equal(1, (await socket.ReceiveAsync(new byte[10].AsMemory(), Timeout)).Count);
        Assert.Equal(2, (await socket.ReceiveAsync(new byte[10].AsMemory(), Timeout)).Count);
        socket.Abort();
        socket.Dispose();
        await own.Kubelet.CommandEnded.Task.WaitAsync(ConnectedCluster.Patience);
    }

    [Theory]
    [InlineData("w/exec?command=ls", "400 pod w does not have a host assigned")]
    [InlineData("w/portforward", "400 pod w does not have a host assigned")]
    [InlineData("two/attach", "400 a container name must be specified for pod two, choose one of: [a b]")]
    [InlineData("p/exec?command=ls&container=x", "400 container x is not valid for pod p")]
    [InlineData("p/exec?command=ls", "400 Upgrade request required")]
    [InlineData("p/exec?command=ls&dryRun=All", "400 dryRun is not supported")]
    [InlineData("p/portforward?ports=80,x", "400 cannot convert to []int32: strconv.ParseUint: parsing \"x\": invalid syntax")]
    public async Task What_can_not_be_connected_is_told_in_upstreams_words(string path, string message)
    {
        Assert.Equal(message, await cluster.MessageAsync(HttpMethod.Post, Pods + path));
        Assert.Equal(message, await cluster.MessageAsync(HttpMethod.Get, Pods + path));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await cluster.SendAsync(HttpMethod.Put, Pods + path)).Code);
    }

    [Fact]
    public async Task Who_may_only_get_may_not_reach_into_pods()
    {
        const string Rbac = "/apis/rbac.authorization.k8s.io/v1/";
        await cluster.CreateAsync(Rbac + "clusterroles", """{"metadata":{"name":"looker"},"rules":[{"apiGroups":[""],"resources":["pods/exec"],"verbs":["get"]}]}""");
        await cluster.CreateAsync(
            Rbac + "clusterrolebindings",
            """{"metadata":{"name":"looker"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"looker"},"subjects":[{"kind":"User","name":"eve","apiGroup":"rbac.authorization.k8s.io"}]}""");
        using HttpClient eve = cluster.Client("eve");
        using HttpResponseMessage response = await eve.GetAsync(Pods + "p/exec?command=ls", Timeout);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains(
            "\"message\":\"pods \\\"p\\\" is forbidden: ",
            await response.Content.ReadAsStringAsync(Timeout),
            StringComparison.Ordinal);
        WebSocketException refused = await Assert.ThrowsAsync<WebSocketException>(
            () => cluster.SocketAsync(Pods + "p/exec?command=ls", StreamNames.RemoteCommandV5, "eve"));
        Assert.Contains("403", refused.Message, StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> UpgradeAsync(string path, string protocol)
    {
        HttpRequestMessage request = new(HttpMethod.Post, path);
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "SPDY/3.1");
        request.Headers.Add("X-Stream-Protocol-Version", protocol);
        request.Content = new ByteArrayContent([]);
        return await cluster.Admin.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Timeout);
    }

    private async Task SendAsync(ClientWebSocket socket, byte[] message) =>
        await socket.SendAsync(message, WebSocketMessageType.Binary, true, Timeout);

    private async Task<JsonElement> StatusAsync(ClientWebSocket socket) =>
        JsonDocument.Parse((await ReceiveAllAsync(socket))[StreamChannels.Error]).RootElement;

    private async Task<Dictionary<byte, byte[]>> ReceiveAllAsync(ClientWebSocket socket)
    {
        Dictionary<byte, byte[]> received = [];
        byte[] buffer = new byte[40_000];
        while (true)
        {
            int length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(length), Timeout);
                length += part.Count;
            }
            while (!part.EndOfMessage);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return received;
            }

            received[buffer[0]] = [.. received.GetValueOrDefault(buffer[0], []), .. buffer.AsSpan(1, length - 1)];
        }
    }

    private async Task<string> ReadAllAsync(Stream stream)
    {
        using StreamReader reader = new(stream);
        return await reader.ReadToEndAsync(Timeout);
    }
}
