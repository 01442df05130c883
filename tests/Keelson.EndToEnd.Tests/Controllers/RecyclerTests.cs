using System.Text.Json.Nodes;

namespace Keelson.EndToEnd.Tests.Controllers;

/// <summary>Volumes that are emptied by a pod when their claim is gone; nothing runs here, so the tests say how pods
/// end.</summary>
public sealed class RecyclerTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task A_volume_that_was_emptied_is_free_again()
    {
        await ReleasedAsync("emptied");
        JsonNode pod = await EndedAsync("emptied", "Succeeded");
        Assert.Equal("/data/emptied", (string)pod["spec"]!["volumes"]![0]!["hostPath"]!["path"]!);
        JsonNode volume = await cluster.EventuallyAsync(
            "/api/v1/persistentvolumes/emptied", static one => (string?)one["status"]!["phase"] == "Available");
        Assert.Null(volume["spec"]!["claimRef"]);
        await cluster.GoneAsync("/api/v1/namespaces/default/pods/recycler-for-emptied");
        await EventAsync("emptied", "VolumeRecycled", "Volume recycled");
    }

    [Fact]
    public async Task A_volume_that_could_not_be_emptied_has_failed()
    {
        await ReleasedAsync("full");
        await EndedAsync("full", "Failed", ",\"message\":\"no space to turn round\"");
        JsonNode volume = await cluster.EventuallyAsync(
            "/api/v1/persistentvolumes/full", static one => (string?)one["status"]!["phase"] == "Failed");
        Assert.Equal("Recycle failed: no space to turn round", (string)volume["status"]!["message"]!);
        Assert.Equal("claim-full", (string)volume["spec"]!["claimRef"]!["name"]!);
        await EventAsync("full", "VolumeFailedRecycle", "Recycle failed: no space to turn round");
    }

    /// <summary>A volume whose claim came and went.</summary>
    private async Task ReleasedAsync(string name)
    {
        await cluster.PostAsync(
            "/api/v1/persistentvolumes",
            $$$$$"""
            {"metadata":{"name":"{{{{{name}}}}}"},"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],
            "persistentVolumeReclaimPolicy":"Recycle","storageClassName":"{{{{{name}}}}}",
            "hostPath":{"path":"/data/{{{{{name}}}}}"}}}
            """);
        string claim = $"/api/v1/namespaces/default/persistentvolumeclaims/claim-{name}";
        await cluster.PostAsync(
            "/api/v1/namespaces/default/persistentvolumeclaims",
            $$$$$"""
            {"metadata":{"name":"claim-{{{{{name}}}}}"},"spec":{"accessModes":["ReadWriteOnce"],
            "storageClassName":"{{{{{name}}}}}","resources":{"requests":{"storage":"1Gi"}}}}
            """);
        await cluster.EventuallyAsync(claim, static one => (string?)one["status"]!["phase"] == "Bound");
        await cluster.DeleteAsync(claim);
    }

    private async Task<JsonNode> EndedAsync(string name, string phase, string more = "")
    {
        string path = $"/api/v1/namespaces/default/pods/recycler-for-{name}";
        JsonNode pod = await cluster.EventuallyAsync(path, static _ => true);
        await cluster.PatchAsync(path + "/status", $$$$$"""{"status":{"phase":"{{{{{phase}}}}}"{{{{{more}}}}}}}""");
        return pod;
    }

    private Task EventAsync(string name, string reason, string message) => cluster.EventuallyAsync(
        "/api/v1/namespaces/default/events",
        list => list["items"]!.AsArray().Any(one => (string?)one!["reason"] == reason
            && (string?)one["message"] == message && (string?)one["involvedObject"]!["name"] == name));
}
