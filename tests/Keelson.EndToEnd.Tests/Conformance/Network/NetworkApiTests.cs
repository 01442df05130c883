using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Network;

/// <summary>Services, endpoints, slices and ranges of addresses: what of the network is API alone.</summary>
public sealed class NetworkApiTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Fact]
    [Conformance("[sig-network] Services should find a service from listing all namespaces")]
    public async Task Should_find_a_service_from_listing_all_namespaces()
    {
        IReadOnlyList<JsonNode> all = await new Resource(cluster, "/api/v1/services").ListAsync();
        Assert.Contains(
            all, static one => one.Name() == "kubernetes" && one.Text("metadata.namespace") == "default");
    }

    [Fact]
    [Conformance("[sig-network] Services should delete a collection of services")]
    public async Task Should_delete_a_collection_of_services()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        foreach ((string name, string port, string label) in ((string, string, string)[])
            [("a", "7777", "test"), ("b", "80", "test"), ("c", "89", "control")])
        {
            await space.Services.CreateAsync(
                $$"""
                metadata: {name: e2e-svc-{{name}}, labels: {e2e: {{label}} } }
                spec: {ports: [{name: http, port: {{port}}, protocol: TCP}]}
                """);
        }

        Assert.Equal(3, (await space.Services.ListAsync()).Count);
        await space.Services.DeleteCollectionAsync("e2e=test");
        Assert.Equal("e2e-svc-c", Assert.Single(await space.Services.ListAsync()).Name());
    }

    [Fact]
    [Conformance("[sig-network] Services should complete a service status lifecycle")]
    public async Task Should_complete_a_service_status_lifecycle()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await using WatchStream watch = await space.Services.WatchAsync("labelSelector=test-service-static%3Dtrue");
        await space.Services.CreateAsync(
            """
            metadata: {name: life, labels: {test-service-static: "true"} }
            spec:
              type: LoadBalancer
              loadBalancerClass: example.com/internal-vip
              ports: [{name: http, protocol: TCP, port: 80, targetPort: 80}]
            """);
        await watch.ExpectAsync("ADDED", "life");
        Assert.Empty((await space.Services.GetAsync("life/status")).Items("status.loadBalancer.ingress"));
        await space.Services.MergeAsync(
            "life/status",
            """
            {"metadata":{"annotations":{"patchedstatus":"true"}},
             "status":{"loadBalancer":{"ingress":[{"ip":"203.0.113.1"}]}}}
            """);
        JsonNode patched = await watch.UntilAsync("MODIFIED", static one => one.Annotation("patchedstatus") == "true");
        Assert.Equal("203.0.113.1", patched.Text("status.loadBalancer.ingress.0.ip"));
        await space.Services.UpdateAsync(
            "life/status",
            static one => one["status"]!["conditions"] = new JsonArray(new JsonObject
            {
                ["type"] = "StatusUpdate",
                ["status"] = "True",
                ["reason"] = "E2E",
                ["message"] = "Set from e2e test",
                ["lastTransitionTime"] = "2026-01-01T00:00:00Z",
            }));
        await watch.UntilAsync("MODIFIED", static one => one.IsTrue("StatusUpdate"));
        await space.Services.StrategicAsync(
            "life",
            """{"metadata":{"labels":{"test-service":"patched"}},"spec":{"ports":[{"port":80,"name":"renamed"}]}}""");
        JsonNode renamed = await watch.UntilAsync("MODIFIED", static one => one.Label("test-service") == "patched");
        Assert.Equal("renamed", renamed.Text("spec.ports.0.name"));
        await space.Services.DeleteAsync("life");
        await watch.UntilAsync("DELETED", static one => one.Name() == "life");
    }

    [Fact]
    [Conformance("[sig-network] Endpoints should test the lifecycle of an Endpoint")]
    public async Task Should_test_the_lifecycle_of_an_Endpoint()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        Resource endpoints = space.In("v1", "endpoints");
        await using WatchStream watch = await endpoints.WatchAsync("labelSelector=test-endpoint-static%3Dtrue");
        await endpoints.CreateAsync(
            """
            metadata: {name: life, labels: {test-endpoint-static: "true"} }
            subsets: [{addresses: [{ip: 10.0.0.24}], ports: [{name: http, port: 80, protocol: TCP}]}]
            """);
        await watch.ExpectAsync("ADDED", "life");
        Assert.Contains(
            await new Resource(cluster, "/api/v1/endpoints").ListAsync("test-endpoint-static=true"),
            static one => one.Name() == "life");
        await endpoints.UpdateAsync("life", static one => one.SetLabel("test-service", "updated"));
        await watch.UntilAsync("MODIFIED", static one => one.Label("test-service") == "updated");
        await endpoints.StrategicAsync(
            "life",
            """
            {"metadata":{"labels":{"test-service":"patched"}},
             "subsets":[{"addresses":[{"ip":"10.0.0.25"}],"ports":[{"name":"http-test","port":8080}]}]}
            """);
        JsonNode patched = await watch.UntilAsync("MODIFIED", static one => one.Label("test-service") == "patched");
        JsonNode subset = Assert.Single(patched.Items("subsets"));
        Assert.Equal(
            ("10.0.0.25", "http-test", 8080),
            (subset.Text("addresses.0.ip"), subset.Text("ports.0.name"), subset.Number("ports.0.port")));
        await endpoints.DeleteCollectionAsync("test-endpoint-static=true");
        await watch.UntilAsync("DELETED", static one => one.Name() == "life");
        await endpoints.GoneAsync("life");
    }

    [Fact]
    [Conformance("[sig-network] EndpointSlice should support creating EndpointSlice API operations")]
    public async Task Should_support_creating_EndpointSlice_API_operations()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        ApiOperations slices = new(
            space.In("discovery.k8s.io/v1", "endpointslices"),
            "discovery.k8s.io/v1",
            "addressType: IPv4\nendpoints: [{addresses: [1.2.3.4, 5.6.7.8]}]");
        await slices.DiscoverAsync();
        await slices.UseAsync("slices");
    }

    [Fact]
    [Conformance("[sig-network] ServiceCIDR and IPAddress API should support IPAddress API operations")]
    public async Task Should_support_IPAddress_API_operations()
    {
        ApiOperations addresses = new(
            new Resource(cluster, "/apis/networking.k8s.io/v1/ipaddresses"),
            "networking.k8s.io/v1",
            "spec: {parentRef: {resource: services, namespace: default, name: foo} }");
        await addresses.DiscoverAsync();
        await addresses.UseAsync("addresses", ["192.168.8.1", "192.168.8.2", "192.168.8.3"]);
    }
}
