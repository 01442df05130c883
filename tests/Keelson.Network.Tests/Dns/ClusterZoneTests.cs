using System.Net;
using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
using Keelson.Network.Dns;
using static Keelson.Network.Tests.Objects;

namespace Keelson.Network.Tests.Dns;

public sealed class ClusterZoneTests
{
    private const string Denied = "+ cluster.local 30 SOA ns.dns.cluster.local";

    private static readonly SocketAddress Client = new IPEndPoint(IPAddress.Loopback, 5353).Serialize();

    private readonly TestInformers _informers = new();
    private readonly DnsResponder _responder;

    public ClusterZoneTests()
    {
        _informers.Put(new Namespace { Metadata = Meta("", "default") });
        _informers.Put(Service("web", "10.96.0.1"));
        _informers.Put(Service("set", "None"));
        _informers.Put(Slice(
            "set",
            Endpoint("10.1.0.2") with { Hostname = "set-0" },
            Endpoint("10.1.0.3"),
            Endpoint("10.1.0.4") with { Conditions = new() { Ready = false } }));
        _informers.Put(Alias("inside", "web.default.svc.cluster.local"));
        ClusterDnsConfig config = new()
        {
            Addresses = [], Upstreams = [new(IPAddress.Loopback, 9)],
        };
        _responder = new(
            new(_informers, "cluster.local", static () => IPAddress.Parse("10.96.0.10"), TimeProvider.System),
            new(config, new(), CancellationToken.None),
            new(),
            DnsSettings.Of(config));
    }

    [Theory]
    [InlineData("web.default.svc.cluster.local", DnsType.A, "NOERROR aa\nweb.default.svc.cluster.local 30 10.96.0.1")]
    [InlineData("WEB.Default.svc.cluster.LOCAL", DnsType.A, "NOERROR aa\nweb.default.svc.cluster.local 30 10.96.0.1")]
    [InlineData("web.default.svc.cluster.local", DnsType.Aaaa, "NOERROR aa\n" + Denied)]
    [InlineData("none.default.svc.cluster.local", DnsType.A, "NXDOMAIN aa\n" + Denied)]
    [InlineData("github.com.default.svc.cluster.local", DnsType.A, "NXDOMAIN aa\n" + Denied)]
    [InlineData("default.svc.cluster.local", DnsType.A, "NOERROR aa\n" + Denied)]
    [InlineData("other.svc.cluster.local", DnsType.A, "NXDOMAIN aa\n" + Denied)]
    [InlineData("cluster.local", DnsType.Soa, "NOERROR aa\ncluster.local 30 SOA ns.dns.cluster.local")]
    [InlineData("dns-version.cluster.local", DnsType.Txt, "NOERROR aa\ndns-version.cluster.local 28800 TXT 1.1.0")]
    [InlineData("set-0.set.default.svc.cluster.local", DnsType.A,
        "NOERROR aa\nset-0.set.default.svc.cluster.local 30 10.1.0.2")]
    [InlineData("10-1-0-3.set.default.svc.cluster.local", DnsType.A,
        "NOERROR aa\n10-1-0-3.set.default.svc.cluster.local 30 10.1.0.3")]
    [InlineData("10-1-0-4.set.default.svc.cluster.local", DnsType.A, "NXDOMAIN aa\n" + Denied)]
    [InlineData("10-1-0-9.default.pod.cluster.local", DnsType.A,
        "NOERROR aa\n10-1-0-9.default.pod.cluster.local 30 10.1.0.9")]
    [InlineData("10-1-0-9.other.pod.cluster.local", DnsType.A, "NXDOMAIN aa\n" + Denied)]
    [InlineData("1.0.96.10.in-addr.arpa", DnsType.Ptr,
        "NOERROR aa\n1.0.96.10.in-addr.arpa 30 PTR web.default.svc.cluster.local")]
    [InlineData("2.0.1.10.in-addr.arpa", DnsType.Ptr,
        "NOERROR aa\n2.0.1.10.in-addr.arpa 30 PTR set-0.set.default.svc.cluster.local")]
    [InlineData("_http._tcp.web.default.svc.cluster.local", DnsType.Srv,
        "NOERROR aa\n_http._tcp.web.default.svc.cluster.local 30 SRV 100 80 web.default.svc.cluster.local\n"
        + "+ web.default.svc.cluster.local 30 10.96.0.1")]
    [InlineData("_http._udp.web.default.svc.cluster.local", DnsType.Srv, "NXDOMAIN aa\n" + Denied)]
    [InlineData("_http._tcp.set.default.svc.cluster.local", DnsType.Srv,
        "NOERROR aa\n_http._tcp.set.default.svc.cluster.local 30 SRV 50 8080 set-0.set.default.svc.cluster.local\n"
        + "_http._tcp.set.default.svc.cluster.local 30 SRV 50 8080 10-1-0-3.set.default.svc.cluster.local\n"
        + "+ set-0.set.default.svc.cluster.local 30 10.1.0.2\n+ 10-1-0-3.set.default.svc.cluster.local 30 10.1.0.3")]
    [InlineData("inside.default.svc.cluster.local", DnsType.A,
        "NOERROR aa\ninside.default.svc.cluster.local 30 CNAME web.default.svc.cluster.local\n"
        + "web.default.svc.cluster.local 30 10.96.0.1")]
    public void Names_of_the_cluster_are_answered(string name, ushort type, string expected) =>
        Assert.Equal(expected, Ask(DnsMessages.Query(name, type)));

