using System.Text.Json.Nodes;

namespace Keelson.EndToEnd.Tests.Nodes;

/// <summary>Pods, services and names on a real node.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class NodeTests(NodeClusterFixture cluster)
{
    [Fact]
    public async Task A_deployment_answers_through_its_service_and_its_name()
    {
        NodeClusterFixture.SkipUnlessPossible();
        await cluster.NamespaceAsync("web");
        await cluster.PostAsync(
            "/apis/apps/v1/namespaces/web/deployments",
            """
            {"metadata":{"name":"web"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},
             "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"nginx","image":"nginx:1.25",
             "ports":[{"containerPort":80}],"readinessProbe":{"httpGet":{"port":80},"periodSeconds":1}}]}}}}
            """);
        JsonNode service = await cluster.PostAsync(
            "/api/v1/namespaces/web/services",
            """{"metadata":{"name":"web"},"spec":{"selector":{"app":"web"},"ports":[{"port":80}]}}""");
        await cluster.EventuallyAsync(
            "/apis/apps/v1/namespaces/web/deployments/web",
            static one => (int?)one["status"]?["availableReplicas"] == 2);
        await cluster.PostAsync(
            "/api/v1/namespaces/web/pods",
            """
            {"metadata":{"name":"client"},"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"busybox",
             "command":["sh","-c","get $ADDRESS && get web.web.svc.cluster.local && get web"],
             "env":[{"name":"ADDRESS","value":"ADDRESS_OF_WEB"}]}]}}
            """.Replace("ADDRESS_OF_WEB", (string)service["spec"]!["clusterIP"]!));
        JsonNode client = await cluster.EventuallyAsync(
            "/api/v1/namespaces/web/pods/client",
            static one => (string?)one["status"]!["phase"] is "Succeeded" or "Failed");
        using HttpResponseMessage answer = await cluster.Client.GetAsync("/api/v1/namespaces/web/pods/client/log");
        string log = await answer.Content.ReadAsStringAsync();
        Assert.True((string?)client["status"]!["phase"] == "Succeeded", log);
        Assert.Equal(3, log.Split("<h1>Welcome to nginx!</h1>").Length - 1);
    }
}
