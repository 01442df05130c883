using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Network;

/// <summary>Endpoints and endpoint slices of pods, and services whose slices somebody else writes.</summary>
public sealed class EndpointTests(NodeClusterFixture cluster) : NodeConformanceTest(cluster)
{
    private Resource Slices => Space.In("discovery.k8s.io/v1", "endpointslices");

    private Resource Endpoints => Space.In("v1", "endpoints");

    [Fact]
    [Conformance("[sig-network] EndpointSlice should create Endpoints and EndpointSlices for Pods matching a Service")]
    public async Task Should_create_EndpointSlices_for_Pods_matching_a_Service()
    {
        (string first, string second) = await CreateServicesAndPodsAsync();
        await SlicesAsync("int", $"{first}:8090", $"{second}:8090");
        await SlicesAsync("named", $"{first}:3000", $"{second}:3001");
        await SlicesAsync("none");
        await Space.Pods.DeleteAsync("pod2");
        await SlicesAsync("int", $"{first}:8090");
        await SlicesAsync("named", $"{first}:3000");
        JsonNode slice = Assert.Single(await Slices.ListAsync("kubernetes.io/service-name=int"));
        Assert.Equal("IPv4", slice.Text("addressType"));
        JsonNode? target = slice.At("endpoints.0.targetRef");
        Assert.Equal(("Pod", "pod1"), (target.Text("kind"), target.Text("name")));
        Assert.True((bool)slice.At("endpoints.0.conditions.ready")!);
    }

    [Fact]
    [Conformance("[sig-network] EndpointsController should create Endpoints for Pods matching a Service")]
    public async Task Should_create_Endpoints_for_Pods_matching_a_Service()
    {
        (string first, string second) = await CreateServicesAndPodsAsync();
        await SubsetsAsync("int", $"{first}:8090", $"{second}:8090");
        await SubsetsAsync("named", $"{first}:3000", $"{second}:3001");
        await SubsetsAsync("none");
        await Space.Pods.DeleteAsync("pod2");
        await SubsetsAsync("int", $"{first}:8090");
        await SubsetsAsync("named", $"{first}:3000");
    }

    [Fact]
    [Conformance(
        "[sig-network] EndpointSlice should create and delete EndpointSlices for a Service with a selector that",
        "matches no pods")]
    public async Task Should_create_and_delete_EndpointSlices_for_a_Service_with_a_selector_that_matches_no_pods()
    {
        JsonNode service = await CreateServiceAsync("empty", "app: nothing", "80");
        IReadOnlyList<JsonNode> slices = await Slices.UntilAllAsync(
            static found => found is [var one] && one.Items("endpoints").Count == 0,
            "kubernetes.io/service-name=empty");
        Assert.Equal("endpointslice-controller.k8s.io", slices[0].Label("endpointslice.kubernetes.io/managed-by"));
        Assert.Equal(service.Text("metadata.uid"), slices[0].Text("metadata.ownerReferences.0.uid"));
        await Space.Services.DeleteAsync("empty");
        await Slices.UntilAllAsync(static found => found.Count == 0, "kubernetes.io/service-name=empty");
    }

    [Fact]
    [Conformance(
        "[sig-network] EndpointsController should create and delete Endpoints for a Service with a selector that",
        "matches no pods")]
    public async Task Should_create_and_delete_Endpoints_for_a_Service_with_a_selector_that_matches_no_pods()
    {
        await CreateServiceAsync("empty", "app: nothing", "80");
        await Endpoints.UntilAsync("empty", static one => one.Items("subsets").Count == 0);
        await Space.Services.DeleteAsync("empty");
        await Endpoints.GoneAsync("empty");
    }

    [Fact]
    [Conformance(
        "[sig-network] EndpointSlice should support a Service with multiple ports specified in multiple",
        "EndpointSlices")]
    public async Task Should_support_a_Service_with_multiple_ports_specified_in_multiple_EndpointSlices()
    {
        JsonNode pod = await Space.ServeAsync(TwoPorts("pod1"));
        string address = await CreateUnselectedAsync();
        await CreateSliceAsync("a", pod.Text("status.podIP"), "http", 8090);
        await CreateSliceAsync("b", pod.Text("status.podIP"), "https", 9090);
        await Space.ClientAsync();
        await Space.ReachAsync("client", address, 80, "pod1");
        await Space.ReachAsync("client", address, 81, "pod1");
    }

