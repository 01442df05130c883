using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
using Keelson.Network.Nft;
using Keelson.Network.Proxy;
using static Keelson.Network.Tests.Objects;

namespace Keelson.Network.Tests.Proxy;

/// <summary>The proxy on a node of its own: real packets through real nftables.</summary>
public sealed class ServiceProxyTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Packets_reach_endpoints_by_cluster_ip_node_port_and_from_themselves()
    {
        Assert.SkipWhen(NetworkSandbox.Missing.Length > 0, NetworkSandbox.Missing);
        await using NetworkSandbox sandbox = await NetworkSandbox.CreateAsync();
        string first = await sandbox.AddPodAsync("10.1.0.2");
        string second = await sandbox.AddPodAsync("10.1.0.3");
        string outside = await sandbox.AddNeighbourAsync();
        sandbox.Serve(first, 8080, "first");
        sandbox.Serve(second, 8080, "second");
        TestInformers informers = new();
        informers.Put(Node());
        informers.Put(NodePort(Service("web", "10.96.0.1"), 30080));
        informers.Put(Slice("web", Endpoint("10.1.0.2")));
        informers.Put(Service("empty", "10.96.0.2"));
        await using ServiceProxy proxy = ServiceProxy.Start(informers, Config(sandbox));
        await proxy.Ready.WaitAsync(Patience);

        Assert.Equal("first 10.1.0.3", await sandbox.AskAsync(second, "10.96.0.1", 80));
        Assert.StartsWith("first ", await sandbox.AskAsync(sandbox.Node, "10.96.0.1", 80));
        Assert.Equal("first 10.1.0.1", await sandbox.AskAsync(outside, "192.0.2.1", 30080));
        Assert.Equal("first 10.1.0.1", await sandbox.AskAsync(first, "10.96.0.1", 80));
        Assert.Equal("refused", await sandbox.AskAsync(second, "10.96.0.2", 80));
        Assert.Equal("refused", await sandbox.AskAsync(second, "10.96.0.1", 81));

        informers.Put(Slice("web", Endpoint("10.1.0.3")));
        await UntilAsync(async () => await sandbox.AskAsync(outside, "192.0.2.1", 30080) == "second 10.1.0.1");

        informers.Delete<Service>("default", "web");
        await UntilAsync(async () => await sandbox.AskAsync(sandbox.Node, "192.0.2.1", 30080) == "refused");
    }

    [Fact]
    public async Task Clients_stay_with_their_endpoint_and_packets_are_spread_over_all_others()
    {
        Assert.SkipWhen(NetworkSandbox.Missing.Length > 0, NetworkSandbox.Missing);
        await using NetworkSandbox sandbox = await NetworkSandbox.CreateAsync();
        string client = await sandbox.AddPodAsync("10.1.0.9");
        Endpoint[] endpoints = new Endpoint[3];
        for (int i = 0; i < endpoints.Length; i++)
        {
            sandbox.Serve(await sandbox.AddPodAsync($"10.1.0.{i + 2}"), 8080, $"pod{i}");
            endpoints[i] = Endpoint($"10.1.0.{i + 2}");
        }

        TestInformers informers = new();
        informers.Put(Node());
        informers.Put(Service("web", "10.96.0.1"));
        informers.Put(Slice("web", [.. endpoints]));
        Service sticky = Service("sticky", "10.96.0.2");
        informers.Put(sticky with { Spec = sticky.Spec with { SessionAffinity = "ClientIP" } });
        informers.Put(Slice("sticky", [.. endpoints]));
        await using ServiceProxy proxy = ServiceProxy.Start(informers, Config(sandbox));
        await proxy.Ready.WaitAsync(Patience);

        HashSet<string> spread = [];
        HashSet<string> kept = [];
        for (int i = 0; i < 40; i++)
        {
            spread.Add(await sandbox.AskAsync(client, "10.96.0.1", 80));
            kept.Add(await sandbox.AskAsync(client, "10.96.0.2", 80));
        }

        Assert.Equal(["pod0 10.1.0.9", "pod1 10.1.0.9", "pod2 10.1.0.9"], spread.Order());
        Assert.StartsWith("pod", Assert.Single(kept));
    }

    [Fact]
    public async Task Local_traffic_keeps_its_source_and_source_ranges_keep_others_out()
    {
        Assert.SkipWhen(NetworkSandbox.Missing.Length > 0, NetworkSandbox.Missing);
        await using NetworkSandbox sandbox = await NetworkSandbox.CreateAsync();
        string pod = await sandbox.AddPodAsync("10.1.0.2");
        string outside = await sandbox.AddNeighbourAsync();
        sandbox.Serve(pod, 8080, "pod");
        TestInformers informers = new();
        informers.Put(Node());
        informers.Put(Balancer("open", "10.96.0.1", "198.51.100.1", []));
        informers.Put(Slice("open", Endpoint("10.1.0.2"), Endpoint("10.1.0.77", "node-b")));
        informers.Put(Balancer("closed", "10.96.0.2", "198.51.100.2", ["203.0.113.0/24"]));
        informers.Put(Slice("closed", Endpoint("10.1.0.2")));
        await using ServiceProxy proxy = ServiceProxy.Start(informers, Config(sandbox));
        await proxy.Ready.WaitAsync(Patience);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal("pod 192.0.2.2", await sandbox.AskAsync(outside, "198.51.100.1", 80));
        }

        Assert.Equal("silent", await sandbox.AskAsync(outside, "198.51.100.2", 80));
    }

    [Fact]
    public async Task What_others_did_to_the_tables_is_undone_and_what_an_older_run_left_is_gone()
    {
        Assert.SkipWhen(NetworkSandbox.Missing.Length > 0, NetworkSandbox.Missing);
        await using NetworkSandbox sandbox = await NetworkSandbox.CreateAsync();
        string pod = await sandbox.AddPodAsync("10.1.0.2");
        sandbox.Serve(pod, 8080, "pod");
        await sandbox.ShellAsync(
            sandbox.Node,
            "nft add table ip keelson-proxy; nft add chain ip keelson-proxy left-over; nft add table ip other");
        TestInformers informers = new();
        informers.Put(Node());
        informers.Put(Service("web", "10.96.0.1"));
        informers.Put(Slice("web", Endpoint("10.1.0.2")));
        ServiceProxyConfig config = Config(sandbox) with { Resync = TimeSpan.FromMilliseconds(100) };
        List<string> log = [];
        await using (ServiceProxy proxy = ServiceProxy.Start(informers, config with { Log = log.Add }))
        {
            await proxy.Ready.WaitAsync(Patience);
            Assert.DoesNotContain("left-over", await sandbox.ShellAsync(sandbox.Node, "nft list ruleset"));
            await Task.Delay(300);
            Assert.Empty(log);
            await sandbox.ShellAsync(sandbox.Node, "nft flush map ip keelson-proxy tcp-endpoints");
            await UntilAsync(async () => await sandbox.AskAsync(sandbox.Node, "10.96.0.1", 80) != "refused");
            await sandbox.ShellAsync(sandbox.Node, "nft delete table ip keelson-proxy");
            await UntilAsync(async () =>
                (await sandbox.AskAsync(sandbox.Node, "10.96.0.1", 80)).StartsWith("pod", StringComparison.Ordinal));
        }

        await ServiceProxy.CleanUpAsync(config, CancellationToken.None);
        Assert.Equal("table ip other {\n}\n", await sandbox.ShellAsync(sandbox.Node, "nft list ruleset"));
    }

    [Fact]
    public async Task Among_ten_thousand_services_one_changed_endpoint_and_first_packets_are_quick()
    {
        Assert.SkipWhen(NetworkSandbox.Missing.Length > 0, NetworkSandbox.Missing);
        await using NetworkSandbox sandbox = await NetworkSandbox.CreateAsync();
        string pod = await sandbox.AddPodAsync("10.1.0.2");
        sandbox.Serve(pod, 8080, "pod");
        TestInformers informers = new();
        informers.Put(Node());
        PutServices(informers, 0, 10);
        await using ServiceProxy proxy = ServiceProxy.Start(informers, Config(sandbox));
        await proxy.Ready.WaitAsync(TimeSpan.FromSeconds(60));
        double few = await QuickestConnectionAsync(sandbox.Node, "10.96.0.9");
        PutServices(informers, 10, 10_000);
        await UntilAsync(async () =>
            (await sandbox.AskAsync(sandbox.Node, "10.96.39.15", 80)).StartsWith("pod", StringComparison.Ordinal));
        double many = await QuickestConnectionAsync(sandbox.Node, "10.96.0.9");
        List<double> times = [];
        for (int i = 0; i < 9; i++)
        {
            long syncs = proxy.Syncs;
            long started = Stopwatch.GetTimestamp();
            informers.Put(Slice($"web{i}", Endpoint("10.1.0.2")));
            while (proxy.Syncs == syncs && Stopwatch.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(1);
            }

            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        Assert.StartsWith("pod", await sandbox.AskAsync(sandbox.Node, "10.96.0.8", 80));
        times.Sort();
        TestContext.Current.SendDiagnosticMessage(
            $"one changed endpoint: {string.Join(' ', times.Select(static one => $"{one:F1}"))} ms; "
            + $"a connection: {few:F3} ms among 10 services, {many:F3} ms among 10,000");
        Assert.True(many < (2 * few) + 0.05, $"a connection takes {few} ms among 10 services, {many} ms among 10,000");

        // The goal is 30 ms; a machine that is busy with other tests is given more.
        Assert.True(times[times.Count / 2] < 100, $"{times[times.Count / 2]} ms");
    }

    /// <summary>Services whose last one leads to 10.1.0.2, as does web9.</summary>
    private static void PutServices(TestInformers informers, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            informers.Put(Service($"web{i}", $"10.96.{i / 256}.{i % 256}"));
            informers.Put(i == 9 || i == to - 1
                ? Slice($"web{i}", Endpoint("10.1.0.2"))
                : Slice($"web{i}", Endpoint("10.1.0.5"), Endpoint("10.1.0.6"), Endpoint("10.1.0.7")));
        }
    }

    /// <summary>The milliseconds of the quickest of many connections: what the rules cost, not what else goes on.
    /// </summary>
    private static async Task<double> QuickestConnectionAsync(string where, string address)
    {
        double quickest = double.MaxValue;
        for (int i = 0; i < 200; i++)
        {
            using Socket socket = NetworkSandbox.In(where, static () => new Socket(
                AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            long started = Stopwatch.GetTimestamp();
            await socket.ConnectAsync(IPAddress.Parse(address), 80);
            quickest = Math.Min(quickest, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return quickest;
    }

    [Fact]
    public async Task Datagrams_follow_the_endpoints_although_their_flow_is_tracked()
    {
        Assert.SkipWhen(NetworkSandbox.Missing.Length > 0, NetworkSandbox.Missing);
        Assert.SkipUnless(NodePrograms.IsThere("conntrack"), "needs conntrack");
        await using NetworkSandbox sandbox = await NetworkSandbox.CreateAsync();
        string client = await sandbox.AddPodAsync("10.1.0.9");
        sandbox.ServeDatagrams(await sandbox.AddPodAsync("10.1.0.2"), 8080, "first");
        sandbox.ServeDatagrams(await sandbox.AddPodAsync("10.1.0.3"), 8080, "second");
        TestInformers informers = new();
        informers.Put(Node());
        informers.Put(Service("echo", "10.96.0.1", 53, "UDP"));
        informers.Put(Datagrams(Slice("echo", Endpoint("10.1.0.2"))));
        await using ServiceProxy proxy = ServiceProxy.Start(informers, Config(sandbox));
        await proxy.Ready.WaitAsync(Patience);
        using Socket socket = NetworkSandbox.In(client, static () => new Socket(
            AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse("10.96.0.1"), 53));
        Assert.Equal("first", await ExchangeAsync(socket));
        informers.Put(Datagrams(Slice("echo", Endpoint("10.1.0.3"))));
        await UntilAsync(async () => await ExchangeAsync(socket) == "second");
    }

    [Fact]
    public async Task Both_families_are_served()
    {
        Assert.SkipWhen(NetworkSandbox.Missing.Length > 0, NetworkSandbox.Missing);
        await using NetworkSandbox sandbox = await NetworkSandbox.CreateAsync();
        await sandbox.IpAsync(sandbox.Node, "addr add fd00:1::1/64 dev br0 nodad");
        await sandbox.IpAsync(sandbox.Node, "-6 route add default via fd00:1::ff");
        sandbox.Serve(sandbox.Node, 8080, "six", AddressFamily.InterNetworkV6);
        TestInformers informers = new();
        informers.Put(Node());
        Service six = Service("six", "fd00:96::1");
        informers.Put(NodePort(six, 30080));
        informers.Put(Slice("six", Endpoint("fd00:1::1")) with { AddressType = "IPv6" });
        ServiceProxyConfig config = Config(sandbox) with { NodePortAddresses = ["0.0.0.0/0", "::/0"] };
        await using ServiceProxy proxy = ServiceProxy.Start(informers, config);
        await proxy.Ready.WaitAsync(Patience);
        Assert.StartsWith("six ", await sandbox.AskAsync(sandbox.Node, "fd00:96::1", 80));
        Assert.StartsWith("six ", await sandbox.AskAsync(sandbox.Node, "fd00:1::1", 30080));
    }

    private static EndpointSlice Datagrams(EndpointSlice slice) => slice with
    {
        Ports = slice.Ports.Map(static one => one with { Protocol = "UDP" }),
    };

    private static async Task<string> ExchangeAsync(Socket socket)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(1));
        try
        {
            await socket.SendAsync("?"u8.ToArray(), patience.Token);
            byte[] answer = new byte[64];
            int length = await socket.ReceiveAsync(answer, patience.Token);
            return Encoding.ASCII.GetString(answer, 0, length);
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            return "";
        }
    }

    internal static ServiceProxyConfig Config(NetworkSandbox sandbox) => new()
    {
        NodeName = ThisNode,
        ClusterRanges = ["10.1.0.0/16"],
        HealthAddress = null,
        NetworkNamespace = sandbox.Node,
        Log = static text => TestContext.Current.SendDiagnosticMessage(text),
    };

    private static Service NodePort(Service service, int port) => service with
    {
        Spec = service.Spec with { Type = "NodePort",
            Ports = service.Spec.Ports.Map(one => one with { NodePort = port }) },
    };

    private static Service Balancer(string name, string address, string balancer, string[] ranges)
    {
        Service service = Service(name, address);
        return service with
        {
            Spec = service.Spec with
            {
                Type = "LoadBalancer", ExternalTrafficPolicy = "Local", LoadBalancerSourceRanges = ranges,
            },
            Status = new() { LoadBalancer = new() { Ingress = new[] { new LoadBalancerIngress { Ip = balancer } } } },
        };
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "it did not come to be");
            await Task.Delay(20);
        }
    }
}
