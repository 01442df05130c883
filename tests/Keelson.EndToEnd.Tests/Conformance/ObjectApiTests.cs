using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance;

/// <summary>What of the network, the nodes and the storage is API alone.</summary>
public sealed class ObjectApiTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Fact]
    [Conformance("[sig-network] Ingress API should support creating Ingress API operations")]
    public async Task Should_support_creating_Ingress_API_operations()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        ApiOperations ingresses = new(
            space.In("networking.k8s.io/v1", "ingresses"),
            "networking.k8s.io/v1",
            """
            spec:
              defaultBackend: {service: {name: default-backend, port: {number: 80}}}
              rules:
              - host: foo.bar.com
                http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: test, port: {number: 8080}}}}]}
            """);
        await ingresses.DiscoverAsync("status");
        await ingresses.UseAsync("ingress");
        await ingresses.CreateAsync("status", "status");
        JsonNode patched = await ingresses.Resource.MergeAsync(
            "status/status",
            """
            {"metadata":{"annotations":{"patchedstatus":"true"}},
             "status":{"loadBalancer":{"ingress":[{"ip":"169.1.1.1"}]}}}
            """);
        Assert.Equal("169.1.1.1", patched.Text("status.loadBalancer.ingress.0.ip"));
        await ingresses.Resource.UpdateAsync(
            "status/status", static one => one["status"]!["loadBalancer"]!["ingress"]![0]!["ip"] = "169.1.1.2");
        JsonNode read = await ingresses.Resource.GetAsync("status/status");
        Assert.Equal("169.1.1.2", read.Text("status.loadBalancer.ingress.0.ip"));
    }

    [Fact]
    [Conformance("[sig-network] IngressClass API should support creating IngressClass API operations")]
    public async Task Should_support_creating_IngressClass_API_operations()
    {
        ApiOperations classes = new(
            new Resource(cluster, "/apis/networking.k8s.io/v1/ingressclasses"),
            "networking.k8s.io/v1",
            "spec: {controller: example.com/controller}");
        await classes.DiscoverAsync();
        await classes.UseAsync("ingress-class");
    }

    [Fact]
    [Conformance("[sig-node] RuntimeClass should support RuntimeClasses API operations")]
    public async Task Should_support_RuntimeClasses_API_operations()
    {
        ApiOperations classes = new(
            new Resource(cluster, "/apis/node.k8s.io/v1/runtimeclasses"), "node.k8s.io/v1", "handler: test-handler");
        await classes.DiscoverAsync();
        await classes.UseAsync("runtime-class");
    }

    [Fact]
    [Conformance("[sig-storage] CSIStorageCapacity should support CSIStorageCapacities API operations")]
    public async Task Should_support_CSIStorageCapacities_API_operations()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        ApiOperations capacities = new(
            space.In("storage.k8s.io/v1", "csistoragecapacities"),
            "storage.k8s.io/v1",
            "storageClassName: fast\ncapacity: 10Gi");
        await capacities.DiscoverAsync();
        await capacities.UseAsync("capacity");
    }
}
