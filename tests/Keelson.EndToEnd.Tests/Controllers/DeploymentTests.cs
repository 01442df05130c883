using System.Text.Json.Nodes;

namespace Keelson.EndToEnd.Tests.Controllers;

/// <summary>Deployments and replica sets on simulated nodes.</summary>
public sealed class DeploymentTests(SimulatedClusterFixture cluster) : IClassFixture<SimulatedClusterFixture>
{
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