    /// <summary>What CoreDNS' own tests expect.</summary>
    [Theory]
    [InlineData("svc.cluster.local", DnsType.A, "NOERROR aa\n" + Denied)]
    [InlineData("pod.cluster.local", DnsType.A, "NOERROR aa\n" + Denied)]
    [InlineData("cluster.local", DnsType.A, "NOERROR aa\n" + Denied)]
    [InlineData("dns.cluster.local", DnsType.A, "NXDOMAIN aa\n" + Denied)]
    [InlineData("ns.dns.cluster.local", DnsType.A, "NOERROR aa\nns.dns.cluster.local 30 10.96.0.10")]
    [InlineData("foo.cluster.local", DnsType.Ns, "NXDOMAIN aa\n" + Denied)]
    [InlineData("web.default.svc.cluster.local", DnsType.Txt, "NOERROR aa\n" + Denied)]
    [InlineData("none.default.svc.cluster.local", DnsType.Txt, "NXDOMAIN aa\n" + Denied)]
    [InlineData("web.default.svc.cluster.local", DnsType.Mx, "NOERROR aa\n" + Denied)]
    [InlineData("cluster.local", DnsType.Axfr, "5")]
    [InlineData("http.tcp.web.default.svc.cluster.local", DnsType.A,
        "NOERROR aa\nhttp.tcp.web.default.svc.cluster.local 30 10.96.0.1")]
    [InlineData("_https._tcp.web.default.svc.cluster.local", DnsType.A, "NXDOMAIN aa\n" + Denied)]
    [InlineData("outside.default.svc.cluster.local", DnsType.Cname,
        "NOERROR aa\noutside.default.svc.cluster.local 30 CNAME example.com")]
    [InlineData("outside.default.svc.cluster.local", DnsType.Srv, "NOERROR aa\n" + Denied)]
    [InlineData("outside.default.svc.cluster.local", DnsType.Mx, "NOERROR aa\n" + Denied)]
    [InlineData("inside.default.svc.cluster.local", DnsType.Aaaa, "NOERROR aa\n" + Denied)]
    [InlineData("nowhere.default.svc.cluster.local", DnsType.A, "NOERROR aa\n" + Denied)]
    [InlineData("circle.default.svc.cluster.local", DnsType.A, "NOERROR aa\n" + Denied)]
    [InlineData("address.default.svc.cluster.local", DnsType.A, "NXDOMAIN aa\n" + Denied)]
    [InlineData("outer.default.svc.cluster.local", DnsType.A,
        "NOERROR aa\nouter.default.svc.cluster.local 30 CNAME inside.default.svc.cluster.local\n"
        + "inside.default.svc.cluster.local 30 CNAME web.default.svc.cluster.local\n"
        + "web.default.svc.cluster.local 30 10.96.0.1")]
    [InlineData("a.10-1-0-9.default.pod.cluster.local", DnsType.A,
        "NOERROR aa\na.10-1-0-9.default.pod.cluster.local 30 10.1.0.9")]
    [InlineData("10-1-0-09.default.pod.cluster.local", DnsType.A, "NXDOMAIN aa\n" + Denied)]
    [InlineData("fd00--9.default.pod.cluster.local", DnsType.Aaaa,
        "NOERROR aa\nfd00--9.default.pod.cluster.local 30 fd00::9")]
    public void Names_are_answered_as_CoreDNS_answers_them(string name, ushort type, string expected)
    {
        _informers.Put(Alias("outside", "example.com"));
        _informers.Put(Alias("outer", "inside.default.svc.cluster.local."));
        _informers.Put(Alias("nowhere", "gone.default.svc.cluster.local"));
        _informers.Put(Alias("circle", "circle.default.svc.cluster.local"));
        _informers.Put(Alias("address", "192.0.2.1"));
        Assert.Equal(expected, Ask(DnsMessages.Query(name, type)));
    }

