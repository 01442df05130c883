using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Apps;

/// <summary>Stateful sets.</summary>
public sealed class StatefulSetTests(SimulatedClusterFixture cluster) : IClassFixture<SimulatedClusterFixture>
{
    private const string Area = "[sig-apps] StatefulSet Basic StatefulSet functionality [StatefulSetBasic]";
    private const string Hash = "controller-revision-hash";

    [Fact]
    [Conformance(Area, "Scaling should happen in predictable order and halt if any stateful pod is unhealthy [Slow]")]
    public async Task Scaling_should_happen_in_predictable_order_and_halt_if_any_stateful_pod_is_unhealthy()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await using GateKeeper gates = new(space);
        await using WatchStream pods = await space.Pods.WatchAsync("labelSelector=app%3Dweb");
        await gates.HoldAsync("web-0");
        await space.StatefulSets.CreateAsync(Manifests.Workload("web", 1, "serviceName: web", Manifests.Gate));
        await space.Pods.UntilAsync("web-0", static one => one.Text("status.phase") == "Running");

        // An unready pod holds up those that would come after it, and those that would go.
        await ScaleAsync(space, 3);
        Assert.Equal(["web-0"], await NamesAsync(space));
        await gates.FreeAsync("web-0");
        await ReadyAsync(space, 3);
        await gates.HoldAsync("web-0", "web-1", "web-2");
        await space.StatefulSets.UntilAsync("web", static one => one.Number("status.readyReplicas") == 0);
        await ScaleAsync(space, 0);
        Assert.Equal(["web-0", "web-1", "web-2"], (await NamesAsync(space)).Order());
        await gates.FreeAsync("web-0", "web-1", "web-2");
        await space.Pods.UntilAllAsync(static found => found.Count == 0);

        List<string> order = [];
        while (order.Count < 6)
        {
            (string type, JsonNode pod) = await pods.NextAsync();
            if (type is "ADDED" or "DELETED")
            {
                order.Add($"{type} {pod.Name()}");
            }
        }

