using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Keelson.Api.Core.V1;
using Keelson.Network.Dns;
using static Keelson.Network.Tests.Objects;

namespace Keelson.Network.Tests.Dns;

/// <summary>The server over sockets, with another server behind it.</summary>
public sealed class ClusterDnsTests : IAsyncDisposable
{
    private static readonly IPEndPoint Anywhere = new(IPAddress.Loopback, 0);
    private readonly TestInformers _informers = new();
    private readonly ClusterDns _upstream;
    private readonly ClusterDns _server;

    public ClusterDnsTests()
    {
        TestInformers others = new();
        others.Put(new Namespace { Metadata = Meta("", "example") });
        Service www = Service("www", "203.0.113.7");
        others.Put(www with { Metadata = Meta("example", "www") });
        _upstream = ClusterDns.Start(others,
            new() { Addresses = [Anywhere], Domain = "com", TtlSeconds = 20, Upstreams = [] });
        _informers.Put(new Namespace { Metadata = Meta("", "default") });
        _informers.Put(Service("web", "10.96.0.1"));
        Service alias = Service("alias", "");
        _informers.Put(alias with
        {
            Spec = alias.Spec with { Type = "ExternalName", ExternalName = "www.example.svc.com",
                ClusterIPs = default },
        });
        IPEndPoint silent = new(IPAddress.Loopback, 9);
        _server = ClusterDns.Start(_informers, new()
        {
            Addresses = [Anywhere],
            Upstreams = [silent],
            StubDomains = new Dictionary<string, IReadOnlyList<IPEndPoint>> { ["com"] = _upstream.Endpoints },
            UpstreamTimeout = TimeSpan.FromMilliseconds(300),
        });
    }

