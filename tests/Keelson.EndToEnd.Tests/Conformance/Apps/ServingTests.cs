using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Apps;

/// <summary>Replicas whose containers really answer.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class ServingTests(NodeClusterFixture cluster)
{
    [Fact]
    [Conformance("[sig-apps] ReplicaSet should serve a basic image on each replica with a public image")]
    public async Task ReplicaSet_should_serve_a_basic_image_on_each_replica()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.ReplicaSets.CreateAsync(Yaml("matchLabels: {app: my-hostname}"));
        await EachAnswersAsync(space);
    }

    [Fact]
    [Conformance("[sig-apps] ReplicationController should serve a basic image on each replica with a public image")]
    public async Task ReplicationController_should_serve_a_basic_image_on_each_replica()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.ReplicationControllers.CreateAsync(Yaml("app: my-hostname"));
        await EachAnswersAsync(space);
    }

    private static string Yaml(string selector) =>
        $$"""
        metadata: {name: my-hostname}
        spec:
          replicas: 2
          selector: { {{selector}} }
          template:
            metadata: {labels: {app: my-hostname} }
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - name: my-hostname
                image: busybox
                command: [serve, "9376"]
                ports: [{containerPort: 9376}]
                readinessProbe: {tcpSocket: {port: 9376}, periodSeconds: 1}
        """;

    /// <summary>Each pod tells its name, through the server's proxy.</summary>
    private async Task EachAnswersAsync(Workspace space)
    {
        IReadOnlyList<JsonNode> pods = await space.ReadyPodsAsync("app=my-hostname", 2);
        foreach (JsonNode pod in pods)
        {
            string answer = await cluster.Client.GetStringAsync(
                $"{space.Pods.Path}/{pod.Name()}:9376/proxy/hostname");
            Assert.Equal(pod.Name(), answer);
        }
    }
}