        Assert.Equal(
            ["ADDED web-0", "ADDED web-1", "ADDED web-2", "DELETED web-2", "DELETED web-1", "DELETED web-0"], order);
    }

    [Fact]
    [Conformance(Area, "Burst scaling should run to completion even with unhealthy pods [Slow]")]
    public async Task Burst_scaling_should_run_to_completion_even_with_unhealthy_pods()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.StatefulSets.CreateAsync(
            Manifests.Workload("web", 1, "serviceName: web\npodManagementPolicy: Parallel", Manifests.Gate));
        await space.Pods.UntilAsync("web-0", static one => one.Text("status.phase") == "Running");
        await space.StatefulSets.MergeAsync("web", """{"spec":{"replicas":3}}""");
        IReadOnlyList<JsonNode> three = await space.Pods.UntilAllAsync(static found => found.Count == 3);
        Assert.All(three, static one => Assert.False(one.IsTrue("Ready")));
        await space.StatefulSets.MergeAsync("web", """{"spec":{"replicas":0}}""");
        await space.Pods.UntilAllAsync(static found => found.Count == 0);
        await space.StatefulSets.UntilAsync(
            "web", static one => one.IsObserved() && one.Number("status.replicas") == 0);
    }

    [Fact]
    [Conformance(Area, "Should recreate evicted statefulset")]
    public async Task Should_recreate_evicted_statefulset()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        const string port = "ports: [{containerPort: 80, hostPort: 21017}]";
        await space.Pods.CreateAsync(
            $$"""
            metadata: {name: first}
            spec: {nodeName: node-0, containers: [{name: c, image: nginx, {{port}} }]}
            """);
        await space.Pods.UntilAsync("first", static one => one.IsReadyPod());
        await using WatchStream watch = await space.Pods.WatchAsync("fieldSelector=metadata.name%3Dweb-0");
        await space.StatefulSets.CreateAsync(
            $$"""
            metadata: {name: web}
            spec:
              replicas: 1
              serviceName: web
              selector: {matchLabels: {app: web} }
              template:
                metadata: {labels: {app: web} }
                spec: {nodeName: node-0, containers: [{name: c, image: nginx, {{port}} }]}
            """);

        // The node refuses the pod as long as another has its port; the set tries again and again.
        JsonNode failed = await watch.UntilAsync("MODIFIED", static one => one.Text("status.phase") == "Failed");
        Assert.Equal("NodePorts", failed.Text("status.reason"));
        await watch.UntilAsync("DELETED", static _ => true);
        await space.Pods.DeleteAsync("first", """{"gracePeriodSeconds":0}""");
        JsonNode running = await space.Pods.UntilAsync("web-0", static one => one.IsReadyPod());
        Assert.NotEqual(failed.Text("metadata.uid"), running.Text("metadata.uid"));
    }

    [Fact]
    [Conformance(Area, "should have a working scale subresource")]
    public async Task Should_have_a_working_scale_subresource()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.StatefulSets.CreateAsync(Manifests.Workload("web", 1, "serviceName: web"));
        await ReadyAsync(space, 1);
        JsonNode scale = await space.StatefulSets.GetAsync("web/scale");
        Assert.Equal((1, 1), (scale.Number("spec.replicas"), scale.Number("status.replicas")));
        await space.StatefulSets.UpdateAsync("web/scale", static one => one["spec"]!["replicas"] = 2);
        Assert.Equal(2, (await space.StatefulSets.GetAsync("web")).Number("spec.replicas"));
        await space.StatefulSets.MergeAsync("web/scale", """{"spec":{"replicas":4}}""");
        Assert.Equal(4, (await space.StatefulSets.GetAsync("web")).Number("spec.replicas"));
        await ReadyAsync(space, 4);
    }

    [Fact]
    [Conformance(Area, "should list, patch and delete a collection of StatefulSets")]
    public async Task Should_list_patch_and_delete_a_collection_of_StatefulSets()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.StatefulSets.CreateAsync(Manifests.Workload("web", 1, "serviceName: web"));
        await ReadyAsync(space, 1);
        Assert.Equal(
            space.Namespace,
            Assert.Single(
                await space.Everywhere("apps/v1", "statefulsets").ListAsync("app=web"),
                one => one.Text("metadata.namespace") == space.Namespace).Text("metadata.namespace"));
        await space.StatefulSets.StrategicAsync(
            "web",
            """
            {"metadata":{"labels":{"patched":"true"}},"spec":{"replicas":2,"template":{"spec":{"containers":
             [{"name":"c","image":"nginx:2"}]}}}}
            """);
        await space.StatefulSets.UntilAsync(
            "web",
            static one => one.IsObserved() && one.Number("status.readyReplicas") == 2
                && one.Number("status.updatedReplicas") == 2);
        IReadOnlyList<JsonNode> pods = await space.ReadyPodsAsync("app=web", 2);
        Assert.All(pods, static one => Assert.Equal("nginx:2", one.Text("spec.containers.0.image")));
        Assert.Single(await space.StatefulSets.ListAsync("patched=true"));
        await space.StatefulSets.DeleteCollectionAsync("patched=true", """{"propagationPolicy":"Background"}""");
        await space.StatefulSets.GoneAsync("web");
        await space.Pods.UntilAllAsync(static found => found.Count == 0);
    }

    [Fact]
    [Conformance(Area, "should perform rolling updates and roll backs of template modifications")]
    public async Task Should_perform_rolling_updates_and_roll_backs_of_template_modifications()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await using GateKeeper gates = new(space);
        await space.StatefulSets.CreateAsync(Manifests.Workload("web", 3, "serviceName: web", Manifests.Gate));
        JsonNode set = await ReadyAsync(space, 3);
        string first = set.Text("status.currentRevision");
        Assert.Equal(first, set.Text("status.updateRevision"));
        Assert.All(await space.Pods.ListAsync("app=web"), one => Assert.Equal(first, one.Label(Hash)));

        // A pod that is not ready holds the update up.
        await using WatchStream watch = await space.Pods.WatchAsync("labelSelector=app%3Dweb");
        await gates.HoldAsync("web-1");
        await RollAsync(space, "nginx:2");
        set = await space.StatefulSets.UntilAsync(
            "web", one => one.IsObserved() && one.Text("status.updateRevision") != first);
        Assert.Equal((first, 0), (set.Text("status.currentRevision"), set.Number("status.updatedReplicas")));
        Assert.All(await space.Pods.ListAsync("app=web"), one => Assert.Equal(first, one.Label(Hash)));

        // Then pods are replaced one at a time, from the last on.
        await gates.FreeAsync("web-1");
        string second = await RolledAsync(space);
        Assert.NotEqual(first, second);
        Assert.Equal(["web-2", "web-1", "web-0"], await DeletedAsync(watch, 3));

        // The old template is the old revision, not a third one.
        await RollAsync(space, "nginx:1");
        Assert.Equal(first, await RolledAsync(space));
        Assert.Equal(["web-2", "web-1", "web-0"], await DeletedAsync(watch, 3));
        Assert.Equal(2, (await space.ControllerRevisions.ListAsync("app=web")).Count);
        Assert.All(
            await space.ReadyPodsAsync("app=web", 3),
            static one => Assert.Equal("nginx:1", one.Text("spec.containers.0.image")));
    }

    [Fact]
    [Conformance(Area, "should perform canary updates and phased rolling updates of template modifications")]
    public async Task Should_perform_canary_updates_and_phased_rolling_updates_of_template_modifications()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.StatefulSets.CreateAsync(
            Manifests.Workload("web", 3, "serviceName: web\nupdateStrategy: {rollingUpdate: {partition: 3} }"));
        string first = (await ReadyAsync(space, 3)).Text("status.updateRevision");
        await RollAsync(space, "nginx:2");
        JsonNode set = await space.StatefulSets.UntilAsync(
            "web", one => one.IsObserved() && one.Text("status.updateRevision") != first);
        string second = set.Text("status.updateRevision");
        await RevisionsAsync(space, first, first, first);

        // A canary, then pods that go away: each comes back at its own revision.
        await PartitionAsync(space, 2);
        await RevisionsAsync(space, first, first, second);
        foreach (string pod in (string[])["web-0", "web-2"])
        {
            await space.Pods.DeleteAsync(pod);
        }

        await ReadyAsync(space, 3);
        await RevisionsAsync(space, first, first, second);
        await PartitionAsync(space, 1);
        await RevisionsAsync(space, first, second, second);
        await PartitionAsync(space, 0);
        await RevisionsAsync(space, second, second, second);
        set = await space.StatefulSets.UntilAsync("web", one => one.Text("status.currentRevision") == second);
        Assert.Equal(second, set.Text("status.updateRevision"));
    }

    private static async Task RevisionsAsync(Workspace space, params string[] expected)
    {
        await space.StatefulSets.UntilAsync("web", static one => one.IsObserved());
        await space.Pods.UntilAllAsync(
            found => found.Select(static one => one.Label(Hash)).SequenceEqual(expected)
                && found.All(static one => one.IsReadyPod()));
    }

    private static Task<JsonNode> PartitionAsync(Workspace space, int partition) => space.StatefulSets.MergeAsync(
        "web", $$$$$"""{"spec":{"updateStrategy":{"rollingUpdate":{"partition":{{{{{partition}}}}}}}}}""");

    private static async Task<string> RolledAsync(Workspace space)
    {
        JsonNode set = await space.StatefulSets.UntilAsync(
            "web",
            static one => one.IsObserved() && one.Number("status.updatedReplicas") == 3
                && one.Number("status.readyReplicas") == 3
                && one.Text("status.currentRevision") == one.Text("status.updateRevision"));
        return set.Text("status.currentRevision");
    }

    private static async Task<IReadOnlyList<string>> DeletedAsync(WatchStream watch, int count)
    {
        List<string> names = [];
        while (names.Count < count)
        {
            names.Add((await watch.UntilAsync("DELETED", static _ => true)).Name());
        }

        return names;
    }

    private static Task<JsonNode> RollAsync(Workspace space, string image) => space.StatefulSets.StrategicAsync(
        "web", Manifests.Image(image));

    /// <summary>Scales and waits until the controller has acted upon it.</summary>
    private static async Task ScaleAsync(Workspace space, int replicas)
    {
        await space.StatefulSets.MergeAsync("web", $$$$"""{"spec":{"replicas":{{{{replicas}}}}}}""");
        await space.StatefulSets.UntilAsync("web", static one => one.IsObserved());
    }

    private static async Task<IEnumerable<string>> NamesAsync(Workspace space) =>
        (await space.Pods.ListAsync("app=web")).Select(static one => one.Name());

    private static Task<JsonNode> ReadyAsync(Workspace space, int replicas) => space.StatefulSets.UntilAsync(
        "web",
        one => one.IsObserved() && one.Number("status.readyReplicas") == replicas
            && one.Number("status.replicas") == replicas);
}
