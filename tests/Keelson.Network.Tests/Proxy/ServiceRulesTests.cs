using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
using Keelson.Network.Nft;
using Keelson.Network.Proxy;
using static Keelson.Network.Tests.Objects;

namespace Keelson.Network.Tests.Proxy;

public sealed class ServiceRulesTests
{
    private static readonly ProxyNode Here = new(ThisNode, "zone-1");
    private static readonly ProxyChains Chains = 
        new(NftFamily.IPv4, PodSource.ByRange(NftFamily.IPv4), masqueradeAll: false);

    [Fact]
    public void A_cluster_ip_leads_to_a_chain_of_as_many_endpoints_and_these_are_in_a_map()
    {
        ServiceRules rules = Compute(Service("web", "10.96.0.1"), Endpoint("10.1.0.2"), Endpoint("10.1.0.3", "node-b"));
        Assert.Equal(
            """
            cluster-ips 10.96.0.1
            hairpin-connections 10.1.0.2 . 10.1.0.2
            service-ips 10.96.0.1 . 6 . 80 : goto tcp-internal-2
            tcp-endpoints 10.96.0.1 . 80 . 0 : 10.1.0.2 . 8080
            tcp-endpoints 10.96.0.1 . 80 . 1 : 10.1.0.3 . 8080
            """,
            Text(rules));
        Assert.Equal("tcp-internal-2", Assert.Single(rules.Needs.Chains).Name);
    }

    [Fact]
    public void Without_endpoints_a_service_refuses()
    {
        ServiceRules rules = Compute(NodePort(Service("web", "10.96.0.1"), 30080));
        Assert.Equal(
            """
            cluster-ips 10.96.0.1
            no-endpoint-nodeports 6 . 30080 : goto reject-chain
            no-endpoint-services 10.96.0.1 . 6 . 80 : goto reject-chain
            """,
            Text(rules));
    }

    [Fact]
    public void Endpoints_that_leave_serve_when_there_are_no_others()
    {
        Service web = Service("web", "10.96.0.1");
        Assert.Equal(
            ["10.1.0.3 . 8080"],
            EndpointsIn(Compute(web, Endpoint("10.1.0.2").Leaving(), Endpoint("10.1.0.3"))));
        Assert.Equal(["10.1.0.2 . 8080"], EndpointsIn(Compute(web, Endpoint("10.1.0.2").Leaving())));
    }

    [Fact]
    public void Hints_count_when_all_endpoints_have_them_and_one_is_meant_for_this_zone()
    {
        Service web = Service("web", "10.96.0.1");
        Endpoint near = Endpoint("10.1.0.2").ForZone("zone-1");
        Endpoint far = Endpoint("10.1.0.3").ForZone("zone-2");
        Assert.Equal(["10.1.0.2 . 8080"], EndpointsIn(Compute(web, near, far)));
        Assert.Equal(2, EndpointsIn(Compute(web, near, far, Endpoint("10.1.0.4"))).Length - 1);
        Assert.Equal(["10.1.0.3 . 8080"], EndpointsIn(Compute(web, far)));
    }

    [Fact]
    public void An_internal_policy_local_drops_when_endpoints_are_elsewhere()
    {
        Service web = Service("web", "10.96.0.1");
        web = web with { Spec = web.Spec with { InternalTrafficPolicy = "Local" } };
        ServiceRules rules = Compute(web, Endpoint("10.1.0.3", "node-b"));
        Assert.Contains("no-endpoint-services 10.96.0.1 . 6 . 80 : goto drop-chain", Text(rules));
        Assert.Equal(["10.1.0.2 . 8080"],
            EndpointsIn(Compute(web, Endpoint("10.1.0.2"), Endpoint("10.1.0.3", "node-b"))));
    }

