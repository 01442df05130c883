using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Network;

/// <summary>The service <c>kubernetes</c>, by which pods reach the API server.</summary>
public sealed class ApiServerTests(NodeClusterFixture cluster) : NodeConformanceTest(cluster)
{
    [Fact]
    [Conformance("[sig-network] API Server should provide secure master service")]
    public async Task Should_provide_secure_master_service()
    {
        JsonNode service = await Cluster.GetAsync("/api/v1/namespaces/default/services/kubernetes");
        JsonNode port = Assert.Single(service.Items("spec.ports"));
        Assert.Equal(("https", "TCP", 443), (port.Text("name"), port.Text("protocol"), port.Number("port")));
        Assert.Equal("10.96.0.1", service.Text("spec.clusterIP"));
    }

    [Fact]
    [Conformance("[sig-network] API Server should have Endpoints and EndpointSlices pointing to API Server")]
    public async Task Should_have_Endpoints_and_EndpointSlices_pointing_to_API_Server()
    {
        const string Default = "/namespaces/default/";
        JsonNode endpoints = await Cluster.GetAsync("/api/v1" + Default + "endpoints/kubernetes");
        JsonNode subset = Assert.Single(endpoints.Items("subsets"));
        JsonNode slices = await Cluster.GetAsync(
            "/apis/discovery.k8s.io/v1" + Default
                + "endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dkubernetes");
        JsonNode slice = Assert.Single(slices.Items());
        Assert.Equal("https", slice.Text("ports.0.name"));
        Assert.Equal(subset.Number("ports.0.port"), slice.Number("ports.0.port"));
        Assert.Equal(Cluster.Client.BaseAddress!.Port, slice.Number("ports.0.port"));
        Assert.Equal(
            subset.Items("addresses").Select(static one => one.Text("ip")),
            slice.Items("endpoints").Select(static one => one.Text("addresses.0")));
        Assert.NotEmpty(slice.Items("endpoints"));
        await Space.ClientAsync();
        await Space.ShellUntilAsync("client", "fetch connect kubernetes.default 443", static _ => true);
    }
}
