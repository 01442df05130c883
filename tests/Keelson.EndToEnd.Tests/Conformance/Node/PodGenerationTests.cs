using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Node;

/// <summary>The generation of pods, and what of it the node has seen.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class PodGenerationTests(NodeClusterFixture cluster)
{
    private const string Area = "[sig-node] Pods Extended (pod generation) Pod Generation";

    [Fact]
    [Conformance(
        Area, "pod generation should start at 1 and increment per update [MinimumKubeletVersion:1.34]")]
    public async Task Pod_generation_should_start_at_1_and_increment_per_update()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        Resource pods = space.Pods;
        JsonNode pod = await pods.CreateAsync(RealManifests.Sleeper("pod"));
        Assert.Equal(1, pod.Number("metadata.generation"));
        await SeenAsync(1);
        await ExpectAsync(1, pods.MergeAsync("pod", """{"metadata":{"labels":{"key":"value"}}}"""));
        await ExpectAsync(2, pods.UpdateAsync("pod", static one => one["spec"]!["activeDeadlineSeconds"] = 5000));
        await ExpectAsync(3, pods.UpdateAsync(
            "pod",
            static one => ((JsonArray)one["spec"]!["tolerations"]!).Add(
                JsonNode.Parse("""{"key":"foo","operator":"Exists","effect":"NoExecute"}"""))));
        await ExpectAsync(4, pods.UpdateAsync("pod", static one =>
            one["spec"]!["containers"]![0]!["image"] = "nginx:1.25"));
        await ExpectAsync(5, pods.StrategicAsync(
            "pod/ephemeralcontainers",
            """{"spec":{"ephemeralContainers":[{"name":"debugger","image":"busybox","command":["sleep","10"]}]}}"""));

        async Task ExpectAsync(int generation, Task<JsonNode> update)
        {
            Assert.Equal(generation, (await update).Number("metadata.generation"));
            await SeenAsync(generation);
        }

        Task SeenAsync(int generation) => pods.UntilAsync(
            "pod",
            one => one.Number("status.observedGeneration") == generation && one.Text("status.phase") == "Running");
    }

    [Fact]
    [Conformance(Area, "custom-set generation on new pods and graceful delete")]
    public async Task Custom_set_generation_on_new_pods_and_graceful_delete()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        JsonNode pod = await space.Pods.CreateAsync(
            RealManifests.Sleeper("pod", pod: "terminationGracePeriodSeconds: 2")
                .Replace("metadata:", "metadata:\n  generation: 100", StringComparison.Ordinal));
        Assert.Equal(1, pod.Number("metadata.generation"));
        await space.Pods.UntilAsync("pod", static one => one.IsReadyPod());
        await space.Pods.UpdateAsync("pod", static one => one["metadata"]!["generation"] = 200);
        Assert.Equal(1, (await space.Pods.GetAsync("pod")).Number("metadata.generation"));
        await using WatchStream watch = await space.Pods.WatchAsync();
        await space.Pods.DeleteAsync("pod");
        JsonNode deleted = await watch.UntilAsync("MODIFIED", static one => one.Has("metadata.deletionTimestamp"));
        Assert.Equal(2, deleted.Number("metadata.generation"));
        await watch.UntilAsync("DELETED", static _ => true);
    }

    [Fact]
    [Conformance(
        Area,
        "issue 500 podspec updates and verify generation and observedGeneration eventually converge",
        "[MinimumKubeletVersion:1.34]")]
    public async Task Issue_500_podspec_updates_and_verify_that_generations_converge()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.Pods.CreateAsync(RealManifests.Sleeper("pod"));
        for (int i = 0; i < 499; i++)
        {
            await space.Pods.MergeAsync("pod", $$$"""{"spec":{"activeDeadlineSeconds":{{{20000 - i}}}}}""");
        }

        JsonNode pod = await space.Pods.UntilAsync(
            "pod", static one => one.IsReadyPod() && one.Number("status.observedGeneration") == 500);
        Assert.Equal(500, pod.Number("metadata.generation"));
    }
}
