using System.Text.Json.Nodes;

namespace Keelson.EndToEnd.Tests.Controllers;

/// <summary>What becomes of nodes, and of the pods that are on them.</summary>
public sealed class NodeTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task A_node_that_is_not_ready_is_tainted_against_new_pods_and_told_its_caching_time()
    {
        await NodeAsync("unready", "False");
        JsonNode node = await cluster.EventuallyAsync(
            "/api/v1/nodes/unready",
            static one =>
                Taints(one).Contains("node.kubernetes.io/not-ready:NoSchedule")
                    && one["metadata"]!["annotations"] is not null
                && one["metadata"]!["labels"]!["beta.kubernetes.io/os"] is not null);
        Assert.Equal("0", (string)node["metadata"]!["annotations"]!["node.alpha.kubernetes.io/ttl"]!);
        Assert.Equal("linux", (string)node["metadata"]!["labels"]!["beta.kubernetes.io/os"]!);
        node["status"]!["conditions"]![0]!["status"] = "True";
        await cluster.PutAsync("/api/v1/nodes/unready/status", node.ToJsonString());
        await cluster.EventuallyAsync("/api/v1/nodes/unready", static one => !Taints(one).Any(static taint => taint.StartsWith("node.kubernetes.io/not-ready", StringComparison.Ordinal)));
        await cluster.EventuallyAsync(
            "/api/v1/namespaces/default/events",
            static list => list["items"]!.AsArray().Any(static one => (string?)one!["message"] == "Node unready event: Registered Node unready in Controller"));
    }

    [Fact]
    public async Task Pods_leave_a_tainted_node_unless_they_tolerate_it()
    {
        await cluster.NamespaceAsync("taints");
        await NodeAsync("tainted", "True");
        await PodAsync("leaves", "");
        await PodAsync("stays", ""","tolerations":[{"key":"example.com/drain","operator":"Exists"}]""");
        await cluster.PatchAsync("/api/v1/nodes/tainted", """{"spec":{"taints":[{"key":"example.com/drain","effect":"NoExecute"}]}}""");
        JsonNode leaving = await cluster.EventuallyAsync(
            "/api/v1/namespaces/taints/pods/leaves", static one => one["metadata"]!["deletionTimestamp"] is not null);
        JsonNode condition = leaving["status"]!["conditions"]!.AsArray()
            .First(static one => (string)one!["type"]! == "DisruptionTarget")!;
        Assert.Equal("DeletionByTaintManager", (string)condition["reason"]!);
        Assert.Null((await cluster.GetAsync("/api/v1/namespaces/taints/pods/stays"))["metadata"]!["deletionTimestamp"]);
        await cluster.EventuallyAsync(
            "/api/v1/namespaces/taints/events",
            static list => list["items"]!.AsArray().Any(static one => (string?)one!["message"] == "Marking for deletion Pod taints/leaves"));
    }

    private static string[] Taints(JsonNode node) =>
        [.. (node["spec"]!["taints"]?.AsArray() ?? []).Select(static one => $"{one!["key"]}:{one["effect"]}")];

    private Task<JsonNode> PodAsync(string name, string more) => cluster.PostAsync(
        "/api/v1/namespaces/taints/pods",
        $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"nodeName":"tainted","containers":[{"name":"c","image":"i"}]{{{more}}}}}""");

    private async Task NodeAsync(string name, string ready)
    {
        await cluster.PostAsync(
            "/api/v1/nodes",
            $$$"""{"metadata":{"name":"{{{name}}}","labels":{"kubernetes.io/os":"linux"}},"status":{"conditions":[{"type":"Ready","status":"{{{ready}}}"}]}}""");
        JsonNode node = await cluster.GetAsync("/api/v1/nodes/" + name);
        if (node["status"]?["conditions"] is null)
        {
            await cluster.PatchAsync(
                $"/api/v1/nodes/{name}/status", $$$"""{"status":{"conditions":[{"type":"Ready","status":"{{{ready}}}"}]}}""");
        }
    }
}
