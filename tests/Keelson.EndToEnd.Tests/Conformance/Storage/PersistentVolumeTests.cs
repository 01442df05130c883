using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Storage;

/// <summary>Persistent volumes and the claims that are bound to them.</summary>
public sealed class PersistentVolumeTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private Resource Volumes => new(cluster, "/api/v1/persistentvolumes");

    [Fact]
    [Conformance(
        "[sig-storage] PersistentVolumes CSI Conformance should run through the lifecycle of a PV and a PVC")]
    public async Task Should_run_through_the_lifecycle_of_a_PV_and_a_PVC()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        ObjectLifecycle volumes = new(Volumes, "life", Volume("life"));
        ObjectLifecycle claims = new(space.In("v1", "persistentvolumeclaims"), "life", Claim("life"));
        await CreateBoundAsync(volumes, claims, "a");
        Assert.Single(await volumes.Resource.ListAsync("suite=life"));
        Assert.Single(await claims.Resource.ListAsync("suite=life"));
        await volumes.PatchAsync("a");
        await claims.PatchAsync("a");
        Assert.Equal("life", (await volumes.Resource.GetAsync("life-a")).Label("patched"));
        Assert.Equal("life", (await claims.Resource.GetAsync("life-a")).Label("patched"));
        await claims.Resource.DeleteAsync("life-a");
        await claims.Resource.GoneAsync("life-a");
        await volumes.Resource.DeleteAsync("life-a");
        await volumes.Resource.GoneAsync("life-a");

        await CreateBoundAsync(volumes, claims, "b");
        foreach (Resource one in (Resource[])[volumes.Resource, claims.Resource])
        {
            JsonNode updated = await one.UpdateAsync("life-b", static item => item.SetLabel("updated", "life"));
            Assert.Equal("life", updated.Label("updated"));
        }

        await claims.DeleteCollectionAsync("updated=life");
        await volumes.DeleteCollectionAsync("updated=life");
    }

    [Fact]
    [Conformance("[sig-storage] PersistentVolumes CSI Conformance should apply changes to a pv/pvc status")]
    public async Task Should_apply_changes_to_a_pv_pvc_status()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        ObjectLifecycle volumes = new(Volumes, "status", Volume("status"));
        ObjectLifecycle claims = new(space.In("v1", "persistentvolumeclaims"), "status", Claim("status"));
        await CreateBoundAsync(volumes, claims, "a");
        Assert.Equal("Bound", (await claims.Resource.GetAsync("status-a/status")).Text("status.phase"));
        Assert.Equal("Bound", (await volumes.Resource.GetAsync("status-a/status")).Text("status.phase"));

        JsonNode patchedClaim = await claims.Resource.MergeAsync(
            "status-a/status",
            """
            {"metadata":{"annotations":{"e2e-patched":"true"}},"status":{"conditions":
             [{"type":"StatusPatched","status":"True","reason":"E2E patchedStatus","message":"Set by e2e test"}]}}
            """);
        Assert.Equal("Set by e2e test", patchedClaim.Condition("StatusPatched").Text("message"));
        JsonNode updatedClaim = await claims.Resource.UpdateAsync("status-a/status", static one =>
            ((JsonArray)one["status"]!["conditions"]!).Add((JsonNode)new JsonObject
            {
                ["type"] = "StatusUpdated",
                ["status"] = "True",
                ["reason"] = "E2E updatedStatus",
                ["message"] = "Set from an e2e test",
            }));
        Assert.True(updatedClaim.IsTrue("StatusUpdated") && updatedClaim.IsTrue("StatusPatched"));

        JsonNode patched = await volumes.Resource.MergeAsync(
            "status-a/status", """{"status":{"message":"StatusPatched","reason":"E2E patchStatus"}}""");
        Assert.Equal(
            ("StatusPatched", "E2E patchStatus"), (patched.Text("status.message"), patched.Text("status.reason")));
        JsonNode updated = await volumes.Resource.UpdateAsync("status-a/status", static one =>
        {
            one["status"]!["message"] = "StatusUpdated";
            one["status"]!["reason"] = "E2E updateStatus";
        });
        Assert.Equal(
            ("StatusUpdated", "E2E updateStatus"), (updated.Text("status.message"), updated.Text("status.reason")));
    }

    private static string Volume(string suite) =>
        $$"""
        spec:
          capacity: {storage: 1Gi}
          accessModes: [ReadWriteOnce]
          persistentVolumeReclaimPolicy: Retain
          storageClassName: {{suite}}-class
          csi: {driver: e2e-driver.example.com, volumeHandle: {{suite}}-handle, readOnly: false}
        """;

    private static string Claim(string suite) =>
        $$"""
        spec:
          accessModes: [ReadWriteOnce]
          resources: {requests: {storage: 1Gi} }
          storageClassName: {{suite}}-class
        """;

    private static async Task CreateBoundAsync(ObjectLifecycle volumes, ObjectLifecycle claims, string name)
    {
        await volumes.CreateAsync(name);
        await claims.CreateAsync(name);
        await claims.Resource.UntilAsync($"{claims.Suite}-{name}", static one => one.Text("status.phase") == "Bound");
        await volumes.Resource.UntilAsync($"{volumes.Suite}-{name}", static one => one.Text("status.phase") == "Bound");
    }
}
