using System.Net;
using System.Net.Sockets;
using System.Text;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Probes;
using static Keelson.Nodes.Tests.Pods.PodFixture;

namespace Keelson.Nodes.Tests.Probes;

/// <summary>What comes of requests to containers.</summary>
public sealed class HttpProbeTests
{
    [Fact]
    public async Task Redirects_that_do_not_end_are_a_failure()
    {
        using Server server = new("HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n");
        ProbeAnswer answer = await Probe(server);
        Assert.Equal(ProbeVerdict.Failure, answer.Verdict);
        Assert.EndsWith(": stopped after 10 redirects", answer.Output, StringComparison.Ordinal);
        Assert.Equal(10, server.Requests);
        Assert.Contains("Connection: close", server.Last, StringComparison.Ordinal);
        Assert.Contains("User-Agent: kube-probe/1.36", server.Last, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_no_answer()
    {
        using Server server = new("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        ProbeAnswer answer = await Probe(server);
        Assert.Equal(
            (ProbeVerdict.Unknown, "failure", "unexpected EOF"), (answer.Verdict, answer.State, answer.Output));
    }

    [Fact]
    public void Ports_that_there_are_not_are_told_of_in_upstreams_words()
    {
        static string Error(IntOrString port) =>
            Assert.Throws<FormatException>(() => ProbePorts.Resolve(port, Container("a"))).Message;
        Assert.Equal("strconv.Atoi: parsing \"web\": invalid syntax", Error("web"));
        Assert.Equal("invalid port number: 70000", Error("70000"));
        Assert.Equal(80, ProbePorts.Resolve("80", Container("a")));
    }

    [Fact]
    public async Task There_are_no_hooks_that_connect()
    {
        LifecycleHooks hooks = new(runtime: null!, events: null!, TimeProvider.System);
        LifecycleHandler handler = new() { TcpSocket = new TCPSocketAction { Port = 80, Host = "h" } };
        ContainerSpec container = new(Container("a"), ContainerRole.Regular);
        string? error = await hooks.RunAsync(
            new(handler, Pod("Always", container.Container), container, "id", "127.0.0.1"),
            TestContext.Current.CancellationToken);
        Assert.Equal(
            "Cannot run handler: invalid handler: &LifecycleHandler{Exec:nil,HTTPGet:nil,"
            + "TCPSocket:&TCPSocketAction{Port:{0 80 },Host:h,},Sleep:nil,}",
            error);
    }

    private static Task<ProbeAnswer> Probe(Server server) => HttpProbe.RunAsync(
        new HTTPGetAction { Path = "/", Port = server.Port },
        "127.0.0.1",
        server.Port,
        TimeSpan.FromSeconds(10),
        TestContext.Current.CancellationToken);

    /// <summary>Gives every request the same answer and hangs up.</summary>
    private sealed class Server : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public Server(string answer)
        {
            _listener.Start();
            _ = Task.Run(async () =>
            {
                try
                {
                    while (true)
                    {
                        using TcpClient client = await _listener.AcceptTcpClientAsync();
                        byte[] buffer = new byte[4096];
                        int length = await client.GetStream().ReadAsync(buffer);
                        Last = Encoding.ASCII.GetString(buffer, 0, length);
                        Requests++;
                        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));
                    }
                }
                catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
                {
                    // Stopped.
                }
            });
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public int Requests { get; private set; }

        public string Last { get; private set; } = "";

        public void Dispose() => _listener.Dispose();
    }
}
