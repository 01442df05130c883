using System.Text.Json.Nodes;

namespace Keelson.EndToEnd.Tests.Controllers;

/// <summary>Deployments and replica sets on simulated nodes; names follow upstream's conformance behaviours.</summary>
public sealed class DeploymentTests(SimulatedClusterFixture cluster) : IClassFixture<SimulatedClusterFixture>
{
    [Fact]
    public async Task RollingUpdateDeployment_should_delete_old_pods_and_create_new_ones()
    {
        await cluster.NamespaceAsync("rolling");
        await cluster.PostAsync("/apis/apps/v1/namespaces/rolling/deployments", Deployment("web", 3, "nginx:1"));
        await CompleteAsync("rolling", "web", 3);
        await cluster.PatchAsync(
            "/apis/apps/v1/namespaces/rolling/deployments/web",
            """{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"nginx:2"}]}}}}""");
        await CompleteAsync("rolling", "web", 3);
        JsonArray pods = Items(await cluster.EventuallyAsync(
            "/api/v1/namespaces/rolling/pods", static list => Items(list).Count == 3));
        Assert.All(pods, static pod => Assert.Equal("nginx:2", (string?)pod!["spec"]!["containers"]![0]!["image"]));
        JsonArray sets = Items(await cluster.GetAsync("/apis/apps/v1/namespaces/rolling/replicasets"));
        Assert.Equal([0, 3], sets.Select(static set => (int)set!["spec"]!["replicas"]!).Order());
    }

    [Fact]
    public async Task RecreateDeployment_should_delete_old_pods_before_it_creates_new_ones()
    {
        await cluster.NamespaceAsync("recreate");
        string body = Deployment("web", 2, "nginx:1").Replace(
            "\"replicas\"", "\"strategy\":{\"type\":\"Recreate\"},\"replicas\"", StringComparison.Ordinal);
        await cluster.PostAsync("/apis/apps/v1/namespaces/recreate/deployments", body);
        await CompleteAsync("recreate", "web", 2);
        await cluster.PatchAsync(
            "/apis/apps/v1/namespaces/recreate/deployments/web",
            """{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"nginx:2"}]}}}}""");
        await CompleteAsync("recreate", "web", 2);
        JsonArray pods = Items(await cluster.GetAsync("/api/v1/namespaces/recreate/pods"));
        Assert.All(pods, static pod => Assert.Equal("nginx:2", (string?)pod!["spec"]!["containers"]![0]!["image"]));
    }

    [Fact]
    public async Task Deployment_should_delete_old_replica_sets()
    {
        await cluster.NamespaceAsync("history");
        string body = Deployment("web", 1, "nginx:1").Replace(
            "\"replicas\"", "\"revisionHistoryLimit\":0,\"replicas\"", StringComparison.Ordinal);
        await cluster.PostAsync("/apis/apps/v1/namespaces/history/deployments", body);
        await CompleteAsync("history", "web", 1);
        await cluster.PatchAsync(
            "/apis/apps/v1/namespaces/history/deployments/web",
            """{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"nginx:2"}]}}}}""");
        await cluster.EventuallyAsync(
            "/apis/apps/v1/namespaces/history/replicasets",
            static list => Items(list) is [var only] && (string?)only!["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] == "nginx:2");
    }

    [Fact]
    public async Task A_deleted_pod_of_a_replica_set_is_replaced()
    {
        await cluster.NamespaceAsync("healing");
        await cluster.PostAsync("/apis/apps/v1/namespaces/healing/deployments", Deployment("web", 2, "nginx:1"));
        await CompleteAsync("healing", "web", 2);
        JsonNode victim = Items(await cluster.GetAsync("/api/v1/namespaces/healing/pods"))[0]!;
        string name = (string)victim["metadata"]!["name"]!;
        await cluster.DeleteAsync($"/api/v1/namespaces/healing/pods/{name}");
        await cluster.GoneAsync($"/api/v1/namespaces/healing/pods/{name}");
        await CompleteAsync("healing", "web", 2);
    }

    [Fact]
    public async Task ReplicaSet_should_adopt_matching_pods_on_creation_and_release_no_longer_matching_pods()
    {
        await cluster.NamespaceAsync("adoption");
        await cluster.PostAsync(
            "/api/v1/namespaces/adoption/pods",
            """{"metadata":{"name":"lonely","labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}""");
        await cluster.PostAsync(
            "/apis/apps/v1/namespaces/adoption/replicasets",
            """
            {"metadata":{"name":"set"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"web"}},
             "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}}}
            """);
        await cluster.EventuallyAsync(
            "/api/v1/namespaces/adoption/pods/lonely",
            static pod => (string?)pod["metadata"]!["ownerReferences"]?[0]?["name"] == "set");
        await cluster.PatchAsync("/api/v1/namespaces/adoption/pods/lonely", """{"metadata":{"labels":{"app":"other"}}}""");
        await cluster.EventuallyAsync(
            "/api/v1/namespaces/adoption/pods/lonely",
            static pod => pod["metadata"]!["ownerReferences"] is null);
        await cluster.EventuallyAsync("/api/v1/namespaces/adoption/pods", static list => Items(list).Count == 2);
    }

    [Fact]
    public async Task Services_show_ready_pods_in_their_endpoint_slices()
    {
        await cluster.NamespaceAsync("slices");
        await cluster.PostAsync("/apis/apps/v1/namespaces/slices/deployments", Deployment("web", 3, "nginx:1"));
        await cluster.PostAsync(
            "/api/v1/namespaces/slices/services",
            """{"metadata":{"name":"web"},"spec":{"selector":{"app":"web"},"ports":[{"port":80,"targetPort":8080}]}}""");
        await cluster.EventuallyAsync(
            "/apis/discovery.k8s.io/v1/namespaces/slices/endpointslices",
            static list => Items(list) is [var slice] && slice!["endpoints"] is JsonArray { Count: 3 } endpoints
                && endpoints.All(static one => (bool?)one!["conditions"]!["ready"] == true && one["zone"] is not null)
                && (int?)slice["ports"]?[0]?["port"] == 8080);
    }

    private static JsonArray Items(JsonNode list) => (JsonArray)list["items"]!;

    private static string Deployment(string name, int replicas, string image) => new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject
        {
            ["replicas"] = replicas,
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = name } },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = name } },
                ["spec"] = new JsonObject
                {
                    ["containers"] = new JsonArray(new JsonObject { ["name"] = "c", ["image"] = image }),
                },
            },
        },
    }.ToJsonString();

    private async Task CompleteAsync(string @namespace, string name, int replicas) => await cluster.EventuallyAsync(
        $"/apis/apps/v1/namespaces/{@namespace}/deployments/{name}",
        one => (long?)one["status"]?["observedGeneration"] == (long)one["metadata"]!["generation"]!
            && (int?)one["status"]!["updatedReplicas"] == replicas
            && (int?)one["status"]!["replicas"] == replicas
            && (int?)one["status"]!["availableReplicas"] == replicas);
}
