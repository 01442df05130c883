using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Architecture;

/// <summary>What the suite asks of a cluster.</summary>
public sealed class NodeTests(SimulatedClusterFixture cluster) : IClassFixture<SimulatedClusterFixture>
{
    [Fact]
    [Conformance("[sig-architecture] Conformance Tests should have at least two untainted nodes")]
    public async Task Should_have_at_least_two_untainted_nodes()
    {
        Resource nodes = new(cluster, "/api/v1/nodes");
        IReadOnlyList<JsonNode> found = await nodes.UntilAllAsync(
            static found => found.Count(static one => one.IsTrue("Ready") && one.Items("spec.taints").Count == 0) >= 2);
        Assert.DoesNotContain(found, static one => (bool?)one.At("spec.unschedulable") == true);
    }
}