    [Fact]
    public async Task Answers_come_over_udp_and_tcp()
    {
        byte[] query = DnsMessages.Query("web.default.svc.cluster.local", DnsType.A, ednsSize: 1232);
        const string expected = "NOERROR aa\nweb.default.svc.cluster.local 30 10.96.0.1";
        Assert.Equal(expected, DnsMessages.Text(await AskAsync(query)));
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_server.Endpoints[0]);
        await using NetworkStream stream = new(socket);
        for (int i = 0; i < 2; i++)
        {
            await stream.WriteAsync((byte[])[0, (byte)query.Length, .. query]);
            byte[] head = new byte[2];
            await stream.ReadExactlyAsync(head);
            byte[] answer = new byte[(head[0] << 8) | head[1]];
            await stream.ReadExactlyAsync(answer);
            Assert.Equal(expected, DnsMessages.Text(answer));
        }
    }

    [Fact]
    public async Task Names_of_others_are_forwarded_and_kept()
    {
        byte[] query = DnsMessages.Query("www.example.svc.com", DnsType.A, id: 99);
        byte[] answer = await AskAsync(query);
        Assert.Equal("NOERROR aa\nwww.example.svc.com 20 203.0.113.7", DnsMessages.Text(answer));
        Assert.Equal(99, answer[1]);
        await _upstream.DisposeAsync();
        byte[] kept = await AskAsync(DnsMessages.Query("WWW.example.svc.com", DnsType.A, id: 100));
        Assert.Equal(100, kept[1]);
        Assert.EndsWith("203.0.113.7", DnsMessages.Text(kept));
        Assert.Equal((byte)'W', kept[13]);
    }

    [Fact]
    public async Task An_external_name_brings_the_addresses_of_its_target() =>
        Assert.Equal(
            "NOERROR aa\nalias.default.svc.cluster.local 30 CNAME www.example.svc.com\n"
            + "www.example.svc.com 20 203.0.113.7",
            DnsMessages.Text(await AskAsync(DnsMessages.Query("alias.default.svc.cluster.local", DnsType.A))));

    [Fact]
    public async Task Kept_answers_say_how_long_they_are_kept()
    {
        ClusterDns server = ClusterDns.Start(_informers, new()
        {
            Addresses = [Anywhere], Upstreams = _upstream.Endpoints, MostCacheSeconds = 9,
        });
        byte[] query = DnsMessages.Query("www.example.svc.com", DnsType.A);
        Assert.Equal("NOERROR aa\nwww.example.svc.com 9 203.0.113.7",
            DnsMessages.Text(await AskAsync(query, server)));
        byte[] denial = DnsMessages.Query("none.example.svc.com", DnsType.A);
        Assert.Equal("NXDOMAIN aa\n+ com 9 SOA ns.dns.com", DnsMessages.Text(await AskAsync(denial, server)));
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_Corefile_in_the_cluster_is_followed_until_it_is_gone()
    {
        ConfigMap map = new()
        {
            Metadata = Meta("kube-system", "coredns"),
            Data = Machinery.Values.ApiMap<string>.From([KeyValuePair.Create("Corefile", $$"""
                . {
                    rewrite name short.example.com web.default.svc.cluster.local
                    rewrite name other.example.com www.example.svc.com
                    hosts {
                        192.0.2.9 printer.example.com
                        ttl 60
                        fallthrough
                    }
                    kubernetes cluster.local {
                        ttl 10
                    }
                }
                com {
                    forward . {{_upstream.Endpoints[0]}}
                }
                """)]),
        };
        byte[] web = DnsMessages.Query("web.default.svc.cluster.local", DnsType.A);
        Assert.Equal("NOERROR aa\nweb.default.svc.cluster.local 30 10.96.0.1", DnsMessages.Text(await AskAsync(web)));
        _informers.Put(map);
        Assert.Equal("NOERROR aa\nweb.default.svc.cluster.local 10 10.96.0.1", DnsMessages.Text(await AskAsync(web)));
        Assert.Equal("NXDOMAIN aa\n+ cluster.local 10 SOA ns.dns.cluster.local", DnsMessages.Text(
            await AskAsync(DnsMessages.Query("10-1-0-9.default.pod.cluster.local", DnsType.A))));
        Assert.Equal("NOERROR aa\nwww.example.svc.com 20 203.0.113.7", DnsMessages.Text(
            await AskAsync(DnsMessages.Query("www.example.svc.com", DnsType.A))));
        Assert.StartsWith("SERVFAIL", DnsMessages.Text(await AskAsync(DnsMessages.Query("a.org", DnsType.A))));
        _informers.Put(map with
        {
            Data = Machinery.Values.ApiMap<string>.From([KeyValuePair.Create("Corefile",
                map.Data["Corefile"].Replace("com {", "net {", StringComparison.Ordinal))]),
        });
        Assert.Equal("NOERROR aa\nprinter.example.com 60 192.0.2.9", DnsMessages.Text(
            await AskAsync(DnsMessages.Query("printer.example.com", DnsType.A))));
        Assert.Equal("NOERROR aa\nshort.example.com 10 10.96.0.1", DnsMessages.Text(
            await AskAsync(DnsMessages.Query("short.example.com", DnsType.A))));
        _informers.Delete<ConfigMap>("kube-system", "coredns");
        Assert.Equal("NOERROR aa\nweb.default.svc.cluster.local 30 10.96.0.1", DnsMessages.Text(await AskAsync(web)));
    }

    [Fact]
    public async Task What_is_answered_is_measured()
    {
        using Socket free = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        free.Bind(Anywhere);
        IPEndPoint pages = (IPEndPoint)free.LocalEndPoint!;
        free.Close();
        await using ClusterDns server = ClusterDns.Start(_informers, new()
        {
            Addresses = [Anywhere], Upstreams = _upstream.Endpoints, PageAddresses = [pages],
        });
        for (int i = 0; i < 3; i++)
        {
            await AskAsync(DnsMessages.Query("web.default.svc.cluster.local", DnsType.A), server);
            await AskAsync(DnsMessages.Query("www.example.svc.com", DnsType.A), server);
        }

        using HttpClient client = new();
        string text = await client.GetStringAsync($"http://{pages}/metrics", TestContext.Current.CancellationToken);
        const string where = "server=\"dns://:53\",view=\"\",zone=\".\"";
        Assert.Contains("coredns_dns_requests_total{family=\"1\",proto=\"udp\",server=\"dns://:53\",type=\"A\","
            + "view=\"\",zone=\".\"} 6\n", text);
        Assert.Contains($"coredns_dns_responses_total{{plugin=\"kubernetes\",rcode=\"NOERROR\",{where}}} 3\n", text);
        Assert.Contains($"coredns_dns_responses_total{{plugin=\"forward\",rcode=\"NOERROR\",{where}}} 1\n", text);
        Assert.Contains(
            "coredns_cache_hits_total{server=\"dns://:53\",type=\"success\",view=\"\",zones=\".\"} 2\n", text);
        Assert.Contains($"coredns_dns_request_duration_seconds_count{{{where}}} 6\n", text);
        Assert.Equal("OK", await client.GetStringAsync(
            $"http://{pages}/ready", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task When_nobody_answers_the_client_is_told() =>
        Assert.StartsWith("SERVFAIL",
            DnsMessages.Text(await AskAsync(DnsMessages.Query("www.example.org", DnsType.A))));

    [Fact]
    public async Task An_answer_is_repeated_until_something_changes()
    {
        byte[] query = DnsMessages.Query("web.default.svc.cluster.local", DnsType.A, id: 5);
        byte[] first = await AskAsync(query);
        query[1] = 6;
        byte[] second = await AskAsync(query);
        Assert.Equal(6, second[1]);
        Assert.Equal(first[2..], second[2..]);
        _informers.Put(Service("web", "10.96.0.44"));
        Assert.EndsWith(" 10.96.0.44", DnsMessages.Text(await AskAsync(query)));
        _informers.Delete<Service>("default", "web");
        Assert.StartsWith("NXDOMAIN", DnsMessages.Text(await AskAsync(query)));
        _informers.Put(Service("web", "10.96.0.1"));
        Assert.EndsWith(" 10.96.0.1", DnsMessages.Text(await AskAsync(query)));
    }

    [Fact]
    public void Thirty_thousand_questions_a_second_are_no_effort()
    {
        byte[] query = DnsMessages.Query("web.default.svc.cluster.local", DnsType.A);
        using Socket socket =
            new(SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 2000, ReceiveBufferSize = 1 << 20 };
        socket.Connect(_server.Endpoints[0]);
        const int count = 40_000;
        const int window = 16;
        byte[] answer = new byte[512];
        double[] times = new double[count];
        long[] sent = new long[count];

        // The client goes first as the server's threads do, so that the times are the server's on a busy machine too.
        ThreadPriorities.Raise();
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < count + window; i++)
        {
            if (i < count)
            {
                query[0] = (byte)(i >> 8);
                query[1] = (byte)i;
                sent[i] = Stopwatch.GetTimestamp();
                socket.Send(query);
            }

            if (i >= window)
            {
                socket.Receive(answer);
                times[i - window] = Stopwatch.GetElapsedTime(sent[i - window]).TotalMilliseconds;
            }
        }

        double rate = count / Stopwatch.GetElapsedTime(started).TotalSeconds;
        Array.Sort(times);
        TestContext.Current.SendDiagnosticMessage($"{rate:F0} answers/s, 99 % in {times[count * 99 / 100]:F2} ms");

        // The goal is 30,000 on two free cores; here client and server share them with others.
        Assert.True(rate > 8000, $"{rate:F0} answers/s");
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    private Task<byte[]> AskAsync(byte[] query) => AskAsync(query, _server);

    private static async Task<byte[]> AskAsync(byte[] query, ClusterDns server)
    {
        using Socket socket = new(SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server.Endpoints[0]);
        await socket.SendAsync(query);
        byte[] answer = new byte[4096];
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(5));
        int length = await socket.ReceiveAsync(answer, patience.Token);
        return answer[..length];
    }
}
