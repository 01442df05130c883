using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Network.LoadBalancers;
using static Keelson.Network.Tests.Objects;

namespace Keelson.Network.Tests.LoadBalancers;

public sealed class LoadBalancerPlanTests
{
    private static readonly Node[] Nodes =
    [
        Ready(Node("node-a", "192.0.2.1")), Ready(Node("node-b", "192.0.2.2")), Node("node-c", "192.0.2.3"),
    ];

    private readonly NodeLoadBalancersConfig _nodes = new() { ReservedPorts = new HashSet<int> { 443 } };
    private readonly NodeLoadBalancersConfig _pool = new() { Pool = ["198.51.100.8/31"] };

    [Fact]
    public void A_service_gets_the_addresses_of_ready_nodes() =>
        Assert.Equal("192.0.2.1 192.0.2.2", Given(Balanced("web"), [], _nodes));

    [Fact]
    public void With_the_policy_local_only_nodes_with_endpoints_count()
    {
        Service web = Balanced("web");
        web = web with { Spec = web.Spec with { ExternalTrafficPolicy = "Local" } };
        LoadBalancerSnapshot snapshot = new(web, [web], Nodes, [Slice("web", Endpoint("10.1.0.2", "node-b"))]);
        Assert.Equal("192.0.2.2",
            Assert.Single(LoadBalancerPlan.Compute(snapshot, _nodes).Wanted!.Value.AsSpan().ToArray()).Ip);
    }

    [Fact]
    public void A_port_of_the_nodes_goes_to_the_first_who_asks()
    {
        Service web = Balanced("web");
        Assert.Equal("", Given(web, [Balanced("api")], _nodes));
        Assert.NotEmpty(Given(Balanced("api"), [web], _nodes)!);
        Assert.NotEmpty(Given(web, [Balanced("api", port: 81)], _nodes)!);
        Assert.Equal("", Given(Balanced("web", port: 443), [], _nodes));
    }

    [Fact]
    public void Other_classes_are_left_alone_and_what_is_no_balancer_any_more_loses_its_address()
    {
        Service web = Balanced("web");
        Assert.Null(Given(web with { Spec = web.Spec with { LoadBalancerClass = "example.com/other" } }, [], _nodes));
        Assert.NotEmpty(Given(web with { Spec = web.Spec with { LoadBalancerClass = "keelson.dev/node" } }, [],
            _nodes)!);
        Assert.Null(Given(Service("web", "10.96.0.1"), [], _nodes));
        Service was = Has(web, "192.0.2.1");
        Assert.Equal("", Given(was with { Spec = was.Spec with { Type = "ClusterIP" } }, [], _nodes));
    }

    [Fact]
    public void A_pool_gives_each_service_an_address_that_it_keeps()
    {
        Assert.Equal("198.51.100.8", Given(Balanced("web"), [], _pool));
        Assert.Equal("198.51.100.9", Given(Balanced("web"), [Has(Balanced("api"), "198.51.100.8")], _pool));
        Assert.Equal("198.51.100.9", Given(Has(Balanced("web"), "198.51.100.9"), [], _pool));
        Assert.Equal(
            "",
            Given(
                Balanced("web"),
                [Has(Balanced("api"), "198.51.100.8"), Has(Balanced("dns"), "198.51.100.9")],
                _pool));
    }

    [Fact]
    public void A_balanced_service_goes_only_after_its_balancer()
    {
        Service web = Balanced("web");
        LoadBalancerDecision held = Decide(web);
        Assert.Equal([LoadBalancerDecision.Finalizer], held.Finalizers(web.Metadata));
        Assert.False(held.IsDone(web));
        Service balanced = Has(web, "192.0.2.1") with
        {
            Metadata = web.Metadata with { Finalizers = new[] { "other", LoadBalancerDecision.Finalizer } },
        };
        Service leaving = balanced with
        {
            Metadata = balanced.Metadata with { DeletionTimestamp = Time.Now(TimeProvider.System) },
        };
        foreach (Service gone in (Service[])[leaving, balanced with { Spec = web.Spec with { Type = "ClusterIP" } }])
        {
            LoadBalancerDecision decision = Decide(gone);
            Assert.Empty(decision.Wanted!.Value);
            Assert.Equal(["other"], decision.Finalizers(gone.Metadata));
        }

        Service others = leaving with { Spec = web.Spec with { LoadBalancerClass = "example.com/other" } };
        Assert.Null(Decide(others).Wanted);
    }

    [Fact]
    public void A_node_that_is_to_be_deleted_gets_nothing_any_more()
    {
        Node going = Nodes[0] with
        {
            Spec = new() { Taints = new[] { new Taint { Key = "ToBeDeletedByClusterAutoscaler" } } },
        };
        LoadBalancerSnapshot snapshot = new(Balanced("web"), [], [going, Nodes[1]], []);
        Assert.Equal("192.0.2.2", Assert.Single(LoadBalancerPlan.Compute(snapshot, _nodes).Wanted!.Value).Ip);
    }

    private LoadBalancerDecision Decide(Service service) =>
        LoadBalancerPlan.Compute(new(service, [service], Nodes, []), _nodes);

    private static string? Given(Service service, Service[] others, NodeLoadBalancersConfig config)
    {
        LoadBalancerSnapshot snapshot = new(service, [service, .. others], Nodes, []);
        ApiList<LoadBalancerIngress>? wanted = LoadBalancerPlan.Compute(snapshot, config).Wanted;
        return wanted is null ? null : string.Join(' ', wanted.Value.Select(static one => one.Ip));
    }

    private static Service Balanced(string name, int port = 80)
    {
        Service service = Service(name, "10.96.0.1", port);
        return service with { Spec = service.Spec with { Type = "LoadBalancer" } };
    }

    private static Service Has(Service service, string address) => service with
    {
        Status = new() { LoadBalancer = new() { Ingress = new[] { new LoadBalancerIngress { Ip = address } } } },
    };

    private static Node Ready(Node node) => node with
    {
        Status = node.Status with { Conditions = new[] { new NodeCondition { Type = "Ready", Status = "True" } } },
    };
}
