using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Network;

/// <summary>Endpoints that somebody writes by hand show in slices.</summary>
public sealed class EndpointSliceMirroringTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Fact]
    [Conformance(
        "[sig-network] EndpointSliceMirroring",
        "should mirror a custom Endpoints resource through create update and delete")]
    public async Task Should_mirror_a_custom_Endpoints_resource_through_create_update_and_delete()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        Resource endpoints = space.In("v1", "endpoints");
        Resource slices = space.In("discovery.k8s.io/v1", "endpointslices");
        const string ours = "endpointslice.kubernetes.io/managed-by=endpointslicemirroring-controller.k8s.io";
        await space.Services.CreateAsync(
            "{metadata: {name: custom}, spec: {ports: [{name: example, port: 80, protocol: TCP}]}}");
        await endpoints.CreateAsync(
            """
            metadata: {name: custom}
            subsets: [{addresses: [{ip: 10.1.2.3}], ports: [{name: example, port: 80, protocol: TCP}]}]
            """);
        JsonNode mirrored = (await slices.UntilAllAsync(static found => found.Count == 1, ours))[0];
        Assert.Equal("custom", mirrored.Label("kubernetes.io/service-name"));
        Assert.Equal("10.1.2.3", (string?)Assert.Single(mirrored.Items("endpoints.0.addresses")));
        Assert.Equal(("example", 80, "TCP"), Port(mirrored));

        await endpoints.UpdateAsync(
            "custom",
            static one =>
            {
                one["subsets"]![0]!["addresses"]![0]!["ip"] = "10.2.3.4";
                one["subsets"]![0]!["ports"]![0]!["port"] = 8080;
            });
        JsonNode updated = (await slices.UntilAllAsync(
            static found => found is [var one] && one.Text("endpoints.0.addresses.0") == "10.2.3.4", ours))[0];
        Assert.Equal(("example", 8080, "TCP"), Port(updated));
        await endpoints.DeleteAsync("custom");
        await slices.UntilAllAsync(static found => found.Count == 0, ours);
    }

    private static (string, long, string) Port(JsonNode slice) =>
        (slice.Text("ports.0.name"), slice.Number("ports.0.port"), slice.Text("ports.0.protocol"));
}