    [Fact]
    public void An_external_policy_local_keeps_the_address_of_who_comes_from_outside()
    {
        Service web = NodePort(Service("web", "10.96.0.1"), 30080);
        web = web with { Spec = web.Spec with { ExternalTrafficPolicy = "Local" } };
        ServiceRules rules = Compute(web, Endpoint("10.1.0.2"), Endpoint("10.1.0.3", "node-b"));
        string[] lines = Text(rules).Split('\n');
        Assert.Contains("service-nodeports 6 . 30080 : goto tcp-nodeport-local-2-1", lines);
        Assert.Contains("tcp-node-local-endpoints 30080 . 0 : 10.1.0.2 . 8080", lines);
        Assert.DoesNotContain(
            rules.Needs.Chains.Single(static one => one.Name == "tcp-nodeport-local-2-1").Rules,
            static one => one == "jump mark-for-masquerade");
    }

    [Fact]
    public void A_balancers_address_lets_in_its_source_ranges_only()
    {
        Service web = Service("web", "10.96.0.1");
        web = web with
        {
            Spec = web.Spec with { Type = "LoadBalancer",
                LoadBalancerSourceRanges = new[] { "203.0.113.7/24", "fd00::/8" } },
            Status = new() { LoadBalancer =
                new() { Ingress = new[] { new LoadBalancerIngress { Ip = "198.51.100.1" } } } },
        };
        ServiceRules rules = Compute(web, Endpoint("10.1.0.2"));
        NftChain firewall = rules.Needs.Chains.Single(static one =>
            one.Name.StartsWith("firewall-", StringComparison.Ordinal));
        Assert.Equal(["ip saddr != { 203.0.113.0/24 } drop"], firewall.Rules);
        ServiceRules inside = ServiceRules.Compute(
            new(web, [Slice("web", Endpoint("10.1.0.2"))]), NftFamily.IPv4, Here with { Addresses = "203.0.113.9" },
            Chains, ServiceRules.None);
        Assert.Contains(inside.Needs.Chains, static one => one.Rules is
            ["ip saddr != { 203.0.113.0/24, 198.51.100.1 } drop"]);
        Assert.Contains("firewall-ips 198.51.100.1 . 6 . 80 : goto " + firewall.Name, Text(rules));
        Assert.Contains("service-ips 198.51.100.1 . 6 . 80 : goto tcp-external-1", Text(rules));
    }

    [Fact]
    public void Affinity_gives_every_endpoint_a_set_of_its_clients()
    {
        Service web = Service("web", "10.96.0.1");
        web = web with
        {
            Spec = web.Spec with
            {
                SessionAffinity = "ClientIP",
                SessionAffinityConfig = new() { ClientIP = new() { TimeoutSeconds = 60 } },
            },
        };
        ServiceRules rules = Compute(web, Endpoint("10.1.0.2"), Endpoint("10.1.0.3"));
        Assert.Equal(2, rules.Needs.Sets.Count);
        Assert.All(rules.Needs.Sets, static one => Assert.Contains("timeout 60s", one.Declaration));
        NftChain pick = rules.Needs.Chains.Single(static one =>
            one.Name.StartsWith("cluster-", StringComparison.Ordinal));
        Assert.Equal(3, pick.Rules.Length);
        Assert.StartsWith("ip saddr @affinity-", pick.Rules[0]);
        Assert.StartsWith("numgen random mod 2 vmap {", pick.Rules[2]);
    }

    [Fact]
    public void Headless_services_and_external_names_are_no_business_of_the_proxy()
    {
        Assert.Same(ServiceRules.None, Compute(Service("web", "None"), Endpoint("10.1.0.2")));
        Service name = Service("web", "");
        Assert.Same(ServiceRules.None, Compute(name with { Spec = name.Spec with { Type = "ExternalName" } }));
    }

    [Fact]
    public void Each_protocol_of_a_port_has_endpoints_of_its_own()
    {
        Service web = Service("web", "10.96.0.1", protocol: "SCTP");
        EndpointSlice slice = Slice("web", Endpoint("10.1.0.2"));
        slice = slice with { Ports = slice.Ports.Map(static one => one with { Protocol = "SCTP" }) };
        ServiceRules rules =
            ServiceRules.Compute(new(web, [slice]), NftFamily.IPv4, Here, Chains, ServiceRules.None);
        Assert.Equal(
            """
            cluster-ips 10.96.0.1
            hairpin-connections 10.1.0.2 . 10.1.0.2
            sctp-endpoints 10.96.0.1 . 80 . 0 : 10.1.0.2 . 8080
            service-ips 10.96.0.1 . 132 . 80 : goto sctp-internal-1
            """,
            Text(rules));
    }

