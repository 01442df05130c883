using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Apps;

/// <summary>Replication controllers.</summary>
public sealed class ReplicationControllerTests(SimulatedClusterFixture cluster) : IClassFixture<SimulatedClusterFixture>
{
    private const string Area = "[sig-apps] ReplicationController";

    [Fact]
    [Conformance(Area, "should adopt matching pods on creation")]
    public async Task Should_adopt_matching_pods_on_creation()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        JsonNode lonely = await space.Pods.CreateAsync(Manifests.Pod("lonely", "web"));
        JsonNode controller = await space.ReplicationControllers.CreateAsync(Manifests.ReplicationController("web", 1));
        JsonNode adopted = await space.Pods.UntilAsync("lonely", static one => one.Controller() == "web");
        Assert.Equal(controller.Text("metadata.uid"), adopted.Text("metadata.ownerReferences.0.uid"));
        Assert.Equal("ReplicationController", adopted.Text("metadata.ownerReferences.0.kind"));
        Assert.Equal(lonely.Text("metadata.uid"), adopted.Text("metadata.uid"));
        await space.ReplicationControllers.UntilAsync("web", static one => one.Number("status.replicas") == 1);
        Assert.Single(await space.Pods.ListAsync());
    }

    [Fact]
    [Conformance(Area, "should release no longer matching pods")]
    public async Task Should_release_no_longer_matching_pods()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.ReplicationControllers.CreateAsync(Manifests.ReplicationController("web", 1));
        string pod = (await space.ReadyPodsAsync("app=web", 1))[0].Name();
        await space.Pods.MergeAsync(pod, """{"metadata":{"labels":{"app":"other"}}}""");
        await space.Pods.UntilAsync(pod, static one => one.Items("metadata.ownerReferences").Count == 0);
        Assert.NotEqual(pod, (await space.ReadyPodsAsync("app=web", 1))[0].Name());
    }

    [Fact]
    [Conformance(Area, "should get and update a ReplicationController scale")]
    public async Task Should_get_and_update_a_ReplicationController_scale()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.ReplicationControllers.CreateAsync(Manifests.ReplicationController("web", 1));
        await space.ReplicationControllers.UntilAsync("web", static one => one.Number("status.replicas") == 1);
        JsonNode scale = await space.ReplicationControllers.GetAsync("web/scale");
        Assert.Equal((1, 1), (scale.Number("spec.replicas"), scale.Number("status.replicas")));
        JsonNode updated =
            await space.ReplicationControllers.UpdateAsync("web/scale", static one => one["spec"]!["replicas"] = 2);
        Assert.Equal(("Scale", 2), (updated.Text("kind"), updated.Number("spec.replicas")));
        await space.ReplicationControllers.UntilAsync(
            "web", static one => one.Number("spec.replicas") == 2 && one.Number("status.replicas") == 2);
    }

    [Fact]
    [Conformance(Area, "should surface a failure condition on a common issue like exceeded quota")]
    public async Task Should_surface_a_failure_condition_on_a_common_issue_like_exceeded_quota()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Quotas.CreateAsync("{metadata: {name: two}, spec: {hard: {pods: \"2\"}}}");
        await space.Quotas.UntilAsync("two", static one => one.Text("status.hard.pods") == "2");
        await space.ReplicationControllers.CreateAsync(Manifests.ReplicationController("web", 3));
        JsonNode failing =
            await space.ReplicationControllers.UntilAsync("web", static one => one.IsTrue("ReplicaFailure"));
        Assert.Equal("FailedCreate", failing.Condition("ReplicaFailure").Text("reason"));
        Assert.Contains(
            "is forbidden: exceeded quota: two, requested: pods=1, used: pods=2, limited: pods=2",
            failing.Condition("ReplicaFailure").Text("message"),
            StringComparison.Ordinal);

        // With what the quota allows the condition goes.
        await space.ReplicationControllers.UpdateAsync("web", static one => one["spec"]!["replicas"] = 2);
        await space.ReplicationControllers.UntilAsync(
            "web", static one => one.IsObserved() && one.Condition("ReplicaFailure") is null);
    }

    [Fact]
    [Conformance(Area, "should test the lifecycle of a ReplicationController")]
    public async Task Should_test_the_lifecycle_of_a_ReplicationController()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        Resource controllers = space.ReplicationControllers;
        await using WatchStream watch = await controllers.WatchAsync("labelSelector=app%3Dweb");
        await controllers.CreateAsync(Manifests.ReplicationController("web", 1));
        await watch.ExpectAsync("ADDED", "web");
        await watch.UntilAsync("MODIFIED", static one => one.Number("status.readyReplicas") == 1);

        await controllers.MergeAsync("web", """{"metadata":{"labels":{"patched":"yes"}}}""");
        await watch.UntilAsync("MODIFIED", static one => one.Label("patched") == "yes");
        await controllers.MergeAsync("web/status", """{"status":{"availableReplicas":0,"readyReplicas":0}}""");
        await watch.UntilAsync("MODIFIED", static one => one.Number("status.readyReplicas") == 0);
        await watch.UntilAsync("MODIFIED", static one => one.Number("status.readyReplicas") == 1);
        Assert.Equal("web", (await controllers.GetAsync("web/status")).Name());

        JsonNode scaled = await controllers.StrategicAsync("web/scale", """{"spec":{"replicas":2}}""");
        Assert.Equal(2, scaled.Number("spec.replicas"));
        await watch.UntilAsync("MODIFIED", static one => one.IsObserved() && one.Number("status.readyReplicas") == 2);
        IReadOnlyList<JsonNode> everywhere =
            await space.Everywhere("v1", "replicationcontrollers").ListAsync("app=web,patched=yes");
        Assert.Equal(space.Namespace, Assert.Single(everywhere).Text("metadata.namespace"));

        await controllers.DeleteCollectionAsync("app=web");
        await watch.UntilAsync("DELETED", static one => one.Name() == "web");
        Assert.Empty(await controllers.ListAsync());
    }
}