    [Fact]
    public void The_name_server_is_the_service()
    {
        Service dns = Service("kube-dns", "10.96.0.10");
        _informers.Put(dns with { Metadata = Meta("kube-system", "kube-dns") });
        Assert.Equal(
            "NOERROR aa\ncluster.local 30 type 2\n+ kube-dns.kube-system.svc.cluster.local 30 10.96.0.10",
            Ask(DnsMessages.Query("cluster.local", DnsType.Ns)));
    }

    [Fact]
    public void An_answer_of_ones_own_promises_no_recursion_and_repeats_the_clients_size()
    {
        byte[] response = new byte[DnsLimits.UdpSize];
        byte[] query = DnsMessages.Query("web.default.svc.cluster.local", DnsType.A, ednsSize: 4000);
        query[3] = 0x10;
        int length = _responder.Answer(query, response, Client, isUdp: true, out _, out _);
        Assert.Equal((0x85, 0x10), (response[2], response[3]));
        Assert.Equal(4000, (response[length - 8] << 8) | response[length - 7]);
    }

    [Fact]
    public void A_cookie_is_given_back_and_other_options_are_not()
    {
        byte[] response = new byte[DnsLimits.UdpSize];
        byte[] query = DnsMessages.Query("web.default.svc.cluster.local", DnsType.A, ednsSize: 1232);
        byte[] cookie = [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8];
        byte[] subnet = [0, 8, 0, 4, 0, 1, 0, 0];
        query[^1] = (byte)(cookie.Length + subnet.Length);
        int length = _responder.Answer([.. query, .. subnet, .. cookie], response, Client, isUdp: true, out _, out _);
        Assert.Equal((byte[])[0, 12, .. cookie], response[(length - 14)..length]);
        Assert.StartsWith("NOERROR", DnsMessages.Text(response.AsSpan(0, length)));
    }

    [Fact]
    public void Addresses_of_others_take_turns_behind_their_alias()
    {
        byte[] message = Convert.FromHexString(
            "000781800001000300000000" + "0161016200" + "00010001"
            + "c00c" + "0005" + "0001" + "0000001e" + "0004" + "0163c00e"
            + "c021" + "0001" + "0001" + "0000001e" + "0004" + "01010101"
            + "c021" + "0001" + "0001" + "0000001e" + "0004" + "02020202");
        HashSet<string> seen = [];
        for (int i = 0; i < 4; i++)
        {
            DnsMessage.Rotate(message);
            seen.Add(DnsMessages.Text(message));
        }

        Assert.Equal(2, seen.Count);
        Assert.All(seen, static one => Assert.StartsWith("NOERROR\na.b 30 CNAME c.b\nc.b 30 ", one));
    }

    [Fact]
    public void What_is_not_ready_has_no_name_for_its_address() => Assert.Equal(
        -2, Reverse("4.0.1.10.in-addr.arpa", DnsType.Ptr) + Reverse("1.0.96.10.in-addr.arpa", DnsType.A));

    private int Reverse(string name, ushort type) =>
        _responder.Answer(DnsMessages.Query(name, type), new byte[512], Client, isUdp: true, out _, out _);

    [Theory]
    [InlineData("dual", DnsType.A, "NOERROR aa\ndual.default.svc.cluster.local 30 10.96.0.7")]
    [InlineData("dual", DnsType.Aaaa, "NOERROR aa\ndual.default.svc.cluster.local 30 fd00:96::7")]
    [InlineData("six", DnsType.Aaaa, "NOERROR aa\nsix.default.svc.cluster.local 30 fd00:1::2")]
    [InlineData("six", DnsType.A, "NOERROR aa\n" + Denied)]
    [InlineData("six-0.six", DnsType.Aaaa, "NOERROR aa\nsix-0.six.default.svc.cluster.local 30 fd00:1::2")]
    public void Services_of_both_families_have_addresses_of_both(string name, ushort type, string expected)
    {
        Service dual = Service("dual", "10.96.0.7");
        _informers.Put(dual with { Spec = dual.Spec with { ClusterIPs = new[] { "10.96.0.7", "fd00:96::7" } } });
        _informers.Put(Service("six", "None"));
        _informers.Put(Slice("six", Endpoint("fd00:1::2") with { Hostname = "six-0" }) with { AddressType = "IPv6" });
        Assert.Equal(expected, Ask(DnsMessages.Query(name + ".default.svc.cluster.local", type)));
        Assert.Equal(
            "NOERROR aa\n" + Ptr("fd00:96::7") + " 30 PTR dual.default.svc.cluster.local",
            Ask(DnsMessages.Query(Ptr("fd00:96::7"), DnsType.Ptr)));
    }