    [Fact]
    public void A_service_of_both_families_has_rules_in_each_with_the_endpoints_of_that_family()
    {
        Service web = NodePort(Service("web", "10.96.0.1"), 30080);
        web = web with
        {
            Spec = web.Spec with
            {
                ClusterIPs = new[] { "10.96.0.1", "fd00:96::1" },
                IpFamilies = new[] { "IPv4", "IPv6" },
                ExternalIPs = new[] { "2001:db8::9", "192.0.2.9" },
            },
        };
        EndpointSlice four = Slice("web", Endpoint("10.1.0.2"));
        EndpointSlice six = Slice("web", Endpoint("fd00:1::2")) with { AddressType = "IPv6" };
        six = six with { Metadata = six.Metadata with { Name = "web-2" } };
        ProxyChains chains = new(NftFamily.IPv6, PodSource.ByRange(NftFamily.IPv6), masqueradeAll: false);
        ServiceRules rules =
            ServiceRules.Compute(new(web, [four, six]), NftFamily.IPv6, Here, chains, ServiceRules.None);
        string text = Text(rules);
        Assert.DoesNotContain("10.", text);
        Assert.DoesNotContain("192.0.2.9", text);
        string[] lines = text.Split('\n');
        Assert.Contains("cluster-ips fd00:96::1", lines);
        Assert.Contains("service-ips fd00:96::1 . 6 . 80 : goto tcp-internal-1", lines);
        Assert.Contains("service-ips 2001:db8::9 . 6 . 80 : goto tcp-external-1", lines);
        Assert.Contains("tcp-endpoints fd00:96::1 . 80 . 0 : fd00:1::2 . 8080", lines);
        Assert.Contains(lines, static one =>
            one.StartsWith("service-nodeports 6 . 30080", StringComparison.Ordinal));
        string other = Text(ServiceRules.Compute(
            new(web, [four, six]), NftFamily.IPv4, Here, Chains, ServiceRules.None));
        Assert.DoesNotContain("fd00", other);
        Assert.Contains("tcp-endpoints 10.96.0.1 . 80 . 0 : 10.1.0.2 . 8080", other.Split('\n'));
    }

    [Fact]
    public void Who_stays_keeps_its_place()
    {
        Assert.Equal(["a", "d", "c"], EndpointOrder.Arrange(["a", "b", "c", "d"], ["a", "c", "d"]));
        Assert.Equal(["a", "b", "e"], EndpointOrder.Arrange(["a", "b"], ["a", "b", "e"]));
        Assert.Equal(["x", "y"], EndpointOrder.Arrange([], ["x", "y"]));
    }

    [Fact]
    public void Stale_udp_flows_are_those_of_endpoints_that_left_and_of_services_that_woke()
    {
        UdpFlow before = new(["10.96.0.1"], 53, 30053, ["10.1.0.2", "10.1.0.3"]);
        IReadOnlyList<string[]> stale = ConntrackCleaning.Stale(
            [before], [before with { Endpoints = ["10.1.0.3"] }], isIPv6: false);
        Assert.Equal(
            [
                "-D -f ipv4 -p udp --orig-dst 10.96.0.1 --orig-port-dst 53 --dst-nat 10.1.0.2",
                "-D -f ipv4 -p udp --orig-port-dst 30053 --dst-nat 10.1.0.2",
            ],
            stale.Select(static one => string.Join(' ', one)));
        Assert.Empty(ConntrackCleaning.Stale([before], [before], isIPv6: false));
        UdpFlow asleep = before with { Endpoints = [], NodePort = 0 };
        Assert.Equal(
            ["-D -f ipv4 -p udp --orig-port-dst 30053", "-D -f ipv4 -p udp --orig-dst 10.96.0.1 --orig-port-dst 53"],
            ConntrackCleaning.Stale([asleep], [before], isIPv6: false).Select(static one => string.Join(' ', one)));
        Assert.Equal(2, ConntrackCleaning.Stale([], [before], isIPv6: false).Count);
        Assert.Empty(ConntrackCleaning.Stale([], [asleep], isIPv6: false));
    }

