using System.Net;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Scheduling;

/// <summary>Pods of higher priority push others aside. What is fought for is a resource made up by each test.</summary>
public sealed class PreemptionTests(SimulatedClusterFixture cluster) : IClassFixture<SimulatedClusterFixture>
{
    private const string Area = "[sig-scheduling] SchedulerPreemption [Serial]";

    private Resource Nodes => new(cluster, "/api/v1/nodes");

    private Resource Classes => new(cluster, "/apis/scheduling.k8s.io/v1/priorityclasses");

    [Fact]
    [Conformance(Area, "validates basic preemption works")]
    public async Task Validates_basic_preemption_works()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await OfferAsync("basic", 2, "node-0", "node-1");
        await ClassAsync("basic-low", 1);
        await ClassAsync("basic-medium", 100);
        await ClassAsync("basic-high", 1000);
        await space.Pods.CreateAsync(Pod("low", "basic", 2, "basic-low"));
        await space.Pods.CreateAsync(Pod("medium", "basic", 2, "basic-medium"));
        await space.ReadyPodsAsync("", 2);
        await space.Pods.CreateAsync(Pod("high", "basic", 2, "basic-high"));
        await space.Pods.UntilAsync("high", static one => one.IsReadyPod());
        await space.Pods.GoneAsync("low");
        Assert.True((await space.Pods.GetAsync("medium")).IsReadyPod());
    }

    [Fact]
    [Conformance(Area, "validates lower priority pod preemption by critical pod")]
    public async Task Validates_lower_priority_pod_preemption_by_critical_pod()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        Workspace system = new(cluster, "kube-system");
        await OfferAsync("critical", 2, "node-0", "node-1");
        await ClassAsync("critical-low", 1);
        await ClassAsync("critical-medium", 100);
        await space.Pods.CreateAsync(Pod("low", "critical", 2, "critical-low"));
        await space.Pods.CreateAsync(Pod("medium", "critical", 2, "critical-medium"));
        await space.ReadyPodsAsync("", 2);
        await system.Pods.CreateAsync(Pod("critical-pod", "critical", 2, "system-cluster-critical"));
        JsonNode critical = await system.Pods.UntilAsync("critical-pod", static one => one.IsReadyPod());
        Assert.Equal(2000000000, critical.Number("spec.priority"));
        await space.Pods.GoneAsync("low");
        Assert.True((await space.Pods.GetAsync("medium")).IsReadyPod());
        await system.Pods.DeleteAsync("critical-pod");
    }

    [Fact]
    [Conformance(Area, "validates pod disruption condition is added to the preempted pod")]
    public async Task Validates_pod_disruption_condition_is_added_to_the_preempted_pod()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await OfferAsync("condition", 1, "node-2");
        await ClassAsync("condition-low", 1);
        await ClassAsync("condition-high", 1000);
        await space.Pods.CreateAsync(Pod("victim", "condition", 1, "condition-low", "finalizers: [example.com/hold]"));
        await space.Pods.UntilAsync("victim", static one => one.IsReadyPod());
        await space.Pods.CreateAsync(Pod("preemptor", "condition", 1, "condition-high"));
        JsonNode victim = await space.Pods.UntilAsync("victim", static one => one.Has("metadata.deletionTimestamp"));
        JsonNode? condition = victim.Condition("DisruptionTarget");
        Assert.Equal(("True", "PreemptionByScheduler"), (condition.Text("status"), condition.Text("reason")));
        Assert.Equal(
            "default-scheduler: preempting to accommodate a higher priority pod", condition.Text("message"));
        await space.Pods.MergeAsync("victim", """{"metadata":{"finalizers":null}}""");
        await space.Pods.GoneAsync("victim");
        await space.Pods.UntilAsync("preemptor", static one => one.IsReadyPod());
    }

    [Fact]
    [Conformance(Area, "PreemptionExecutionPath runs ReplicaSets to verify preemption running path")]
    public async Task PreemptionExecutionPath_runs_ReplicaSets_to_verify_preemption_running_path()
    {
        // 5 x 40 + 4 x 50 + 4 x 95 = 780 of 1000; 400 more have room only without all pods of the lowest class.
        Workspace space = await Workspace.CreateAsync(cluster);
        await OfferAsync("path", 1000, "node-3");
        (int Replicas, int Amount)[] sets = [(5, 40), (4, 50), (4, 95), (1, 400)];
        for (int i = 0; i < sets.Length; i++)
        {
            string name = $"p{i + 1}";
            await ClassAsync("path-" + name, i + 1);
            await space.ReplicaSets.CreateAsync(
                $$"""
                metadata: {name: {{name}} }
                spec:
                  replicas: {{sets[i].Replicas}}
                  selector: {matchLabels: {app: {{name}} } }
                  template:
                    metadata: {labels: {app: {{name}} } }
                    spec: {{Spec("path", sets[i].Amount, "path-" + name)}}
                """);
            await space.ReadyPodsAsync("app=" + name, sets[i].Replicas);
        }

        IReadOnlyList<JsonNode> pushed = await space.Pods.UntilAllAsync(
            static found => found.Count == 5 && found.All(
                static one => one.Text("spec.nodeName").Length == 0), "app=p1");
        Assert.All(pushed, static one => Assert.Equal("Pending", one.Text("status.phase")));
        await space.ReplicaSets.UntilAsync(
            "p1", static one => one.Number("status.replicas") == 5 && one.Number("status.readyReplicas") == 0);
        foreach (int i in (int[])[1, 2, 3])
        {
            JsonNode set = await space.ReplicaSets.GetAsync($"p{i + 1}");
            Assert.Equal(sets[i].Replicas, set.Number("status.readyReplicas"));
        }

        Assert.Equal(5, (await space.Events.UntilAllAsync(
            static found => found.Count(static one => one.Text("reason") == "Preempted") == 5))
            .Count(static one => one.Text("reason") == "Preempted"));
    }

    [Fact]
    [Conformance(
        Area, "PriorityClass endpoints verify PriorityClass endpoints can be operated with different HTTP methods")]
    public async Task Verify_PriorityClass_endpoints_can_be_operated_with_different_HTTP_methods()
    {
        await ClassAsync("endpoints-1", 1);
        await ClassAsync("endpoints-2", 2);
        IReadOnlyList<JsonNode> listed = await Classes.ListAsync("suite=preemption");
        Assert.Equal(
            ["endpoints-1", "endpoints-2"],
            listed.Select(static one => one.Name())
                .Where(static one => one.StartsWith("endpoints", StringComparison.Ordinal)));
        Assert.Contains(await Classes.ListAsync(), static one => one.Name() == "system-node-critical");

        JsonNode patched = await Classes.StrategicAsync("endpoints-1", """{"description":"patched"}""");
        Assert.Equal("patched", patched.Text("description"));
        JsonNode updated = await Classes.UpdateAsync("endpoints-2", static one => one["description"] = "updated");
        Assert.Equal("updated", updated.Text("description"));
        JsonNode refused = await Classes.RefusedAsync(
            HttpMethod.Patch,
            "/endpoints-1",
            """{"value":10}""",
            "application/strategic-merge-patch+json",
            HttpStatusCode.UnprocessableEntity);
        Assert.Contains("value: Forbidden: may not be changed in an update.", refused.Text("message"));
        updated["value"] = 20;
        await Classes.RefusedAsync(
            HttpMethod.Put,
            "/endpoints-2",
            updated.ToJsonString(),
            "application/json",
            HttpStatusCode.UnprocessableEntity);
        await Classes.DeleteAsync("endpoints-1");
        await Classes.DeleteAsync("endpoints-2");
    }

    private static string Pod(string name, string resource, int amount, string priority, string metadata = "") =>
        $$"""
        metadata:
          name: {{name}}
          {{metadata}}
        spec: {{Spec(resource, amount, priority)}}
        """;

    private static string Spec(string resource, int amount, string priority)
    {
        string amounts = $$"""{example.com/{{resource}}: {{amount}} }""";
        return $$"""
            { priorityClassName: {{priority}}, containers: [{name: c, image: nginx, resources:
             {requests: {{amounts}}, limits: {{amounts}} } }] }
            """.ReplaceLineEndings(" ");
    }

    private Task<JsonNode> ClassAsync(string name, int value) => Classes.CreateAsync(
        $$"""{metadata: {name: {{name}}, labels: {suite: preemption} }, value: {{value}} }""");

    /// <summary>Makes nodes offer a resource that nobody else asks for.</summary>
    private async Task OfferAsync(string resource, int amount, params string[] nodes)
    {
        JsonObject offered = new() { ["example.com/" + resource] = $"{amount}" };
        JsonObject status = new() { ["capacity"] = offered, ["allocatable"] = offered.DeepClone() };
        string patch = new JsonObject { ["status"] = status }.ToJsonString();
        foreach (string node in nodes)
        {
            await Nodes.UntilAsync(node, static one => one.IsTrue("Ready"));
            await Nodes.MergeAsync(node + "/status", patch);
        }
    }
}
