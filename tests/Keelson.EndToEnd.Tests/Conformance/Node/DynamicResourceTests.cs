using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Node;

/// <summary>The objects by which devices are asked for.</summary>
public sealed class DynamicResourceTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private const string Area = "[sig-node] [DRA] CRUD Tests resource.k8s.io/v1";
    private const string Version = "resource.k8s.io/v1";

    private const string Request = "{devices: {requests: [{name: r, exactly: {deviceClassName: test.example.com}}]}}";

    [Fact]
    [Conformance(Area, "DeviceClass")]
    public Task DeviceClass() => CrudAsync(new(cluster, "/apis/resource.k8s.io/v1/deviceclasses"), "spec: {}");

    [Fact]
    [Conformance(Area, "ResourceClaim")]
    public async Task ResourceClaim()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        Resource claims = space.In(Version, "resourceclaims");
        ApiOperations operations = new(claims, Version, "spec: " + Request);
        await operations.DiscoverAsync("status");
        await operations.UseAsync("claim");
        await operations.CreateAsync("claim", "status");
        const string Allocation =
            """
            {"status":{"allocation":{"devices":{"results":[{"request":"r","driver":"test.example.com","pool":"pool",
             "device":"device"}]}}}}
            """;
        JsonNode patched = await claims.MergeAsync("status/status", Allocation);
        Assert.Equal("device", patched.Text("status.allocation.devices.results.0.device"));
        JsonNode updated = await claims.UpdateAsync(
            "status/status", static one => one["status"]!.AsObject().Remove("allocation"));
        Assert.False(updated.Has("status.allocation"));
        Assert.False((await claims.GetAsync("status/status")).Has("status.allocation"));
    }

    [Fact]
    [Conformance(Area, "ResourceClaimTemplate")]
    public async Task ResourceClaimTemplate()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await CrudAsync(space.In(Version, "resourceclaimtemplates"), $"spec: {{spec: {Request}}}");
    }

    [Fact]
    [Conformance(Area, "ResourceSlice")]
    public Task ResourceSlice() => CrudAsync(
        new(cluster, "/apis/resource.k8s.io/v1/resourceslices"),
        "spec: {driver: test.example.com, nodeName: node, pool: {name: pool, generation: 1, resourceSliceCount: 1}}");

    private static async Task CrudAsync(Resource resource, string manifest)
    {
        ApiOperations operations = new(resource, Version, manifest);
        await operations.DiscoverAsync();
        await operations.UseAsync("crud");
    }
}
