using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Apps;

/// <summary>Daemon sets and the revisions they keep, on four nodes.</summary>
public sealed class DaemonSetTests(SimulatedClusterFixture cluster) : IClassFixture<SimulatedClusterFixture>
{
    private const string Area = "[sig-apps] Daemon set [Serial]";
    private const string Hash = "controller-revision-hash";

    [Fact]
    [Conformance(Area, "should run and stop simple daemon")]
    public async Task Should_run_and_stop_simple_daemon()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.DaemonSets.CreateAsync(Set());
        IReadOnlyList<JsonNode> pods = await space.ReadyPodsAsync("app=agent", 4);
        Assert.Equal(4, pods.Select(static one => one.Text("spec.nodeName")).Distinct().Count());
        JsonNode stopped = pods[0];
        await space.Pods.DeleteAsync(stopped.Name());
        IReadOnlyList<JsonNode> revived = await space.Pods.UntilAllAsync(
            found => found.Count == 4 && found.All(static one => one.IsReadyPod())
                && found.All(one => one.Name() != stopped.Name()));
        Assert.Contains(revived, one => one.Text("spec.nodeName") == stopped.Text("spec.nodeName"));
        await space.DaemonSets.DeleteAsync("agent", """{"propagationPolicy":"Foreground"}""");
        await space.DaemonSets.GoneAsync("agent");
        Assert.Empty(await space.Pods.ListAsync());
    }

    [Fact]
    [Conformance(Area, "should run and stop complex daemon")]
    public async Task Should_run_and_stop_complex_daemon()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        Resource nodes = space.Everywhere("v1", "nodes");
        await space.DaemonSets.CreateAsync(Set("nodeSelector: {example.com/color: blue}"));
        await space.DaemonSets.UntilAsync("agent", static one => one.IsObserved());
        Assert.Empty(await space.Pods.ListAsync());

        await ColorAsync(nodes, "node-2", "\"blue\"");
        IReadOnlyList<JsonNode> pods = await space.ReadyPodsAsync("app=agent", 1);
        Assert.Equal("node-2", pods[0].Text("spec.nodeName"));
        await ColorAsync(nodes, "node-2", "\"green\"");
        await space.Pods.UntilAllAsync(static found => found.Count == 0);

        await space.DaemonSets.StrategicAsync(
            "agent",
            """
            {"spec":{"updateStrategy":{"type":"RollingUpdate"},
             "template":{"spec":{"nodeSelector":{"example.com/color":"green"}}}}}
            """);
        pods = await space.ReadyPodsAsync("app=agent", 1);
        Assert.Equal("node-2", pods[0].Text("spec.nodeName"));
        await ColorAsync(nodes, "node-2", "null");
        await space.Pods.UntilAllAsync(static found => found.Count == 0);
    }

    [Fact]
    [Conformance(Area, "should retry creating failed daemon pods")]
    public async Task Should_retry_creating_failed_daemon_pods()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.DaemonSets.CreateAsync(Set());
        JsonNode failed = (await space.ReadyPodsAsync("app=agent", 4))[0];
        await space.Pods.StrategicAsync(failed.Name() + "/status", """{"status":{"phase":"Failed"}}""");
        await space.Pods.GoneAsync(failed.Name());
        IReadOnlyList<JsonNode> pods = await space.ReadyPodsAsync("app=agent", 4);
        Assert.Contains(pods, one => one.Text("spec.nodeName") == failed.Text("spec.nodeName"));
    }

    [Fact]
    [Conformance(Area, "should update pod when spec was updated and update strategy is RollingUpdate")]
    public async Task Should_update_pod_when_spec_was_updated_and_update_strategy_is_RollingUpdate()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.DaemonSets.CreateAsync(Set());
        string first = (await space.ReadyPodsAsync("app=agent", 4))[0].Label(Hash);
        Assert.Equal(first, (await RevisionsAsync(space))[^1].Label(Hash));
        await using WatchStream watch = await space.DaemonSets.WatchAsync();
        await space.DaemonSets.StrategicAsync("agent", Manifests.Image("nginx:2"));
        JsonNode done = await watch.UntilAsync(
            "MODIFIED",
            static one =>
            {
                Assert.InRange(one.Number("status.numberUnavailable"), 0, 1);
                return one.Number("status.observedGeneration") == 2 && one.Number("status.updatedNumberScheduled") == 4
                    && one.Number("status.numberAvailable") == 4;
            });
        Assert.Equal(2, done.Number("metadata.generation"));
        IReadOnlyList<JsonNode> pods = await space.ReadyPodsAsync("app=agent", 4);
        Assert.All(pods, static one => Assert.Equal("nginx:2", one.Text("spec.containers.0.image")));
        string second = pods[0].Label(Hash);
        Assert.NotEqual(first, second);
        Assert.All(pods, one => Assert.Equal(second, one.Label(Hash)));
        Assert.Equal([first, second], (await RevisionsAsync(space)).Select(static one => one.Label(Hash)));
    }

    [Fact]
    [Conformance(Area, "should rollback without unnecessary restarts")]
    public async Task Should_rollback_without_unnecessary_restarts()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.DaemonSets.CreateAsync(Set());
        IReadOnlyList<JsonNode> before = await space.ReadyPodsAsync("app=agent", 4);

        // The new pods never get ready, so that the rollout stops at the first node.
        await space.DaemonSets.StrategicAsync(
            "agent",
            """
            {"spec":{"template":{"spec":{"readinessGates":[{"conditionType":"example.com/serving"}],
             "containers":[{"name":"c","image":"broken"}]}}}}
            """);
        await space.DaemonSets.UntilAsync(
            "agent", static one => one.IsObserved() && one.Number("status.updatedNumberScheduled") == 1);
        IReadOnlyList<JsonNode> during = await space.Pods.ListAsync("app=agent");
        string[] kept = [.. during.Select(static one => one.Text("metadata.uid"))
            .Intersect(before.Select(static one => one.Text("metadata.uid")))];
        Assert.Equal(3, kept.Length);

        await space.DaemonSets.StrategicAsync(
            "agent",
            """{"spec":{"template":{"spec":{"readinessGates":null,"containers":[{"name":"c","image":"nginx:1"}]}}}}""");
        await space.DaemonSets.UntilAsync(
            "agent",
            static one => one.IsObserved() && one.Number("status.updatedNumberScheduled") == 4
                && one.Number("status.numberAvailable") == 4);
        IReadOnlyList<JsonNode> after = await space.ReadyPodsAsync("app=agent", 4);
        Assert.Empty(kept.Except(after.Select(static one => one.Text("metadata.uid"))));
        Assert.All(after, static one => Assert.Equal("nginx:1", one.Text("spec.containers.0.image")));
        Assert.All(after, static one => Assert.Equal(0, one.Number("status.containerStatuses.0.restartCount")));
    }

    [Fact]
    [Conformance(Area, "should list and delete a collection of DaemonSets")]
    public async Task Should_list_and_delete_a_collection_of_DaemonSets()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.DaemonSets.CreateAsync(Set());
        await space.ReadyPodsAsync("app=agent", 4);
        IReadOnlyList<JsonNode> listed = await space.Everywhere("apps/v1", "daemonsets").ListAsync("app=agent");
        Assert.Contains(listed, one => one.Text("metadata.namespace") == space.Namespace);
        await space.DaemonSets.DeleteCollectionAsync("app=agent");
        await space.DaemonSets.GoneAsync("agent");
        await space.Pods.UntilAllAsync(static found => found.Count == 0);
    }

    [Fact]
    [Conformance("[sig-apps] ControllerRevision [Serial] should manage the lifecycle of a ControllerRevision")]
    public async Task ControllerRevision_should_manage_the_lifecycle_of_a_ControllerRevision()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        Resource revisions = space.ControllerRevisions;
        await space.DaemonSets.CreateAsync(Set());
        await space.DaemonSets.UntilAsync("agent", static one => one.Number("status.numberAvailable") == 4);
        JsonNode first = Assert.Single(await revisions.ListAsync("app=agent"));
        await revisions.MergeAsync(first.Name(), """{"metadata":{"labels":{"patched":"yes"}}}""");
        Assert.Equal("yes", (await revisions.GetAsync(first.Name())).Label("patched"));

        // A revision made by hand lies beside the set's own, and goes when it is deleted.
        JsonNode copy = JsonNode.Parse(first.ToJsonString())!;
        copy["metadata"] = new JsonObject
        {
            ["name"] = "by-hand",
            ["labels"] = new JsonObject { ["app"] = "agent", ["hand"] = "made" },
            ["ownerReferences"] = first.At("metadata.ownerReferences")!.DeepClone(),
        };
        copy["revision"] = 2;
        await revisions.CreateAsync(copy.ToJsonString());
        Assert.Equal(2, (await revisions.ListAsync("app=agent")).Count);
        await revisions.DeleteAsync(first.Name());
        await revisions.GoneAsync(first.Name());
        Assert.Equal("by-hand", Assert.Single(await revisions.ListAsync("hand=made")).Name());
        await revisions.UpdateAsync("by-hand", static one => one.SetLabel("updated", "yes"));
        Assert.Equal("by-hand", Assert.Single(await revisions.ListAsync("updated=yes")).Name());

        // The next change of the set is the third revision.
        await space.DaemonSets.StrategicAsync("agent", Manifests.Image("nginx:2"));
        await revisions.UntilAllAsync(static found => found.Any(static one => one.Number("revision") == 3));
        await space.DaemonSets.UntilAsync(
            "agent",
            static one => one.IsObserved() && one.Number("status.updatedNumberScheduled") == 4
                && one.Number("status.numberAvailable") == 4);
        await revisions.DeleteCollectionAsync("hand=made");
        IReadOnlyList<JsonNode> left =
            await revisions.UntilAllAsync(static found => found.Count == 1, "app=agent");
        Assert.Equal(3, left[0].Number("revision"));
    }

    private static string Set(string pods = "") =>
        $$"""
        metadata: {name: agent, labels: {app: agent} }
        spec: {selector: {matchLabels: {app: agent} }, template: {{Manifests.Template("agent", more: pods)}} }
        """;

    private static async Task<IReadOnlyList<JsonNode>> RevisionsAsync(Workspace space) =>
        [.. (await space.ControllerRevisions.ListAsync("app=agent")).OrderBy(static one => one.Number("revision"))];

    private static Task<JsonNode> ColorAsync(Resource nodes, string node, string color) => nodes.MergeAsync(
        node, $$$$"""{"metadata":{"labels":{"example.com/color":{{{{color}}}}}}}""");
}
