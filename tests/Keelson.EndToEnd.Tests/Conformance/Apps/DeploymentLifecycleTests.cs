using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Apps;

/// <summary>Deployments and replica sets as objects of the API: what is written is seen by readers and
/// watchers.</summary>
public sealed class DeploymentLifecycleTests(SimulatedClusterFixture cluster) : IClassFixture<SimulatedClusterFixture>
{
    [Fact]
    [Conformance("[sig-apps] Deployment should run the lifecycle of a Deployment")]
    public async Task Deployment_should_run_the_lifecycle_of_a_Deployment()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await using WatchStream watch = await space.Deployments.WatchAsync("labelSelector=app%3Dweb");
        await space.Deployments.CreateAsync(Manifests.Workload("web", 2));
        await watch.ExpectAsync("ADDED", "web");
        await watch.UntilAsync("MODIFIED", static one => one.Number("status.readyReplicas") == 2);

        await space.Deployments.StrategicAsync(
            "web",
            """
            {"metadata":{"labels":{"patched":"true"}},"spec":{"replicas":1,"template":{"spec":
             {"terminationGracePeriodSeconds":0,"containers":[{"name":"c","image":"nginx:2"}]}}}}
            """);
        await watch.UntilAsync(
            "MODIFIED",
            static one => one.Label(
                "patched") == "true" && one.IsObserved() && one.Number("status.readyReplicas") == 1);
        JsonNode scaled = await space.Deployments.MergeAsync("web/scale", """{"spec":{"replicas":3}}""");
        Assert.Equal("Scale", scaled.Text("kind"));
        await watch.UntilAsync("MODIFIED", static one => one.IsObserved() && one.Number("status.readyReplicas") == 3);

        IReadOnlyList<JsonNode> listed =
            await space.Everywhere("apps/v1", "deployments").ListAsync("app=web,patched=true");
        Assert.Equal(space.Namespace, Assert.Single(listed).Text("metadata.namespace"));
        await space.Deployments.UpdateAsync(
            "web",
            static one =>
            {
                one["spec"]!["replicas"] = 2;
                one.Annotate("updated", "true");
            });
        await watch.UntilAsync(
            "MODIFIED",
            static one => one.Annotation(
                "updated") == "true" && one.IsObserved() && one.Number("status.readyReplicas") == 2);

        // What a status is written to is seen, and set right by the controller.
        await space.Deployments.MergeAsync("web/status", """{"status":{"readyReplicas":0,"availableReplicas":0}}""");
        await watch.UntilAsync("MODIFIED", static one => one.Number("status.readyReplicas") == 0);
        await watch.UntilAsync("MODIFIED", static one => one.Number("status.readyReplicas") == 2);

        await space.Deployments.DeleteCollectionAsync("app=web");
        await watch.UntilAsync("DELETED", static one => one.Name() == "web");
        Assert.Empty(await space.Deployments.ListAsync());
    }

    [Fact]
    [Conformance("[sig-apps] Deployment should validate Deployment Status endpoints")]
    public async Task Deployment_should_validate_Deployment_Status_endpoints()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Deployments.CreateAsync(Manifests.Workload("web", 1));
        await space.Deployments.UntilAsync("web", static one => one.IsTrue("Available"));
        await StatusAsync(space.Deployments);
    }

    [Fact]
    [Conformance("[sig-apps] ReplicaSet should validate Replicaset Status endpoints")]
    public async Task ReplicaSet_should_validate_Replicaset_Status_endpoints()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.ReplicaSets.CreateAsync(Manifests.Workload("web", 1));
        await space.ReplicaSets.UntilAsync("web", static one => one.Number("status.availableReplicas") == 1);
        await StatusAsync(space.ReplicaSets);
    }

    [Fact]
    [Conformance("[sig-apps] StatefulSet Basic StatefulSet functionality [StatefulSetBasic]",
        "should validate Statefulset Status endpoints")]
    public async Task StatefulSet_should_validate_Statefulset_Status_endpoints()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.StatefulSets.CreateAsync(Manifests.Workload("web", 1, "serviceName: web"));
        await space.StatefulSets.UntilAsync("web", static one => one.Number("status.availableReplicas") == 1);
        await StatusAsync(space.StatefulSets);
    }

    [Fact]
    [Conformance("[sig-apps] Daemon set [Serial] should verify changes to a daemon set status")]
    public async Task Daemon_set_should_verify_changes_to_a_daemon_set_status()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.DaemonSets.CreateAsync(
            $$"""
            metadata: {name: web}
            spec: {selector: {matchLabels: {app: web} }, template: {{Manifests.Template("web")}} }
            """);
        await space.DaemonSets.UntilAsync("web", static one => one.Number("status.numberAvailable") == 4);
        await StatusAsync(space.DaemonSets);
    }

    /// <summary>Reads, updates and patches the status of the object <c>web</c>; a watcher sees both.</summary>
    private static async Task StatusAsync(Resource resource)
    {
        JsonNode status = await resource.GetAsync("web/status");
        Assert.Equal("web", status.Name());
        Assert.True(status.IsObserved());
        await using WatchStream watch = await resource.WatchAsync(
            "resourceVersion=" + status.Text("metadata.resourceVersion"));
        await resource.UpdateAsync(
            "web/status",
            static one => Conditions(one).Add((JsonNode)new JsonObject
            {
                ["type"] = "StatusUpdate",
                ["status"] = "True",
                ["reason"] = "E2E",
                ["message"] = "Set from a test",
            }));
        JsonNode updated = await watch.UntilAsync("MODIFIED", static one => one.IsTrue("StatusUpdate"));
        Assert.Equal("E2E", updated.Condition("StatusUpdate").Text("reason"));
        Assert.Equal(
            "Set from a test", (await resource.GetAsync("web/status")).Condition("StatusUpdate").Text("message"));

        // A status is not a way to the spec, and its conditions are merged by their types.
        long before = updated.Number("metadata.generation");
        JsonNode patched = await resource.StrategicAsync(
            "web/status",
            """
            {"metadata":{"labels":{"sneaked":"in"}},"spec":{"minReadySeconds":7},
             "status":{"conditions":[{"type":"StatusPatched","status":"True"}]}}
            """);
        Assert.Equal((before, 0), (patched.Number("metadata.generation"), patched.Number("spec.minReadySeconds")));
        JsonNode seen = await watch.UntilAsync("MODIFIED", static one => one.IsTrue("StatusPatched"));
        Assert.True(seen.IsTrue("StatusUpdate"));
        Assert.True((await resource.GetAsync("web")).IsTrue("StatusPatched"));
    }

    private static JsonArray Conditions(JsonNode one)
    {
        if (one["status"]!["conditions"] is not JsonArray conditions)
        {
            one["status"]!["conditions"] = conditions = [];
        }

        return conditions;
    }
}
