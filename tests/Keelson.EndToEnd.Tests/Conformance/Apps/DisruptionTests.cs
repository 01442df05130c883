using System.Net;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Apps;

/// <summary>Budgets of disruptions and what they keep from eviction.</summary>
public sealed class DisruptionTests(SimulatedClusterFixture cluster) : IClassFixture<SimulatedClusterFixture>
{
    private const string Area = "[sig-apps] DisruptionController";

    [Fact]
    [Conformance(Area, "should block an eviction until the PDB is updated to allow it")]
    public async Task Should_block_an_eviction_until_the_PDB_is_updated_to_allow_it()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Budgets.CreateAsync(Budget("minAvailable: 3"));
        await space.ReplicaSets.CreateAsync(Manifests.Workload("web", 3));
        await space.ReadyPodsAsync("app=web", 3);
        await space.Budgets.UntilAsync("web", static one => one.Number("status.currentHealthy") == 3);
        string pod = (await space.Pods.ListAsync("app=web"))[0].Name();
        string eviction = new JsonObject { ["metadata"] = new JsonObject { ["name"] = pod } }.ToJsonString();
        JsonNode refused = await space.Pods.RefusedAsync(
            HttpMethod.Post, $"/{pod}/eviction", eviction, "application/json", HttpStatusCode.TooManyRequests);
        Assert.Equal("TooManyRequests", refused.Text("reason"));
        Assert.Equal("DisruptionBudget", refused.Text("details.causes.0.reason"));

        // An update of the budget allows it, a patch forbids the next one.
        await space.Budgets.UpdateAsync("web", static one => one["spec"]!["minAvailable"] = 2);
        await space.Budgets.UntilAsync(
            "web", static one => one.IsObserved() && one.Number("status.disruptionsAllowed") == 1);
        await cluster.PostAsync($"{space.Pods.Path}/{pod}/eviction", eviction);
        await space.Pods.GoneAsync(pod);
        await space.ReadyPodsAsync("app=web", 3);
        await space.Budgets.MergeAsync("web", """{"spec":{"minAvailable":"100%"}}""");
        await space.Budgets.UntilAsync(
            "web", static one => one.IsObserved() && one.Number("status.currentHealthy") == 3
                && one.Number("status.disruptionsAllowed") == 0);
        pod = (await space.Pods.ListAsync("app=web"))[0].Name();
        eviction = new JsonObject { ["metadata"] = new JsonObject { ["name"] = pod } }.ToJsonString();
        await space.Pods.RefusedAsync(
            HttpMethod.Post, $"/{pod}/eviction", eviction, "application/json", HttpStatusCode.TooManyRequests);

        // Without a budget nothing stands in the way.
        await space.Budgets.DeleteAsync("web");
        await cluster.PostAsync($"{space.Pods.Path}/{pod}/eviction", eviction);
        await space.Pods.GoneAsync(pod);
    }

    [Fact]
    [Conformance(Area, "should create a PodDisruptionBudget")]
    public async Task Should_create_a_PodDisruptionBudget()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Budgets.CreateAsync(Budget("minAvailable: 1"));
        await space.Budgets.UntilAsync("web", static one => one.IsObserved());
        JsonNode updated = await space.Budgets.UpdateAsync("web", static one => one["spec"]!["minAvailable"] = 2);
        Assert.Equal(2, updated.Number("spec.minAvailable"));
        await space.Budgets.UntilAsync("web", static one => one.IsObserved() && one.Number("metadata.generation") == 2);
        JsonNode patched = await space.Budgets.StrategicAsync("web", """{"spec":{"minAvailable":"3%"}}""");
        Assert.Equal("3%", patched.Text("spec.minAvailable"));
        await space.Budgets.UntilAsync("web", static one => one.IsObserved() && one.Number("metadata.generation") == 3);
        await space.Budgets.DeleteAsync("web");
        await space.Budgets.GoneAsync("web");
    }

    [Fact]
    [Conformance(Area, "should observe PodDisruptionBudget status updated")]
    public async Task Should_observe_PodDisruptionBudget_status_updated()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Budgets.CreateAsync(Budget("minAvailable: 1"));
        await space.Budgets.UntilAsync("web", static one => one.IsObserved());
        foreach (string pod in (string[])["a", "b", "c"])
        {
            await space.Pods.CreateAsync(Manifests.Pod(pod, "web"));
        }

        JsonNode budget =
            await space.Budgets.UntilAsync("web", static one => one.Number("status.disruptionsAllowed") == 2);
        Assert.Equal(
            (3, 1, 3),
            (budget.Number("status.currentHealthy"), budget.Number("status.desiredHealthy"),
                budget.Number("status.expectedPods")));
        Assert.Equal("SufficientPods", budget.Condition("DisruptionAllowed").Text("reason"));
    }

    [Fact]
    [Conformance(Area, "should update/patch PodDisruptionBudget status")]
    public async Task Should_update_or_patch_PodDisruptionBudget_status()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Budgets.CreateAsync(Budget("minAvailable: 1"));
        await space.Pods.CreateAsync(Manifests.Pod("a", "web"));
        await space.Budgets.UntilAsync(
            "web", static one => one.IsObserved() && one.Number("status.currentHealthy") == 1);
        const string disrupted = "2030-01-01T00:00:00Z";
        JsonNode updated = await space.Budgets.UpdateAsync(
            "web/status", static one => one["status"]!["disruptedPods"] = new JsonObject { ["a"] = disrupted });
        Assert.Equal(disrupted, updated.Text("status.disruptedPods.a"));
        JsonNode patched = await space.Budgets.MergeAsync("web/status", """{"status":{"disruptedPods":null}}""");
        Assert.False(patched.Has("status.disruptedPods"));
        Assert.Equal(1, (await space.Budgets.GetAsync("web/status")).Number("spec.minAvailable"));
    }

    [Fact]
    [Conformance(
        Area,
        "Listing PodDisruptionBudgets for all namespaces should list and delete a collection of PodDisruptionBudgets")]
    public async Task Should_list_and_delete_a_collection_of_PodDisruptionBudgets()
    {
        Workspace here = await Workspace.CreateAsync(cluster);
        Workspace there = await Workspace.CreateAsync(cluster);
        foreach (string name in (string[])["one", "two", "three"])
        {
            await here.Budgets.CreateAsync(Budget("minAvailable: 1", name, here.Namespace));
        }

        await there.Budgets.CreateAsync(Budget("minAvailable: 1", "one", here.Namespace));
        Resource everywhere = here.Everywhere("policy/v1", "poddisruptionbudgets");
        Assert.Equal(4, (await everywhere.ListAsync($"suite={here.Namespace}")).Count);
        Assert.Equal(3, (await here.Budgets.ListAsync($"suite={here.Namespace}")).Count);
        await here.Budgets.DeleteCollectionAsync($"suite={here.Namespace}");
        await here.Budgets.UntilAllAsync(static found => found.Count == 0);
        JsonNode left = Assert.Single(await everywhere.ListAsync($"suite={here.Namespace}"));
        Assert.Equal(there.Namespace, left.Text("metadata.namespace"));
    }

    private static string Budget(string spec, string name = "web", string suite = "list") =>
        $$"""
        metadata: {name: {{name}}, labels: {suite: {{suite}} } }
        spec: {selector: {matchLabels: {app: web} }, {{spec}} }
        """;
}
