using System.Net;
using Keelson.Network.Dns;

namespace Keelson.Network.Tests.Dns;

public sealed class CorefileTests
{
    private static readonly ClusterDnsConfig Config = new()
    {
        Addresses = [], Upstreams = [new(IPAddress.Parse("192.0.2.53"), 53)],
    };

    private const string OfKubeadm = """
        .:53 {
            errors
            health {
               lameduck 5s
            }
            ready
            kubernetes cluster.local in-addr.arpa ip6.arpa {
               pods insecure
               fallthrough in-addr.arpa ip6.arpa
               ttl 30
            }
            prometheus :9153
            forward . /etc/resolv.conf {
               max_concurrent 1000
            }
            cache 30 {
               disable success cluster.local
               disable denial cluster.local
            }
            loop
            reload
            loadbalance
        }
        """;

    [Fact]
    public void What_kubeadm_writes_is_what_holds_without_a_file()
    {
        (DnsSettings settings, IReadOnlyList<string> complaints) = CorefileSettings.Read(OfKubeadm, Config);
        Assert.Empty(complaints);
        DnsServerBlock read = Assert.Single(settings.Blocks);
        DnsServerBlock known = Assert.Single(DnsSettings.Of(Config).Blocks);
        Assert.Equal(known.Cluster, read.Cluster);
        Assert.Equal((known.SuccessSeconds, known.DenialSeconds), (read.SuccessSeconds, read.DenialSeconds));
        Assert.Equal(known.ServersFor("example.com"), read.ServersFor("example.com"));
    }

    [Fact]
    public void Domains_hosts_rewrites_and_snippets_are_followed()
    {
        (DnsSettings settings, IReadOnlyList<string> complaints) = CorefileSettings.Read("""
            (upstream) {
                forward . 198.51.100.1:5353 dns://198.51.100.2  # two of them
            }
            acme.local:53, Other.Org {
                cache {
                    success 100 20
                }
                import upstream
            }
            . {
                rewrite name exact api.example.com web.default.svc.cluster.local
                rewrite stop name regex (.*)\.old\.org {1}.new.org
                hosts {
                    192.0.2.7 printer.example.com Scanner.example.com
                    fallthrough
                }
                kubernetes cluster.local {
                    pods verified
                    ttl 60
                }
                route53 example.com.:Z1Z2Z3Z4DZ5Z6Z7
                forward . https://9.9.9.9 10.0.0.1 {
                    except secret.org
                }
            }
            """, Config);
        Assert.Equal(
            [
                "plugin route53 is not followed",
                "plugin forward: https://9.9.9.9 is not asked: DNS over HTTPS is not spoken",
            ],
            complaints);
        DnsServerBlock acme = settings.BlockOf("db.acme.local")!;
        Assert.Equal("198.51.100.1:5353 198.51.100.2:53", string.Join(' ', acme.ServersFor("db.acme.local")));
        Assert.Equal((20u, 1800u), (acme.SuccessSeconds, acme.DenialSeconds));
        Assert.Equal("other.org", settings.BlockOf("www.other.org")!.Zone);
        DnsServerBlock root = settings.BlockOf("notacme.local")!;
        Assert.Equal("web.default.svc.cluster.local", root.Rewrite("api.example.com", 1).Name);
        Assert.Equal("www.new.org", root.Rewrite("www.old.org", 1).Name);
        Assert.Equal(IPAddress.Parse("192.0.2.7"), Assert.Single(root.Hosts!.Addresses["scanner.example.com"]));
        Assert.Equal((PodNames.Verified, 60u, false),
            (root.Cluster!.Pods, root.Cluster.Ttl, root.Cluster.AnswersReverse));
        Assert.Equal("10.0.0.1:53", string.Join(' ', root.ServersFor("example.com")));
        Assert.Empty(root.ServersFor("very.secret.org"));
        Assert.Equal(0u, root.SuccessSeconds);
    }

    [Theory]
    [InlineData(". {\n errors\n", "Unexpected EOF")]
    [InlineData("example.org", "no '{'")]
    [InlineData(". {\n import missing\n}", "Corefile:2 - Error during parsing: File to import not found: missing")]
    [InlineData(". {\n fnord\n}", "Corefile:2 - Error during parsing: Unknown directive 'fnord'")]
    [InlineData(
        ". {\n\n forward . 1.2.3.4 {\n  policy best\n }\n}",
        "plugin/forward: Corefile:4 - Error during parsing: unknown policy 'best'")]
    [InlineData(
        ". {\n forward .\n}",
        "plugin/forward: Corefile:2 - Error during parsing: Wrong argument count or unexpected line ending after '.'")]
    [InlineData(". {\n forward . nowhere\n}", "plugin/forward: not an IP address or file: \"nowhere\"")]
    [InlineData(
        ". {\n forward . quic://1.2.3.4\n}",
        "plugin/forward: 'quic' is not supported as a destination protocol in forward: quic://1.2.3.4")]
    [InlineData(
        ". {\n kubernetes cluster.local {\n  pods some\n }\n}",
        "wrong value for pods: some,  must be one of: disabled, verified, insecure")]
    [InlineData(
        ". {\n template IN A {\n  match (\n  answer x\n }\n}",
        "plugin/template: Corefile:3 - Error during parsing: could not parse regex: (, ")]
    [InlineData(
        ". {\n template IN A {\n  answer \"{{ shout .Name }}\"\n }\n}",
        "could not compile template: {{ shout .Name }}, template: answer:1: function \"shout\" not defined")]
    [InlineData(". {\n template IN A\n}", "no answer section for template found")]
    [InlineData(". {\n acl {\n  forbid\n }\n}", "unexpected token \"forbid\"; expect")]
    [InlineData(". {\n acl {\n  block net 300.1.1.1\n }\n}", "illegal CIDR notation \"300.1.1.1\"")]
    [InlineData(". {\n rewrite fnord a b\n}", "plugin/rewrite: invalid rule type \"fnord\"")]
    [InlineData(". {\n rewrite name regex (a {1}\n}", "invalid regex matching pattern: (a")]
    [InlineData(". {\n file db.none\n}", "plugin/file: open db.none: no such file or directory")]
    [InlineData(". {\n autopath @dns\n}", "plugin/autopath: 'dns' is not a supported plugin for autopath")]
    [InlineData(". {\n errors\n}\n. {\n errors\n}", "it is already defined")]
    public void A_file_without_sense_is_refused(string text, string error) => Assert.Contains(
        error, Assert.Throws<FormatException>(() => CorefileSettings.Read(text, Config)).Message);
}