    private static string Ptr(string address) => string.Join(
        '.', Convert.ToHexStringLower(IPAddress.Parse(address).GetAddressBytes()).Reverse()) + ".ip6.arpa";

    [Fact]
    public void Names_of_others_are_asked_of_others()
    {
        byte[] response = new byte[512];
        foreach (string name in (string[])["example.com", "notcluster.local", "9.9.9.9.in-addr.arpa", ""])
        {
            byte[] query = DnsMessages.Query(name, DnsType.A);
            Assert.Equal(-1, _responder.Answer(query, response, Client, isUdp: true, out _, out _));
        }
    }

    [Fact]
    public void All_addresses_come_and_each_has_its_turn_to_be_first()
    {
        HashSet<string> firsts = [];
        for (int i = 0; i < 4; i++)
        {
            string[] lines = Ask(DnsMessages.Query("set.default.svc.cluster.local", DnsType.A)).Split('\n');
            Assert.Equal(3, lines.Length);
            firsts.Add(lines[1]);
        }

        Assert.Equal(2, firsts.Count);
    }

    [Fact]
    public void What_does_not_fit_is_left_out_and_the_answer_says_so()
    {
        Endpoint[] many = [.. Enumerable.Range(1, 200).Select(static i => Endpoint($"10.1.1.{i}"))];
        _informers.Put(Service("many", "None"));
        _informers.Put(Slice("many", many));
        const string name = "many.default.svc.cluster.local";
        byte[] response = new byte[DnsLimits.TcpSize];
        int plain = _responder.Answer(DnsMessages.Query(name, DnsType.A), response, Client, isUdp: true, out _, out _);
        Assert.InRange(plain, 400, 512);
        Assert.StartsWith("NOERROR aa tc\n", DnsMessages.Text(response.AsSpan(0, plain)));
        byte[] edns = DnsMessages.Query(name, DnsType.A, ednsSize: 4096);
        int large = _responder.Answer(edns, response, Client, isUdp: true, out _, out _);
        Assert.InRange(large, 3000, 3500);
        int small = _responder.Answer(
            DnsMessages.Query(name, DnsType.A, ednsSize: 1232), response, Client, isUdp: true, out _, out _);
        Assert.InRange(small, 1100, 1232);
        int tcp = _responder.Answer(edns, response, Client, isUdp: false, out _, out _);
        Assert.Equal(201, DnsMessages.Text(response.AsSpan(0, tcp)).Split('\n').Length);
    }

    [Fact]
    public void Broken_messages_never_break_the_server()
    {
        Random random = new(4711);
        byte[][] seeds =
        [
            DnsMessages.Query("web.default.svc.cluster.local", DnsType.A, ednsSize: 1232),
            DnsMessages.Query("_http._tcp.set.default.svc.cluster.local", DnsType.Srv),
            DnsMessages.Query("a.b.c.d.ip6.arpa", DnsType.Ptr),
        ];
        byte[] response = new byte[DnsLimits.UdpSize];
        for (int i = 0; i < 200_000; i++)
        {
            byte[] message = [.. seeds[i % seeds.Length]];
            for (int flips = random.Next(1, 8); flips > 0; flips--)
            {
                message[random.Next(message.Length)] = (byte)random.Next(256);
            }

            ReadOnlySpan<byte> cut = message.AsSpan(0, random.Next(4) == 0 ? random.Next(message.Length)
                : message.Length);
            int length = _responder.Answer(cut, response, Client, isUdp: true, out _, out _);
            Assert.InRange(length, -1, DnsLimits.UdpSize);
            _ = DnsMessage.Read(cut);
        }
    }

    private static Service Alias(string name, string target)
    {
        Service service = Service(name, "");
        return service with { Spec =
            service.Spec with { Type = "ExternalName", ExternalName = target, ClusterIPs = default } };
    }

    private string Ask(byte[] query)
    {
        byte[] response = new byte[DnsLimits.UdpSize];
        int length = _responder.Answer(query, response, Client, isUdp: true, out _, out _);
        Assert.True(length > 0);
        return DnsMessages.Text(response.AsSpan(0, length));
    }
}
