using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Apps;

/// <summary>Deployments.</summary>
public sealed class DeploymentTests(SimulatedClusterFixture cluster) : IClassFixture<SimulatedClusterFixture>
{
    private const string Area = "[sig-apps] Deployment";
    private const string Revision = "deployment.kubernetes.io/revision";

    [Fact]
    [Conformance(Area, "RollingUpdateDeployment should delete old pods and create new ones")]
    public async Task RollingUpdateDeployment_should_delete_old_pods_and_create_new_ones()
    {
        Workspace space = await Workspace.CreateAsync(cluster);

        // A replica set with a revision of its own, which the deployment adopts and rolls on from.
        await space.ReplicaSets.CreateAsync(
            $$"""
            metadata: {name: before, labels: {app: web}, annotations: {{{Revision}}: "3546343826724305832" } }
            spec: {replicas: 1, selector: {matchLabels: {app: web} }, template: {{Manifests.Template("web", "old:1")}} }
            """);
        await space.ReadyPodsAsync("app=web", 1);
        await space.Deployments.CreateAsync(Manifests.Workload("web", 1));
        JsonNode done = await CompleteAsync(space, "web", 1);
        Assert.Equal("3546343826724305833", done.Annotation(Revision));
        JsonNode pod = (await space.ReadyPodsAsync("app=web", 1))[0];
        Assert.Equal("nginx:1", pod.Text("spec.containers.0.image"));
        IReadOnlyList<JsonNode> sets = await space.ReplicaSets.ListAsync("app=web");
        Assert.Equal([0, 1], sets.Select(static one => one.Number("spec.replicas")).Order());
        JsonNode old = sets.Single(static one => one.Name() == "before");
        Assert.Equal((0, "web"), (old.Number("spec.replicas"), old.Controller()));
    }

    [Fact]
    [Conformance(Area, "RecreateDeployment should delete old pods and create new ones")]
    public async Task RecreateDeployment_should_delete_old_pods_and_create_new_ones()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Deployments.CreateAsync(Manifests.Workload("web", 2, "strategy: {type: Recreate}"));
        await CompleteAsync(space, "web", 2);
        await using WatchStream pods = await space.Pods.WatchAsync();
        await RollAsync(space, "nginx:2");
        await CompleteAsync(space, "web", 2);

        // No new pod comes before the last old one has ended.
        HashSet<string> old = [];
        while (true)
        {
            (string type, JsonNode pod) = await pods.NextAsync();
            bool isOld = pod.Text("spec.containers.0.image") == "nginx:1";
            bool runs = type != "DELETED" && pod.Text("status.phase") is not ("Succeeded" or "Failed");
            if (isOld && runs)
            {
                old.Add(pod.Name());
            }
            else if (isOld)
            {
                old.Remove(pod.Name());
            }
            else
            {
                Assert.Empty(old);
                break;
            }
        }

