using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Storage;

/// <summary>Many volumes of which each has an empty directory beneath.</summary>
public sealed class EmptyDirWrapperTests(NodeClusterFixture cluster) : NodeConformanceTest(cluster)
{
    private const int Volumes = 50;
    private const int Pods = 5;
    private const int Iterations = 3;

    [Fact]
    [Conformance("[sig-storage] EmptyDir wrapper volumes should not conflict")]
    public async Task Should_not_conflict()
    {
        await Space.Secrets.CreateAsync("metadata: {name: both}\nstringData: {data-1: secret}");
        await Space.ConfigMaps.CreateAsync("metadata: {name: both}\ndata: {data-1: map}");
        await Space.ServeAsync(
            """
            metadata: {name: both}
            spec:
              terminationGracePeriodSeconds: 0
              volumes: [{name: secret, secret: {secretName: both} }, {name: map, configMap: {name: both} }]
              containers:
              - name: c
                image: busybox
                command: [sleep, "3600"]
                volumeMounts: [{name: secret, mountPath: /etc/secret}, {name: map, mountPath: /etc/map}]
            """);
        Assert.Equal("secretmap", await Space.ShellAsync("both", "cat /etc/secret/data-1 /etc/map/data-1"));
    }

    [Fact]
    [Conformance(
        "[sig-storage] EmptyDir wrapper volumes should not cause race condition when used for configmaps [Serial]")]
    public async Task Should_not_cause_race_condition_when_used_for_configmaps()
    {
        await Task.WhenAll(Enumerable.Range(0, Volumes).Select(number => Space.ConfigMaps.CreateAsync(
            $$"""
            metadata: {name: racey-{{number}} }
            data: {data-1: value-1}
            """)));
        string volumes = string.Join(", ", Enumerable.Range(0, Volumes).Select(static number =>
            $$"""{name: v{{number}}, configMap: {name: racey-{{number}}, items: [{key: data-1, path: data-1}] } }"""));
        string mounts = string.Join(", ", Enumerable.Range(0, Volumes).Select(static number =>
            $$"""{name: v{{number}}, mountPath: /etc/config-{{number}} }"""));
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            string app = $"racey-{iteration}";
            await Space.ReplicationControllers.CreateAsync(
                $$"""
                metadata: {name: {{app}} }
                spec:
                  replicas: {{Pods}}
                  selector: {app: {{app}} }
                  template:
                    metadata: {labels: {app: {{app}} } }
                    spec:
                      terminationGracePeriodSeconds: 0
                      volumes: [{{volumes}}]
                      containers:
                      - name: c
                        image: busybox
                        command: [sleep, "3600"]
                        volumeMounts: [{{mounts}}]
                """);
            IReadOnlyList<JsonNode> pods = await Space.ReadyPodsAsync("app=" + app, Pods);
            Assert.Equal(
                "50", await Space.ShellAsync(pods[0].Name(), "cat /etc/config-*/data-1 | grep -o value-1 | wc -l"));
            await Space.ReplicationControllers.DeleteAsync(app, """{"propagationPolicy":"Background"}""");
            await Space.Pods.UntilAllAsync(static found => found.Count == 0, "app=" + app);
        }
    }
}
