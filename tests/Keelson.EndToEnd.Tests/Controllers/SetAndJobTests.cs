using System.Text.Json.Nodes;

namespace Keelson.EndToEnd.Tests.Controllers;

/// <summary>Stateful sets, daemon sets, jobs and budgets on simulated nodes.</summary>
public sealed class SetAndJobTests(SimulatedClusterFixture cluster) : IClassFixture<SimulatedClusterFixture>
{
    private const string Template = """{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}""";

    [Fact]
    public async Task StatefulSet_should_perform_rolling_updates_and_scale_in_order()
    {
        const string set = "/apis/apps/v1/namespaces/stateful/statefulsets/db";
        await cluster.NamespaceAsync("stateful");
        await cluster.PostAsync(
            "/apis/apps/v1/namespaces/stateful/statefulsets",
            $$$"""{"metadata":{"name":"db"},"spec":{"serviceName":"db","replicas":3,"selector":{"matchLabels":{"app":"a"}},"template":{{{Template}}}}}""");
        await cluster.EventuallyAsync(set, static one => (int?)one["status"]?["availableReplicas"] == 3);
        await cluster.PatchAsync(set, """{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"nginx:2"}]}}}}""");
        await cluster.EventuallyAsync(
            set,
            static one => IsObserved(one)
                && (int?)one["status"]!["updatedReplicas"] == 3 && (int?)one["status"]!["availableReplicas"] == 3
                && (string?)one["status"]!["currentRevision"] == (string?)one["status"]!["updateRevision"]);
        await cluster.PatchAsync(set, """{"spec":{"replicas":1}}""");
        JsonArray pods = Items(
            await cluster.EventuallyAsync("/api/v1/namespaces/stateful/pods", static list => Items(list).Count == 1));
        Assert.Equal("db-0", (string?)pods[0]!["metadata"]!["name"]);
        Assert.Equal("nginx:2", (string?)pods[0]!["spec"]!["containers"]![0]!["image"]);
    }

    [Fact]
    public async Task Daemon_set_should_run_on_every_node_and_update_its_pods()
    {
        const string set = "/apis/apps/v1/namespaces/daemons/daemonsets/agent";
        await cluster.NamespaceAsync("daemons");
        await cluster.PostAsync(
            "/apis/apps/v1/namespaces/daemons/daemonsets",
            $$$"""{"metadata":{"name":"agent"},"spec":{"selector":{"matchLabels":{"app":"a"}},"template":{{{Template}}}}}""");
        await cluster.EventuallyAsync(set, static one => (int?)one["status"]?["numberAvailable"] == 4);
        await cluster.PatchAsync(set, """{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"nginx:2"}]}}}}""");
        await cluster.EventuallyAsync(
            set,
            static one => IsObserved(one)
                && (int?)one["status"]!["updatedNumberScheduled"] == 4 && (int?)one["status"]!["numberAvailable"] == 4);
        JsonArray pods = Items(await cluster.GetAsync("/api/v1/namespaces/daemons/pods"));
        Assert.Equal(4, pods.Select(static pod => (string?)pod!["spec"]!["nodeName"]).Distinct().Count());
    }

    [Fact]
    public async Task Job_should_create_pods_for_an_Indexed_job_with_completion_indexes()
    {
        await cluster.NamespaceAsync("indexed");
        await cluster.PostAsync(
            "/apis/batch/v1/namespaces/indexed/jobs",
            """
            {"metadata":{"name":"j"},"spec":{"completions":4,"parallelism":2,"completionMode":"Indexed",
             "template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"busybox","command":["true"]}]}}}}
            """);
        JsonNode job = await cluster.EventuallyAsync(
            "/apis/batch/v1/namespaces/indexed/jobs/j", static one => Has(one, "Complete"));
        Assert.Equal("0-3", (string?)job["status"]!["completedIndexes"]);
        Assert.Equal(4, (int)job["status"]!["succeeded"]!);
        JsonArray pods = Items(await cluster.GetAsync("/api/v1/namespaces/indexed/pods"));
        Assert.All(pods, static pod => Assert.Null(pod!["metadata"]!["finalizers"]));
    }

    [Fact]
    public async Task Job_should_fail_when_it_exceeds_its_backoff_limit()
    {
        await cluster.NamespaceAsync("failing");
        await cluster.PostAsync(
            "/apis/batch/v1/namespaces/failing/jobs",
            """
            {"metadata":{"name":"j"},"spec":{"backoffLimit":0,
             "template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"busybox","command":["false"]}]}}}}
            """);
        JsonNode job = await cluster.EventuallyAsync(
            "/apis/batch/v1/namespaces/failing/jobs/j", static one => Has(one, "Failed"));
        Assert.Equal(1, (int)job["status"]!["failed"]!);
        JsonArray conditions = (JsonArray)job["status"]!["conditions"]!;
        Assert.Contains(conditions, static one => (string?)one!["reason"] == "BackoffLimitExceeded");
    }

    [Fact]
    public async Task DisruptionController_should_block_an_eviction_until_the_PDB_is_updated_to_allow_it()
    {
        await cluster.NamespaceAsync("budgets");
        await cluster.PostAsync(
            "/apis/apps/v1/namespaces/budgets/deployments",
            $$$"""{"metadata":{"name":"web"},"spec":{"replicas":3,"selector":{"matchLabels":{"app":"a"}},"template":{{{Template}}}}}""");
        await cluster.PostAsync(
            "/apis/policy/v1/namespaces/budgets/poddisruptionbudgets",
            """{"metadata":{"name":"pdb"},"spec":{"minAvailable":3,"selector":{"matchLabels":{"app":"a"}}}}""");
        await cluster.EventuallyAsync(
            "/apis/policy/v1/namespaces/budgets/poddisruptionbudgets/pdb", static one => (int?)one["status"]?["currentHealthy"] == 3);
        string pod = (string)Items(await cluster.GetAsync("/api/v1/namespaces/budgets/pods"))[0]!["metadata"]!["name"]!;
        using StringContent eviction =
            new($$$"""{"metadata":{"name":"{{{pod}}}"}}""", System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage refused = await cluster.Client.PostAsync(
            new Uri($"/api/v1/namespaces/budgets/pods/{pod}/eviction", UriKind.Relative), eviction);
        Assert.Equal(429, (int)refused.StatusCode);
        await cluster.PatchAsync(
            "/apis/policy/v1/namespaces/budgets/poddisruptionbudgets/pdb", """{"spec":{"minAvailable":2}}""");
        await cluster.EventuallyAsync(
            "/apis/policy/v1/namespaces/budgets/poddisruptionbudgets/pdb", static one => (int?)one["status"]?["disruptionsAllowed"] == 1);
        await cluster.PostAsync(
            $"/api/v1/namespaces/budgets/pods/{pod}/eviction", $$$"""{"metadata":{"name":"{{{pod}}}"}}""");
        await cluster.GoneAsync($"/api/v1/namespaces/budgets/pods/{pod}");
    }

    private static bool IsObserved(JsonNode one) =>
        (long?)one["status"]!["observedGeneration"] == (long)one["metadata"]!["generation"]!;

    private static JsonArray Items(JsonNode list) => (JsonArray)list["items"]!;

    private static bool Has(JsonNode one, string condition) => one["status"]?["conditions"] is JsonArray conditions
        && conditions.Any(it => (string?)it!["type"] == condition && (string?)it["status"] == "True");
}
