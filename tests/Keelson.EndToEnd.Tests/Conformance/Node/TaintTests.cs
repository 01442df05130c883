using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Node;

/// <summary>Taints that drive pods off a node.</summary>
public sealed class TaintTests(SimulatedClusterFixture cluster) : IClassFixture<SimulatedClusterFixture>
{
    private Resource Nodes => new(cluster, "/api/v1/nodes");

    [Fact]
    [Conformance(
        "[sig-node] NoExecuteTaintManager Multiple Pods [Serial] evicts pods with minTolerationSeconds [Disruptive]")]
    public async Task Evicts_pods_with_minTolerationSeconds()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Pods.CreateAsync(Pod("short", "node-0", 1));
        await space.Pods.CreateAsync(Pod("long", "node-0", 4));
        await space.Pods.UntilAllAsync(
            static found => found.Count == 2 && found.All(static one => one.IsReadyPod()));
        await using WatchStream watch = await space.Pods.WatchAsync();
        long start = TimeProvider.System.GetTimestamp();
        await TaintAsync("node-0");
        JsonNode first = await watch.UntilAsync("MODIFIED", static one => one.Has("metadata.deletionTimestamp"));
        Assert.Equal("short", first.Name());
        Assert.True(TimeProvider.System.GetElapsedTime(start) >= TimeSpan.FromSeconds(1));
        Assert.True(first.IsTrue("DisruptionTarget"), first.ToJsonString());
        JsonNode second = await watch.UntilAsync(
            "MODIFIED", static one => one.Has("metadata.deletionTimestamp") && one.Name() == "long");
        Assert.Equal("DeletionByTaintManager", second.Condition("DisruptionTarget").Text("reason"));
        TimeSpan passed = TimeProvider.System.GetElapsedTime(start);
        Assert.True(passed >= TimeSpan.FromSeconds(4) && passed < TimeSpan.FromSeconds(15), $"{passed}");
        await UntaintAsync("node-0");
    }

    [Fact]
    [Conformance("[sig-node] NoExecuteTaintManager Single Pod [Serial] removing taint cancels eviction [Disruptive]")]
    public async Task Removing_taint_cancels_eviction()
    {
        // The other one, which stands the taint as long, shows that the time is over.
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Pods.CreateAsync(Pod("stays", "node-1", 2));
        await space.Pods.CreateAsync(Pod("goes", "node-2", 2));
        await space.Pods.UntilAllAsync(
            static found => found.Count == 2 && found.All(static one => one.IsReadyPod()));
        await TaintAsync("node-1");
        await TaintAsync("node-2");
        await UntaintAsync("node-1");
        await space.Pods.UntilAsync("goes", static one => one.Has("metadata.deletionTimestamp"));
        await space.Pods.GoneAsync("goes");
        Assert.True((await space.Pods.GetAsync("stays")).IsReadyPod());
        await UntaintAsync("node-2");
    }

    private static string Pod(string name, string node, int seconds) =>
        $$"""
        metadata: {name: {{name}} }
        spec:
          nodeName: {{node}}
          terminationGracePeriodSeconds: 1
          tolerations:
          - key: kubernetes.io/e2e-evict-taint-key
            operator: Exists
            effect: NoExecute
            tolerationSeconds: {{seconds}}
          containers: [{name: c, image: pause}]
        """;

    private Task<JsonNode> TaintAsync(string node) => Nodes.MergeAsync(
        node,
        """
        {"spec":{"taints":[{"key":"kubernetes.io/e2e-evict-taint-key","value":"evictTaintVal","effect":"NoExecute"}]}}
        """);

    private Task<JsonNode> UntaintAsync(string node) => Nodes.MergeAsync(node, """{"spec":{"taints":null}}""");
}