    [Fact]
    [Conformance(
        "[sig-network] EndpointSlice should support a Service with multiple endpoint IPs specified in multiple",
        "EndpointSlices")]
    public async Task Should_support_a_Service_with_multiple_endpoint_IPs_specified_in_multiple_EndpointSlices()
    {
        JsonNode[] pods = await Task.WhenAll(Space.ServeAsync(TwoPorts("pod1")), Space.ServeAsync(TwoPorts("pod2")));
        string address = await CreateUnselectedAsync();
        await CreateSliceAsync("a", pods[0].Text("status.podIP"), "http", 8090);
        await CreateSliceAsync("b", pods[1].Text("status.podIP"), "https", 9090);
        await Space.ClientAsync();
        await Space.ReachAsync("client", address, 80, "pod1");
        await Space.ReachAsync("client", address, 81, "pod2");
    }

    private static string TwoPorts(string name) =>
        ServicePods.Server(name, name, "8090 0 & exec netexec 9090 0");

    private Task<JsonNode> CreateServiceAsync(string name, string selector, string targetPort) =>
        Space.Services.CreateAsync(
            $$"""
            metadata: {name: {{name}} }
            spec:
              selector: { {{selector}} }
              ports: [{name: example, port: 80, targetPort: {{targetPort}}, protocol: TCP}]
            """);

    /// <summary>Two pods whose ports of the same name have different numbers; the result is their addresses.</summary>
    private async Task<(string First, string Second)> CreateServicesAndPodsAsync()
    {
        await CreateServiceAsync("int", "app: pods", "8090");
        await CreateServiceAsync("named", "app: pods", "example-name");
        await CreateServiceAsync("none", "app: pods, shared: no-one", "8090");
        JsonNode[] pods = await Task.WhenAll(
            Space.ServeAsync(ServicePods.Server(
                "pod1", "pods", "3000 0", "ports: [{name: example-name, containerPort: 3000}]")),
            Space.ServeAsync(ServicePods.Server(
                "pod2", "pods", "3001 0", "ports: [{name: example-name, containerPort: 3001}]")));
        return (pods[0].Text("status.podIP"), pods[1].Text("status.podIP"));
    }

    private async Task<string> CreateUnselectedAsync()
    {
        JsonNode service = await Space.Services.CreateAsync(
            """
            metadata: {name: unselected}
            spec: {ports: [{name: http, port: 80, targetPort: 3000}, {name: https, port: 81, targetPort: 3001}]}
            """);
        return service.Text("spec.clusterIP");
    }

    private Task CreateSliceAsync(string name, string address, string port, int number) => Slices.CreateAsync(
        $$"""
        metadata: {name: {{name}}, labels: {kubernetes.io/service-name: unselected} }
        addressType: IPv4
        ports: [{name: {{port}}, port: {{number}}, protocol: TCP}]
        endpoints: [{addresses: [{{address}}], conditions: {ready: true} }]
        """);

    private Task SlicesAsync(string service, params string[] expected) => Slices.UntilAllAsync(
        slices => slices.Count > 0 && Same(
            from slice in slices
            from endpoint in slice.Items("endpoints")
            from port in slice.Items("ports")
            select $"{endpoint.Text("addresses.0")}:{port.Number("port")}",
            expected),
        "kubernetes.io/service-name=" + service);

    private Task SubsetsAsync(string service, params string[] expected) => Endpoints.UntilAsync(
        service,
        one => Same(
            from subset in one.Items("subsets")
            from endpoint in subset.Items("addresses")
            from port in subset.Items("ports")
            select $"{endpoint.Text("ip")}:{port.Number("port")}",
            expected));

    private static bool Same(IEnumerable<string> found, string[] expected) =>
        found.Order(StringComparer.Ordinal).SequenceEqual(expected.Order(StringComparer.Ordinal));
}
