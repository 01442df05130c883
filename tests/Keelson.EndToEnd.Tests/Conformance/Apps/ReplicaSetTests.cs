using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Apps;

/// <summary>Replica sets.</summary>
public sealed class ReplicaSetTests(SimulatedClusterFixture cluster) : IClassFixture<SimulatedClusterFixture>
{
    private const string Area = "[sig-apps] ReplicaSet";

    [Fact]
    [Conformance(Area, "Replace and Patch tests")]
    public async Task Replace_and_Patch_tests()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.ReplicaSets.CreateAsync(Manifests.Workload("web", 1));
        await space.ReadyPodsAsync("app=web", 1);
        await space.ReplicaSets.UpdateAsync(
            "web",
            static one =>
            {
                one["spec"]!["replicas"] = 2;
                one["spec"]!["minReadySeconds"] = 0;
            });
        await space.ReplicaSets.UntilAsync(
            "web", static one => one.IsObserved() && one.Number("status.availableReplicas") == 2);
        await using WatchStream watch = await space.ReplicaSets.WatchAsync();
        JsonNode patched = await space.ReplicaSets.StrategicAsync(
            "web",
            """
            {"metadata":{"labels":{"patched":"true"}},"spec":{"replicas":3,"template":{"spec":
             {"terminationGracePeriodSeconds":0,"containers":[{"name":"c","image":"nginx:2"}]}}}}
            """);
        Assert.Equal("nginx:2", patched.Text("spec.template.spec.containers.0.image"));
        await watch.UntilAsync(
            "MODIFIED",
            static one => one.Label(
                "patched") == "true" && one.IsObserved() && one.Number("status.readyReplicas") == 3);

        // A replica set does not roll: only the pod that came last has the new image.
        IReadOnlyList<JsonNode> pods = await space.ReadyPodsAsync("app=web", 3);
        Assert.Single(pods, static one => one.Text("spec.containers.0.image") == "nginx:2");
    }

    [Fact]
    [Conformance(Area, "Replicaset should have a working scale subresource")]
    public async Task Replicaset_should_have_a_working_scale_subresource()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.ReplicaSets.CreateAsync(Manifests.Workload("web", 1));
        await space.ReadyPodsAsync("app=web", 1);
        JsonNode scale = await space.ReplicaSets.UntilAsync("web", static one => one.Number("status.replicas") == 1);
        scale = await space.ReplicaSets.GetAsync("web/scale");
        Assert.Equal((1, 1), (scale.Number("spec.replicas"), scale.Number("status.replicas")));
        await space.ReplicaSets.UpdateAsync("web/scale", static one => one["spec"]!["replicas"] = 2);
        Assert.Equal(2, (await space.ReplicaSets.GetAsync("web")).Number("spec.replicas"));
        await space.ReplicaSets.MergeAsync("web/scale", """{"spec":{"replicas":4}}""");
        Assert.Equal(4, (await space.ReplicaSets.GetAsync("web")).Number("spec.replicas"));
        await space.ReadyPodsAsync("app=web", 4);
    }

    [Fact]
    [Conformance(Area, "should adopt matching pods on creation and release no longer matching pods")]
    public async Task Should_adopt_matching_pods_on_creation_and_release_no_longer_matching_pods()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        JsonNode lonely = await space.Pods.CreateAsync(Manifests.Pod("lonely", "web"));
        JsonNode set = await space.ReplicaSets.CreateAsync(Manifests.Workload("web", 1));
        JsonNode adopted = await space.Pods.UntilAsync("lonely", static one => one.Controller() == "web");
        Assert.Equal(set.Text("metadata.uid"), adopted.Text("metadata.ownerReferences.0.uid"));
        Assert.Equal(lonely.Text("metadata.uid"), adopted.Text("metadata.uid"));
        await space.ReplicaSets.UntilAsync("web", static one => one.Number("status.replicas") == 1);
        Assert.Single(await space.Pods.ListAsync());

        await space.Pods.MergeAsync("lonely", """{"metadata":{"labels":{"app":"other"}}}""");
        JsonNode released = await space.Pods.UntilAsync("lonely", static one => one.Controller().Length == 0);
        Assert.Empty(released.Items("metadata.ownerReferences"));
        IReadOnlyList<JsonNode> replacement = await space.ReadyPodsAsync("app=web", 1);
        Assert.NotEqual("lonely", replacement[0].Name());
    }

    [Fact]
    [Conformance(Area, "should list and delete a collection of ReplicaSets")]
    public async Task Should_list_and_delete_a_collection_of_ReplicaSets()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.ReplicaSets.CreateAsync(Manifests.Workload("web", 3));
        await space.ReplicaSets.CreateAsync(Manifests.Workload("other", 1));
        await space.ReadyPodsAsync("app=web", 3);
        Assert.Equal("web", Assert.Single(await space.ReplicaSets.ListAsync("app=web")).Name());
        await space.ReplicaSets.DeleteCollectionAsync("app=web", """{"gracePeriodSeconds":0}""");
        await space.ReplicaSets.GoneAsync("web");
        await space.Pods.UntilAllAsync(static found => found.Count == 0, "app=web");
        Assert.Equal("other", Assert.Single(await space.ReplicaSets.ListAsync()).Name());
    }
}
