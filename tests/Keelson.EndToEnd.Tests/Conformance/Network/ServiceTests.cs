using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Network;

/// <summary>Services lead to the ports of ready pods.</summary>
public sealed class ServiceTests(NodeClusterFixture cluster) : NodeConformanceTest(cluster)
{
    [Fact]
    [Conformance("[sig-network] Services should serve a basic endpoint from pods")]
    public async Task Should_serve_a_basic_endpoint_from_pods()
    {
        JsonNode service = await Space.Services.CreateAsync(
            "metadata: {name: basic}\nspec: {selector: {app: basic}, ports: [{port: 80, targetPort: 80}]}");
        await EndpointsAsync("basic");
        await Space.ClientAsync();
        string server = ServicePods.Server("pod1", "basic", "80 0", "ports: [{containerPort: 80}]");
        await Space.ServeAsync(server);
        await EndpointsAsync("basic", "pod1:80");
        await ReachAllAsync(service, "pod1");
        await Space.ServeAsync(server.Replace("pod1", "pod2", StringComparison.Ordinal));
        await EndpointsAsync("basic", "pod1:80", "pod2:80");
        await ReachAllAsync(service, "pod1", "pod2");
        await Space.Pods.DeleteAsync("pod1");
        await EndpointsAsync("basic", "pod2:80");
        await ReachAllAsync(service, "pod2");
        await Space.Pods.DeleteAsync("pod2");
        await EndpointsAsync("basic");
        await Space.MissAsync("client", "tcp", service.Text("spec.clusterIP"), 80);
    }

    [Fact]
    [Conformance("[sig-network] Services should serve multiport endpoints from pods")]
    public async Task Should_serve_multiport_endpoints_from_pods()
    {
        JsonNode service = await Space.Services.CreateAsync(
            """
            metadata: {name: multi}
            spec:
              selector: {app: multi}
              ports: [{name: portname1, port: 80, targetPort: svc1}, {name: portname2, port: 81, targetPort: svc2}]
            """);
        string address = service.Text("spec.clusterIP");
        await EndpointsAsync("multi");
        await Space.ClientAsync();
        await Space.ServeAsync(
            ServicePods.Server("pod1", "multi", "100 0", "ports: [{name: svc1, containerPort: 100}]"));
        await EndpointsAsync("multi", "pod1:100");
        await Space.ServeAsync(
            ServicePods.Server("pod2", "multi", "101 0", "ports: [{name: svc2, containerPort: 101}]"));
        await EndpointsAsync("multi", "pod1:100", "pod2:101");
        await Space.ReachAsync("client", address, 80, "pod1");
        await Space.ReachAsync("client", address, 81, "pod2");
        await Space.Pods.DeleteAsync("pod1");
        await EndpointsAsync("multi", "pod2:101");
        await Space.ReachAsync("client", address, 81, "pod2");
        await Space.Pods.DeleteAsync("pod2");
        await EndpointsAsync("multi");
    }

    [Fact]
    [Conformance("[sig-network] Services should serve endpoints on same port and different protocols")]
    public async Task Should_serve_endpoints_on_same_port_and_different_protocols()
    {
        const string Tcp = "{name: tcp, port: 80, protocol: TCP, targetPort: 8080}";
        JsonNode service = await Space.Services.CreateAsync(
            $$"""
            metadata: {name: both}
            spec: {selector: {app: both}, ports: [{{Tcp}}, {name: udp, port: 80, protocol: UDP, targetPort: 8080}]}
            """);
        string address = service.Text("spec.clusterIP");
        await Space.ServeAsync(ServicePods.Server("server", "both", "8080 8080"));
        await Space.ClientAsync();
        await Space.ReachAsync("client", address, 80, "server");
        await Space.ReachUdpAsync("client", address, 80, "server");
        await PortsAsync("both", "TCP");
        await Space.ReachAsync("client", address, 80, "server");
        await Space.MissAsync("client", "udp", address, 80);
        await PortsAsync("both", "UDP");
        await Space.ReachUdpAsync("client", address, 80, "server");
        await Space.MissAsync("client", "tcp", address, 80);
    }

    [Fact]
    [Conformance("[sig-network] Services should be able to create a functioning NodePort service")]
    public async Task Should_be_able_to_create_a_functioning_NodePort_service()
    {
        string[] servers = await Space.ServersAsync("nodeport", 2, "9376 0");
        JsonNode service = await Space.Services.CreateAsync(
            """
            metadata: {name: nodeport}
            spec: {type: NodePort, selector: {app: nodeport}, ports: [{port: 80, targetPort: 9376}]}
            """);
        await Space.ClientAsync();
        await Space.ReachAsync("client", "nodeport", 80, servers);
        await Space.ReachAsync("client", service.Text("spec.clusterIP"), 80, servers);
        await Space.ReachAsync(
            "client", await Space.NodeAddressAsync(), service.Number("spec.ports.0.nodePort"), servers);
    }

    [Fact]
    [Conformance("[sig-network] Service endpoints latency should not be very high")]
    public async Task Endpoints_latency_should_not_be_very_high()
    {
        const int Services = 100;
        const int AtOnce = 10;
        await Space.ServeAsync(ServicePods.Server("latency", "latency"));
        TimeSpan[] took = new TimeSpan[Services];
        await Parallel.ForAsync(
            0,
            Services,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (number, _) =>
            {
                long start = TimeProvider.System.GetTimestamp();
                JsonNode made = await Space.Services.CreateAsync(
                    $$"""
                    metadata: {name: latency-{{number}} }
                    spec: {selector: {app: latency}, ports: [{port: 80}]}
                    """);
                await Slices.UntilAllAsync(
                    static found => found.Any(static one => one.Has("endpoints.0.addresses.0")),
                    "kubernetes.io/service-name=" + made.Name());
                took[number] = TimeProvider.System.GetElapsedTime(start);
            });

        // Upstream lets half of them take 20 seconds, and one of ten 50.
        Array.Sort(took);
        Assert.InRange(took[Services / 2], TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.InRange(took[Services * 99 / 100], TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    private Resource Slices => Space.In("discovery.k8s.io/v1", "endpointslices");

    /// <summary>Waits until a service's slices have exactly these pods' ports.</summary>
    private async Task EndpointsAsync(string service, params string[] expected)
    {
        IReadOnlyList<JsonNode> pods = await Space.Pods.ListAsync();
        await Slices.UntilAllAsync(
            slices =>
            {
                IEnumerable<string> found =
                    from slice in slices
                    from endpoint in slice.Items("endpoints")
                    from port in slice.Items("ports")
                    let name = endpoint.Text("targetRef.name")
                    let pod = pods.FirstOrDefault(one => one.Name() == name)
                    where pod is null || pod.Text("status.podIP") == endpoint.Text("addresses.0")
                    select $"{name}:{port.Number("port")}";
                return found.Order(StringComparer.Ordinal).SequenceEqual(expected);
            },
            "kubernetes.io/service-name=" + service);
    }

    /// <summary>Waits until a service leads to each of some servers, by its name too.</summary>
    private async Task ReachAllAsync(JsonNode service, params string[] servers)
    {
        foreach (string one in servers)
        {
            await Space.ReachAsync("client", service.Text("spec.clusterIP"), 80, one);
            await Space.ReachAsync("client", service.Name(), 80, one);
        }
    }

    private Task PortsAsync(string service, string protocol) => Space.Services.UpdateAsync(
        service,
        one => one["spec"]!["ports"] = new JsonArray(new JsonObject
        {
            ["name"] = "only",
            ["port"] = 80,
            ["protocol"] = protocol,
            ["targetPort"] = 8080,
        }));
}