    [Fact]
    public void What_went_elsewhere_while_no_proxy_ran_is_forgotten_at_the_start()
    {
        UdpFlow dns = new(["10.96.0.1"], 53, 30053, ["10.1.0.2"]);
        const string listing = """
            udp 17 29 src=10.1.0.9 dst=10.96.0.1 sport=4000 dport=53 src=10.1.0.2 dst=10.1.0.9 sport=53 dport=4000
            udp 17 29 src=10.1.0.9 dst=10.96.0.1 sport=4001 dport=53 src=10.1.0.7 dst=10.1.0.9 sport=53 dport=4001
            udp 17 9 src=10.1.0.9 dst=192.0.2.1 sport=4002 dport=30053 [UNREPLIED] src=192.0.2.1 dst=10.1.0.9 use=1
            udp 17 29 src=10.1.0.9 dst=8.8.8.8 sport=4003 dport=53 src=8.8.8.8 dst=10.1.0.9 sport=53 dport=4003
            """;
        Assert.Equal(
            [
                "-D -f ipv4 -p udp --orig-src 10.1.0.9 --orig-dst 10.96.0.1 --orig-port-src 4001 --orig-port-dst 53",
                "-D -f ipv4 -p udp --orig-src 10.1.0.9 --orig-dst 192.0.2.1 --orig-port-src 4002 --orig-port-dst 30053",
            ],
            ConntrackUpkeep.Stale(listing, [dns], isIPv6: false).Select(static one => string.Join(' ', one)));
    }

    [Theory]
    [InlineData("10.0.0.0/8", "fib daddr type local ip6 daddr != ::1")]
    [InlineData("::/0", "fib daddr type local ip6 daddr != ::1")]
    [InlineData("fd00::/8", "ip6 daddr @nodeport-ips")]
    [InlineData("primary", "ip6 daddr @nodeport-ips")]
    public void Node_ports_are_served_everywhere_where_no_range_of_the_family_is_named(string range, string match)
    {
        ProxyTable table = new(
            new() { NodeName = ThisNode, NodePortAddresses = [range] }, NftFamily.IPv6);
        Assert.Contains(table.Table.Chains["services"].Rules, one =>
            one.StartsWith(match, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(PodDetection.BridgeInterface, "cni0", "iifname != \"cni0\" jump mark-for-masquerade")]
    [InlineData(PodDetection.InterfaceNamePrefix, "veth", "iifname != \"veth*\" jump mark-for-masquerade")]
    [InlineData(PodDetection.NodeCIDR, "", "ip saddr != @cluster-cidrs jump mark-for-masquerade")]
    [InlineData(PodDetection.ClusterCIDR, "", null)]
    public void Pods_are_told_from_others_as_configured(PodDetection detection, string name, string? rule)
    {
        ServiceProxyConfig config = new() { NodeName = ThisNode, PodDetection = detection, PodInterface = name };
        ProxyChains chains = new(NftFamily.IPv4, PodSource.Of(config, NftFamily.IPv4), masqueradeAll: false);
        Assert.Equal(rule, chains.InternalMarkRule);
    }

    private static ServiceRules Compute(Service service, params Endpoint[] endpoints) => ServiceRules.Compute(
        new(service, [Slice("web", endpoints)]), NftFamily.IPv4, Here, Chains, ServiceRules.None);

    private static Service NodePort(Service service, int port) => service with
    {
        Spec = service.Spec with { Type = "NodePort",
            Ports = service.Spec.Ports.Map(one => one with { NodePort = port }) },
    };

    private static string[] EndpointsIn(ServiceRules rules) =>
        [.. rules.Needs.Elements.Where(static one => one.Set == "tcp-endpoints").Select(static one => one.Value)];

    private static string Text(ServiceRules rules) => string.Join(
        '\n',
        rules.Needs.Elements
            .Select(static one => $"{one.Set} {one.Key}" + (one.Value.Length > 0 ? " : " + one.Value : ""))
            .Order(StringComparer.Ordinal));
}
