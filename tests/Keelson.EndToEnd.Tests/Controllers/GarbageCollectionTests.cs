using System.Globalization;
using System.Text.Json.Nodes;

namespace Keelson.EndToEnd.Tests.Controllers;

/// <summary>What becomes of objects when their owners go.</summary>
public sealed class GarbageCollectionTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task Dependents_go_after_an_owner_deleted_in_the_background()
    {
        const string maps = "/api/v1/namespaces/gc-background/configmaps";
        await cluster.NamespaceAsync("gc-background");
        string owner = await CreateAsync(maps, "owner");
        await CreateAsync(maps, "middle", owner, "owner");
        string middle = (string)(await cluster.GetAsync(maps + "/middle"))["metadata"]!["uid"]!;
        await CreateAsync(maps, "leaf", middle, "middle");
        await cluster.DeleteAsync(maps + "/owner");
        await cluster.GoneAsync(maps + "/middle");
        await cluster.GoneAsync(maps + "/leaf");
    }

    [Fact]
    public async Task Foreground_deletion_waits_for_dependents()
    {
        const string maps = "/api/v1/namespaces/gc-foreground/configmaps";
        await cluster.NamespaceAsync("gc-foreground");
        string owner = await CreateAsync(maps, "owner");
        await CreateAsync(maps, "held", owner, "owner", finalizer: "example.com/hold");
        await cluster.DeleteAsync(maps + "/owner", """{"propagationPolicy":"Foreground"}""");
        await cluster.EventuallyAsync(maps + "/held", static one => one["metadata"]!["deletionTimestamp"] is not null);
        Assert.Equal(
            "foregroundDeletion", (string)(await cluster.GetAsync(maps + "/owner"))["metadata"]!["finalizers"]![0]!);
        await cluster.PatchAsync(maps + "/held", """{"metadata":{"finalizers":null}}""");
        await cluster.GoneAsync(maps + "/held");
        await cluster.GoneAsync(maps + "/owner");
    }

    [Fact]
    public async Task Orphans_lose_the_reference_and_stay()
    {
        const string maps = "/api/v1/namespaces/gc-orphan/configmaps";
        await cluster.NamespaceAsync("gc-orphan");
        string owner = await CreateAsync(maps, "owner");
        await CreateAsync(maps, "child", owner, "owner");
        await cluster.DeleteAsync(maps + "/owner", """{"propagationPolicy":"Orphan"}""");
        await cluster.GoneAsync(maps + "/owner");
        JsonNode child = await cluster.GetAsync(maps + "/child");
        Assert.Null(child["metadata"]!["ownerReferences"]);
    }

    [Fact]
    public async Task A_dependent_of_an_owner_that_never_was_goes()
    {
        const string maps = "/api/v1/namespaces/gc-absent/configmaps";
        await cluster.NamespaceAsync("gc-absent");
        await CreateAsync(maps, "child", "3b0c3b5e-0000-4000-8000-000000000001", "nobody");
        await cluster.GoneAsync(maps + "/child");
    }

    [Fact]
    public async Task An_owner_in_another_namespace_does_not_count_and_an_event_says_so()
    {
        await cluster.NamespaceAsync("gc-here");
        await cluster.NamespaceAsync("gc-there");
        string owner = await CreateAsync("/api/v1/namespaces/gc-there/configmaps", "owner");
        await CreateAsync("/api/v1/namespaces/gc-here/configmaps", "child", owner, "owner");
        await cluster.GoneAsync("/api/v1/namespaces/gc-here/configmaps/child");
        JsonNode events = await cluster.EventuallyAsync(
            "/api/v1/namespaces/gc-here/events", static list => list["items"]!.AsArray().Any(one => (string)one!["reason"]! == "OwnerRefInvalidNamespace"));
        JsonNode told = events["items"]!.AsArray().First(one => (string)one!["reason"]! == "OwnerRefInvalidNamespace")!;
        Assert.Equal(
            $"ownerRef [v1/ConfigMap, namespace: gc-here, name: owner, uid: {owner}] does not exist in namespace \"gc-here\"",
            (string)told["message"]!);
    }

    [Fact]
    public async Task An_owner_of_the_cluster_takes_dependents_along_but_is_not_taken_by_one_in_a_namespace()
    {
        const string roles = "/apis/rbac.authorization.k8s.io/v1/clusterroles";
        const string maps = "/api/v1/namespaces/gc-cluster/configmaps";
        await cluster.NamespaceAsync("gc-cluster");
        JsonNode role = await cluster.PostAsync(roles, """{"metadata":{"name":"gc-owner"}}""");
        JsonObject owner = new()
        {
            ["apiVersion"] = "rbac.authorization.k8s.io/v1",
            ["kind"] = "ClusterRole",
            ["name"] = "gc-owner",
            ["uid"] = (string)role["metadata"]!["uid"]!,
        };
        JsonObject meta = new() { ["name"] = "child", ["ownerReferences"] = new JsonArray(owner) };
        await cluster.PostAsync(maps, new JsonObject { ["metadata"] = meta }.ToJsonString());
        await cluster.PostAsync(
            roles,
            """
            {"metadata":{"name":"gc-odd","ownerReferences":[
              {"apiVersion":"v1","kind":"ConfigMap","name":"nobody","uid":"3b0c3b5e-0000-4000-8000-000000000002"}]}}
            """);
        await cluster.DeleteAsync(roles + "/gc-owner");
        await cluster.GoneAsync(maps + "/child");
        Assert.True(await cluster.ExistsAsync(roles + "/gc-odd"));
    }

    [Fact]
    public async Task Thousands_of_dependents_go_in_a_few_seconds()
    {
        const int count = 2000;
        const string maps = "/api/v1/namespaces/gc-many/configmaps";
        await cluster.NamespaceAsync("gc-many");
        string owner = await CreateAsync(maps, "owner");
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = 64 },
            async (i, _) => await CreateAsync(maps, "child-" + i.ToString(CultureInfo.InvariantCulture), owner, "owner"));
        long start = TimeProvider.System.GetTimestamp();
        await cluster.DeleteAsync(maps + "/owner");
        await cluster.EventuallyAsync(maps, static list => list["items"]!.AsArray().All(one => !((string)one!["metadata"]!["name"]!).StartsWith("child-", StringComparison.Ordinal)));
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{count} dependents gone after {TimeProvider.System.GetElapsedTime(start)}");
    }

    private async Task<string> CreateAsync(
        string path, string name, string? ownerUid = null, string ownerName = "", string? finalizer = null)
    {
        JsonObject meta = new() { ["name"] = name };
        if (ownerUid is not null)
        {
            meta["ownerReferences"] = new JsonArray(new JsonObject
            {
                ["apiVersion"] =
                    "v1", ["kind"] =
                        "ConfigMap", ["name"] = ownerName, ["uid"] = ownerUid, ["blockOwnerDeletion"] = true,
            });
        }

        if (finalizer is not null)
        {
            meta["finalizers"] = new JsonArray(finalizer);
        }

        JsonNode created = await cluster.PostAsync(path, new JsonObject { ["metadata"] = meta }.ToJsonString());
        return (string)created["metadata"]!["uid"]!;
    }
}
