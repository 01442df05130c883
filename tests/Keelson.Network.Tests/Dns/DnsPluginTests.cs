using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Network.Dns;
using static Keelson.Network.Tests.Objects;

namespace Keelson.Network.Tests.Dns;

/// <summary>What plugins of CoreDNS answer when a Corefile in the cluster names them.</summary>
public sealed class DnsPluginTests : IAsyncDisposable
{
    private static readonly IPEndPoint Anywhere = new(IPAddress.Loopback, 0);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly TestInformers _informers = new();
    private readonly List<string> _log = [];
    private readonly ClusterDns _server;

    public DnsPluginTests()
    {
        _informers.Put(new Namespace { Metadata = Meta("", "default") });
        _informers.Put(new Namespace { Metadata = Meta("", "other") });
        _informers.Put(Service("web", "10.96.0.1"));
        Service there = Service("there", "10.96.0.2");
        _informers.Put(there with { Metadata = Meta("other", "there") });
        _server = ClusterDns.Start(_informers, new()
        {
            Addresses = [Anywhere],
            Upstreams = [],
            UpstreamTimeout = TimeSpan.FromSeconds(2),
            Log = text =>
            {
                lock (_log)
                {
                    _log.Add(text);
                }
            },
        });
    }

    [Fact]
    public async Task Templates_answer_from_the_question()
    {
        Take("""
            . {
                template IN A example {
                    match (^|[.])ip-(?P<a>[0-9]*)-(?P<b>[0-9]*)-(?P<c>[0-9]*)-(?P<d>[0-9]*)[.]example[.]$
                    answer "{{ .Name }} 60 IN A {{ .Group.a }}.{{ .Group.b }}.{{ .Group.c }}.{{ .Group.d }}"
                    additional "ns0.example. 60 IN A 203.0.113.8"
                    fallthrough
                }
                template IN A example {
                    match "^ip0a(?P<b>[a-f0-9]{2})(?P<c>[a-f0-9]{2})(?P<d>[a-f0-9]{2})[.]example[.]$"
                    answer "{{ .Name }} 60 IN A 10.{{ parseInt .Group.b 16 8 }}.{{ parseInt .Group.c 16 8 }}.{{
                        parseInt .Group.d 16 8 }}"
                    fallthrough
                }
                template IN TXT example {
                    answer "{{ .Name }} IN TXT \"{{ if eq .Type \"TXT\" -}}
                        {{ printf \"%s of %s\" (index .Match 0) .Zone }}{{ else }}?{{ end }}\""
                }
                template IN A example {
                    match ^bad[.]
                    answer "{{ .Name }} 60 IN A {{ .Group.none }}"
                    fallthrough
                }
                template ANY ANY invalid {
                    rcode NXDOMAIN
                    authority "invalid. 60 {{ .Class }} SOA ns.invalid. hostmaster.invalid. (1 60 60 60 60)"
                }
                template IN A alias.org {
                    answer "{{ .Name }} 30 IN CNAME web.default.svc.cluster.local."
                }
                kubernetes cluster.local
            }
            """);
        Assert.Equal(
            "NOERROR aa\nip-192-0-2-9.example 60 192.0.2.9\n+ ns0.example 60 203.0.113.8",
            await AskAsync("ip-192-0-2-9.example", DnsType.A));
        Assert.Equal("NOERROR aa\nip0a7b7c7d.example 60 10.123.124.125",
            await AskAsync("ip0a7b7c7d.example", DnsType.A));
        Assert.Equal("NOERROR aa\nx.example 3600 TXT x.example. of example.", await AskAsync("x.example", DnsType.Txt));
        Assert.Equal("SERVFAIL", await AskAsync("bad.example", DnsType.A));
        Assert.Equal("NXDOMAIN aa\n+ invalid 60 SOA ns.invalid", await AskAsync("any.invalid", DnsType.Aaaa));
        Assert.Equal(
            "NOERROR aa\nwww.alias.org 30 CNAME web.default.svc.cluster.local\n"
            + "web.default.svc.cluster.local 5 10.96.0.1",
            await AskAsync("www.alias.org", DnsType.A));
        string metrics = await MetricsAsync();
        Assert.Contains("coredns_template_matches_total{class=\"IN\",server=\"dns://:53\",type=\"A\",view=\"\","
            + "zone=\"example.\"} 3\n", metrics, StringComparison.Ordinal);
        Assert.Contains("coredns_template_rr_failures_total{class=\"IN\",server=\"dns://:53\",section=\"answer\","
            + "template=\"{{ .Name }} 60 IN A {{ .Group.none }}\"", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Access_depends_on_who_asks_for_what()
    {
        Take("""
            . {
                acl other.svc.cluster.local {
                    block net 127.0.0.0/8
                }
                acl {
                    allow type A net 127.0.0.1 10.0.0.0/8
                    filter type AAAA
                    block type TXT net *
                }
                kubernetes cluster.local
            }
            """);
        Assert.StartsWith("NOERROR aa\nweb", await AskAsync("web.default.svc.cluster.local", DnsType.A));
        Assert.Equal("NOERROR", await AskAsync("web.default.svc.cluster.local", DnsType.Aaaa));
        Assert.Equal("5", await AskAsync("web.default.svc.cluster.local", DnsType.Txt));
        Assert.Equal("5", await AskAsync("there.other.svc.cluster.local", DnsType.A));
        string metrics = await MetricsAsync();
        Assert.Contains("coredns_acl_allowed_requests_total{server=\"dns://:53\",view=\"\"} 1\n", metrics);
        Assert.Contains("coredns_acl_filtered_requests_total{server=\"dns://:53\",view=\"\",zone=\".\"} 1\n", metrics);
        Assert.Contains("coredns_acl_blocked_requests_total{server=\"dns://:53\",view=\"\","
            + "zone=\"other.svc.cluster.local.\"} 1\n", metrics);
    }

    [Fact]
    public async Task The_search_of_a_pod_is_done_for_it()
    {
        Pod pod = new()
        {
            Metadata = Meta("default", "client"),
            Status = new()
            {
                Phase = "Running", PodIP = "127.0.0.1", PodIPs = new[] { new PodIP { Ip = "127.0.0.1" } },
            },
        };
        _informers.Put(pod);
        Take("""
            . {
                autopath @kubernetes
                kubernetes cluster.local {
                    pods verified
                }
            }
            """);
        Assert.Equal(
            "NOERROR aa\nthere.other.default.svc.cluster.local 5 CNAME there.other.svc.cluster.local\n"
            + "there.other.svc.cluster.local 5 10.96.0.2",
            await AskAsync("there.other.default.svc.cluster.local", DnsType.A));
        Assert.Equal("NOERROR aa\nweb.default.svc.cluster.local 5 10.96.0.1",
            await AskAsync("web.default.svc.cluster.local", DnsType.A));
        Assert.StartsWith("NXDOMAIN", await AskAsync("nobody.default.svc.cluster.local", DnsType.A));
        Assert.Contains("coredns_autopath_success_total{server=\"dns://:53\"} 2\n", await MetricsAsync());
    }

    [Fact]
    public async Task Zone_files_and_hosts_come_from_the_config_map()
    {
        Take("""
            . {
                hosts my.hosts home.org {
                    192.0.2.40 inline.home.org
                    fallthrough
                }
                file db.acme acme.org
                kubernetes cluster.local
                import custom/*.override
            }
            import custom/*.server
            """, ("my.hosts", "192.0.2.41 printer.home.org *.any.home.org # two\n"), ("db.acme", """
            $TTL 1h
            $ORIGIN acme.org.
            @   IN SOA ns1 admin ( 2024010101 ; serial
                                   7200 1800 86400 30 )
                IN NS  ns1
            ns1 IN A   192.0.2.1
            www 60 IN A 192.0.2.2
                IN AAAA 2001:db8::2
            ftp CNAME www
            far CNAME web.default.svc.cluster.local.
            *.wild IN TXT "any name" ; here
            sub NS ns.sub
            ns.sub A 192.0.2.3
            deep.er A 192.0.2.4
            @ MX 10 mail.acme.org.
            """));
        _informers.Put(new ConfigMap
        {
            Metadata = Meta("kube-system", "coredns-custom"),
            Data = ApiMap<string>.From([
                KeyValuePair.Create("more.server", "more.org {\n template IN A {\n rcode REFUSED\n }\n}"),
                KeyValuePair.Create("log.override", "log"),
            ]),
        });
        Assert.Equal("NOERROR aa\nprinter.home.org 3600 192.0.2.41", await AskAsync("printer.home.org", DnsType.A));
        Assert.Equal("NOERROR aa\nx.any.home.org 3600 192.0.2.41", await AskAsync("x.any.home.org", DnsType.A));
        Assert.Equal("NOERROR aa\ninline.home.org 3600 192.0.2.40", await AskAsync("inline.home.org", DnsType.A));
        Assert.Equal("NOERROR aa\n40.2.0.192.in-addr.arpa 3600 PTR inline.home.org",
            await AskAsync("40.2.0.192.in-addr.arpa", DnsType.Ptr));
        Assert.Equal("NOERROR aa\nwww.acme.org 60 192.0.2.2\n+ acme.org 3600 type 2",
            await AskAsync("www.acme.org", DnsType.A));
        Assert.Equal("NOERROR aa\nftp.acme.org 3600 CNAME www.acme.org\nwww.acme.org 60 192.0.2.2\n"
            + "+ acme.org 3600 type 2", await AskAsync("ftp.acme.org", DnsType.A));
        Assert.Equal("NOERROR aa\nfar.acme.org 3600 CNAME web.default.svc.cluster.local\n"
            + "web.default.svc.cluster.local 5 10.96.0.1\n+ acme.org 3600 type 2",
            await AskAsync("far.acme.org", DnsType.A));
        Assert.StartsWith("NOERROR aa\nsome.wild.acme.org 3600 TXT any name",
            await AskAsync("some.wild.acme.org", DnsType.Txt));
        Assert.Equal("NOERROR\n+ sub.acme.org 3600 type 2\n+ ns.sub.acme.org 3600 192.0.2.3",
            await AskAsync("a.sub.acme.org", DnsType.A));
        Assert.Equal("NOERROR aa\n+ acme.org 3600 SOA ns1.acme.org", await AskAsync("er.acme.org", DnsType.A));
        Assert.Equal("NXDOMAIN aa\n+ acme.org 3600 SOA ns1.acme.org", await AskAsync("none.acme.org", DnsType.A));
        Assert.StartsWith("NOERROR aa\nacme.org 3600 type 15", await AskAsync("acme.org", DnsType.Mx));
        Assert.Equal("5 aa", await AskAsync("x.more.org", DnsType.A));
        string metrics = await MetricsAsync();
        Assert.Contains("coredns_hosts_entries 3\n", metrics);
        Assert.Contains("coredns_plugin_enabled{name=\"file\",server=\"dns://:53\",view=\"\",zone=\".\"} 1\n", metrics);
        Take(". {\n fnord\n}");
        Assert.Equal("NOERROR aa\nprinter.home.org 3600 192.0.2.41", await AskAsync("printer.home.org", DnsType.A));
        Assert.Contains("coredns_reload_failed_total 1\n", await MetricsAsync());
    }

    [Fact]
    public async Task Rewrites_change_names_types_times_and_codes_there_and_back()
    {
        Take("""
            . {
                rewrite continue ttl regex (.*)\.short\.org 7
                rewrite continue type TXT A
                rewrite stop {
                    name regex (.*)\.short\.org {1}.default.svc.cluster.local
                    answer name (.*)\.default\.svc\.cluster\.local {1}.short.org
                }
                rewrite name suffix .long.org .default.svc.cluster.local answer auto
                rewrite rcode exact gone.cluster.local NXDOMAIN REFUSED
                rewrite edns0 local set 0xffee abcd
                kubernetes cluster.local
            }
            """);
        Assert.Equal("NOERROR aa\nweb.short.org 7 10.96.0.1", await AskAsync("web.short.org", DnsType.A));
        Assert.Equal("NOERROR aa\nweb.long.org 5 10.96.0.1", await AskAsync("web.long.org", DnsType.A));
        Assert.Equal("NOERROR aa\nweb.long.org 5 10.96.0.1", await AskAsync("web.long.org", DnsType.Txt));
        Assert.StartsWith("5 aa", await AskAsync("gone.cluster.local", DnsType.A));
        Assert.Contains("dns: Corefile: plugin rewrite: edns0 local set 0xffee abcd is not followed", Log());
    }

    [Fact]
    public async Task Other_servers_are_asked_over_tls_when_their_certificate_is_right()
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=dns.test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("dns.test");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 made = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using X509Certificate2 certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int connections = 0;
        _ = ServeTlsAsync(listener, certificate, () => Interlocked.Increment(ref connections));
        string corefile = $$"""
            . {
                forward . tls://{{listener.LocalEndpoint}} {
                    tls ca.crt
                    tls_servername dns.test
                }
            }
            """;
        Take(corefile, ("ca.crt", certificate.ExportCertificatePem()));
        Assert.StartsWith("NOERROR\n", await AskAsync("one.example.com", DnsType.A));
        Assert.StartsWith("NOERROR\n", await AskAsync("two.example.com", DnsType.A));
        Assert.Equal(1, connections);
        Assert.Contains($"to=\"tls://{listener.LocalEndpoint}\"", await MetricsAsync());

        Take(corefile.Replace("dns.test", "someone.else", StringComparison.Ordinal),
            ("ca.crt", certificate.ExportCertificatePem()));
        Assert.Equal("SERVFAIL", await AskAsync("three.example.com", DnsType.A));
    }

    [Fact]
    public async Task A_question_that_comes_back_is_not_passed_on_any_more()
    {
        Take($$"""
            . {
                loop
                forward . {{_server.Endpoints[0]}}
            }
            """);
        long started = Stopwatch.GetTimestamp();
        while (!Log().Contains("Loop detected for zone", StringComparison.Ordinal))
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "no loop was found");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Equal("SERVFAIL", await AskAsync("www.example.com", DnsType.A));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private void Take(string corefile, params (string Name, string Text)[] files) => _informers.Put(new ConfigMap
    {
        Metadata = Meta("kube-system", "coredns"),
        Data = ApiMap<string>.From(
            files.Append(("Corefile", corefile)).Select(static one => KeyValuePair.Create(one.Item1, one.Item2))),
    });

    private string Log()
    {
        lock (_log)
        {
            return string.Join('\n', _log);
        }
    }

    private Task<string> MetricsAsync() => Task.FromResult(_server.MetricsText);

    private async Task<string> AskAsync(string name, ushort type)
    {
        using Socket socket = new(SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(_server.Endpoints[0]);
        await socket.SendAsync(DnsMessages.Query(name, type));
        byte[] answer = new byte[4096];
        using CancellationTokenSource patience = new(Patience);
        int length = await socket.ReceiveAsync(answer, patience.Token);
        return DnsMessages.Text(answer.AsSpan(0, length));
    }

    /// <summary>Answers every question with one address.</summary>
    private static async Task ServeTlsAsync(TcpListener listener, X509Certificate2 certificate, Action connected)
    {
        try
        {
            while (true)
            {
                TcpClient client = await listener.AcceptTcpClientAsync();
                _ = Task.Run(async () =>
                {
                    try
                    {
                        await using SslStream stream = new(client.GetStream());
                        await stream.AuthenticateAsServerAsync(certificate);
                        connected();
                        byte[] head = new byte[2];
                        while (true)
                        {
                            await stream.ReadExactlyAsync(head);
                            byte[] question = new byte[(head[0] << 8) | head[1]];
                            await stream.ReadExactlyAsync(question);
                            question[2] |= 0x80;
                            question[7] = 1;
                            byte[] answer = [.. question, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 77];
                            await stream.WriteAsync((byte[])[0, (byte)answer.Length, .. answer]);
                        }
                    }
                    catch (Exception exception) when (exception is IOException
                        or System.Security.Authentication.AuthenticationException)
                    {
                        client.Dispose();
                    }
                });
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
