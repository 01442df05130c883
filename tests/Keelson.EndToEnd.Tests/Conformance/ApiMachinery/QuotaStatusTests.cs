using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.ApiMachinery;

/// <summary>The status of quotas, which the controller sets right every few minutes.</summary>
public sealed class QuotaStatusTests(HastyClusterFixture cluster) : IClassFixture<HastyClusterFixture>
{
    private const string Area = "[sig-api-machinery] ResourceQuota";

    [Fact]
    [Conformance(Area, "should apply changes to a resourcequota status")]
    public async Task Should_apply_changes_to_a_resourcequota_status()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Quotas.CreateAsync("{metadata: {name: quota}, spec: {hard: {cpu: 500m, memory: 500Mi}}}");
        await HardAsync(space, "500m", "500Mi");

        // What is written to the status is seen; the controller sets it right.
        await using WatchStream watch = await space.Quotas.WatchAsync();
        JsonNode updated = await space.Quotas.UpdateAsync(
            "quota/status",
            static one => one["status"]!["hard"] = new JsonObject { ["cpu"] = "10", ["memory"] = "10Gi" });
        Assert.Equal(("10", "10Gi"), (updated.Text("status.hard.cpu"), updated.Text("status.hard.memory")));
        await watch.UntilAsync("MODIFIED", static one => one.Text("status.hard.cpu") == "10");
        await watch.UntilAsync("MODIFIED", static one => one.Text("status.hard.cpu") == "500m");

        await space.Quotas.MergeAsync("quota", """{"spec":{"hard":{"cpu":"1","memory":"1Gi"}}}""");
        await HardAsync(space, "1", "1Gi");
        JsonNode patched =
            await space.Quotas.MergeAsync(
                "quota/status", """{"spec":{"hard":{"cpu":"9"}},"status":{"hard":{"cpu":"20"}}}""");
        Assert.Equal(("20", "1"), (patched.Text("status.hard.cpu"), patched.Text("spec.hard.cpu")));
        await HardAsync(space, "1", "1Gi");
        JsonNode status = await space.Quotas.GetAsync("quota/status");
        Assert.True(JsonNode.DeepEquals(status.At("spec.hard"), status.At("status.hard")));
    }

    private static Task<JsonNode> HardAsync(Workspace space, string cpu, string memory) => space.Quotas.UntilAsync(
        "quota", one => one.Text("status.hard.cpu") == cpu && one.Text("status.hard.memory") == memory);
}