        Assert.All(
            await space.ReadyPodsAsync("app=web", 2),
            static one => Assert.Equal("nginx:2", one.Text("spec.containers.0.image")));
    }

    [Fact]
    [Conformance(Area, "deployment should delete old replica sets")]
    public async Task Deployment_should_delete_old_replica_sets()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.ReplicaSets.CreateAsync(
            $$"""
            metadata: {name: before, labels: {app: web} }
            spec: {replicas: 1, selector: {matchLabels: {app: web} }, template: {{Manifests.Template("web", "old:1")}} }
            """);
        await space.ReadyPodsAsync("app=web", 1);
        await using WatchStream pods = await space.Pods.WatchAsync();
        await space.Deployments.CreateAsync(Manifests.Workload("web", 1, "revisionHistoryLimit: 0"));
        await CompleteAsync(space, "web", 1);
        IReadOnlyList<JsonNode> sets = await space.ReplicaSets.UntilAllAsync(static found => found.Count == 1);
        Assert.Equal("nginx:1", sets[0].Text("spec.template.spec.containers.0.image"));

        // Of the pods that came since, there is the one of the deployment.
        await space.Pods.CreateAsync(Manifests.Pod("marker", "marker"));
        List<string> created = [];
        while (created is not [.., "marker"])
        {
            (string type, JsonNode pod) = await pods.NextAsync();
            if (type == "ADDED" && pod.Text("spec.containers.0.image") != "old:1")
            {
                created.Add(pod.Name());
            }
        }

        Assert.Equal(2, created.Count);
    }

    [Fact]
    [Conformance(Area, "deployment should support rollover")]
    public async Task Deployment_should_support_rollover()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.ReplicaSets.CreateAsync(
            $$"""
            metadata: {name: before, labels: {app: web} }
            spec: {replicas: 1, selector: {matchLabels: {app: web} }, template: {{Manifests.Template("web", "old:1")}} }
            """);
        await space.ReadyPodsAsync("app=web", 1);

        // The deployment's own pods never get ready, so that the rollout stays where it is.
        await space.Deployments.CreateAsync(
            Manifests.Workload(
                "web",
                1,
                "minReadySeconds: 2\nstrategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1} }",
                Manifests.Gate));
        await space.Deployments.UntilAsync(
            "web",
            static one => one.IsObserved() && one.Number("status.replicas") == 2
                && one.Number("status.updatedReplicas") == 1);
        await space.Deployments.StrategicAsync(
            "web",
            """
            {"spec":{"template":{"spec":{"readinessGates":null,
             "containers":[{"name":"c","image":"nginx:2"}]}}}}
            """);
        await CompleteAsync(space, "web", 1);
        IReadOnlyList<JsonNode> sets = await space.ReplicaSets.ListAsync("app=web");
        Assert.Equal(3, sets.Count);
        JsonNode current = Assert.Single(sets, static one => one.Number("status.replicas") == 1);
        Assert.Equal("nginx:2", current.Text("spec.template.spec.containers.0.image"));
    }

    [Fact]
    [Conformance(Area, "deployment should support proportional scaling")]
    public async Task Deployment_should_support_proportional_scaling()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Deployments.CreateAsync(
            Manifests.Workload("web", 10, "strategy: {rollingUpdate: {maxSurge: 3, maxUnavailable: 2} }"));
        await CompleteAsync(space, "web", 10);
        await space.Deployments.StrategicAsync(
            "web",
            """
            {"spec":{"template":{"spec":{"readinessGates":[{"conditionType":"example.com/serving"}],
             "containers":[{"name":"c","image":"broken"}]}}}}
            """);

        // 13 pods at most, 8 available at least: the rollout is stuck at 8 old and 5 new ones.
        await ReplicasAsync(space, 8, 5);
        await space.Deployments.UntilAsync("web", static one => one.Number("status.availableReplicas") == 8);
        await space.Deployments.MergeAsync("web/scale", """{"spec":{"replicas":30}}""");

        // 33 pods at most: 20 more, shared by size.
        await ReplicasAsync(space, 20, 13);
    }

    [Fact]
    [Conformance(Area, "Deployment should have a working scale subresource")]
    public async Task Deployment_should_have_a_working_scale_subresource()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Deployments.CreateAsync(Manifests.Workload("web", 1));
        await space.ReadyPodsAsync("app=web", 1);
        JsonNode scale = await space.Deployments.GetAsync("web/scale");
        Assert.Equal(("autoscaling/v1", "Scale"), (scale.Text("apiVersion"), scale.Text("kind")));
        Assert.Equal(1, scale.Number("spec.replicas"));
        JsonNode updated = await space.Deployments.UpdateAsync("web/scale", static one => one["spec"]!["replicas"] = 2);
        Assert.Equal(2, updated.Number("spec.replicas"));
        Assert.Equal(2, (await space.Deployments.GetAsync("web")).Number("spec.replicas"));
        await space.Deployments.MergeAsync("web/scale", """{"spec":{"replicas":4}}""");
        Assert.Equal(4, (await space.Deployments.GetAsync("web")).Number("spec.replicas"));
        await space.ReadyPodsAsync("app=web", 4);
        scale = await space.Deployments.GetAsync("web/scale");
        Assert.Equal("app=web", scale.Text("status.selector"));
    }

    /// <summary>Waits for two replica sets, the older one first, with so many replicas and pods.</summary>
    private static Task ReplicasAsync(Workspace space, params long[] expected) => space.ReplicaSets.UntilAllAsync(
        found => found.OrderBy(static one => one.Annotation(Revision), StringComparer.Ordinal)
            .Select(static one => (one.Number("spec.replicas"), one.Number("status.replicas")))
            .SequenceEqual(expected.Select(static one => (one, one))));

    private static Task<JsonNode> RollAsync(Workspace space, string image) => space.Deployments.StrategicAsync(
        "web", Manifests.Image(image));

    private static Task<JsonNode> CompleteAsync(Workspace space, string name, int replicas) =>
        space.Deployments.UntilAsync(
            name,
            one => one.IsObserved() && one.Number("status.updatedReplicas") == replicas
                && one.Number("status.replicas") == replicas && one.Number("status.availableReplicas") == replicas);
}
