using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Conformance;

namespace Keelson.EndToEnd.Tests.Nodes.Faults;

/// <summary>Parts of the container runtime that are killed while pods run.</summary>
[Collection(FaultCollection.Name)]
public sealed class RuntimeFaultTests(FaultCluster cluster)
{
    private const string Manifest = """
        apiVersion: v1
        kind: Pod
        metadata: {name: runs, namespace: default}
        spec:
          nodeName: n1
          terminationGracePeriodSeconds: 0
          containers:
          - {name: one, image: busybox, command: [sh, -c, "echo one; while :; do sleep 0.1; done"],
             livenessProbe: {exec: {command: ["true"]}, periodSeconds: 1, failureThreshold: 1} }
          - {name: two, image: busybox, command: [sh, -c, "echo two; exec sleep 20000"]}
        """;

    [Fact]
    public async Task A_killed_containerd_is_started_again_and_containers_notice_nothing()
    {
        cluster.SkipUnlessPossible();
        NodeTraces before = await cluster.AtRestAsync(cluster.Worker);
        await cluster.ApplyAsync(Manifest);
        JsonNode runs = await cluster.ReadyAsync("runs");
        string ready = await ReadySinceAsync();
        int killed = cluster.Worker.ProcessOf("containerd --config");
        await cluster.Worker.SignalAsync("KILL", killed);
        await cluster.ApplyAsync(Manifest.Replace("name: runs", "name: later", StringComparison.Ordinal));
        await cluster.ReadyAsync("later");
        Assert.NotEqual(killed, cluster.Worker.ProcessOf("containerd --config"));
        Assert.Equal("two", await cluster.KeelsonAsync(["logs", "runs", "-c", "two"]));
        Assert.Equal("yes", await cluster.KeelsonAsync(["exec", "runs", "-c", "two", "--", "echo", "yes"]));
        JsonNode now = await cluster.ReadyAsync("runs");
        Assert.Equal(Containers(runs), Containers(now));
        Assert.Equal(0, now.Number("status.containerStatuses.0.restartCount"));
        await cluster.KeelsonAsync(["delete", "pod", "runs", "later"]);
        Assert.Equal(ready, await ReadySinceAsync());
        await cluster.LeavesNothingAsync(cluster.Worker, before);
    }

    [Fact]
    public async Task Containers_without_their_shim_are_started_again()
    {
        cluster.SkipUnlessPossible();
        NodeTraces before = await cluster.AtRestAsync(cluster.Worker);
        await cluster.ApplyAsync(Manifest);
        JsonNode runs = await cluster.ReadyAsync("runs");
        int orphan = cluster.Worker.ProcessOf("sleep 20000");
        await cluster.Worker.SignalAsync("KILL", await OnlyShimAsync());
        await StartsAgainAsync(runs);
        Assert.NotEqual(orphan, cluster.Worker.ProcessOf("sleep 20000"));
        await cluster.KeelsonAsync(["delete", "pod", "runs"]);
        await cluster.LeavesNothingAsync(cluster.Worker, before);
    }

    [Fact]
    public async Task A_killed_sandbox_is_made_anew_with_all_containers()
    {
        cluster.SkipUnlessPossible();
        NodeTraces before = await cluster.AtRestAsync(cluster.Worker);
        await cluster.ApplyAsync(Manifest);
        JsonNode runs = await cluster.ReadyAsync("runs");
        await cluster.Worker.SignalAsync("KILL", cluster.Worker.ProcessOf("/pause"));
        await StartsAgainAsync(runs);
        cluster.Worker.ProcessOf("/pause");
        cluster.Worker.ProcessOf("sleep 20000");
        string events = await cluster.KeelsonAsync(
            ["get", "events", "--field-selector", "involvedObject.name=runs", "-o", "jsonpath={.items[*].message}"]);
        Assert.Contains("Pod sandbox changed, it will be killed and re-created.", events);
        await cluster.KeelsonAsync(["delete", "pod", "runs"]);
        await cluster.LeavesNothingAsync(cluster.Worker, before);
    }

    /// <summary>The shim; those that start and clean up others are of the same name and end soon.</summary>
    private async Task<int> OnlyShimAsync()
    {
        await cluster.WhenAsync(
            () => Task.FromResult(cluster.Worker.Processes()
                .Count(static one => one.Line.Contains("containerd-shim", StringComparison.Ordinal)) == 1),
            static () => "there is not one shim");
        return cluster.Worker.ProcessOf("containerd-shim");
    }

    private async Task<string> ReadySinceAsync() =>
        (await cluster.GetAsync("node", FaultCluster.Second)).Condition("Ready").Text("lastTransitionTime");

    private async Task StartsAgainAsync(JsonNode pod)
    {
        JsonNode now = await cluster.UntilAsync(
            "pod", pod.Name(), static one => one.IsReadyPod()
                && one.Items("status.containerStatuses").All(static it => it.Number("restartCount") == 1));
        Assert.Empty(Containers(pod).Intersect(Containers(now)));
        Assert.Equal(pod.Text("metadata.uid"), now.Text("metadata.uid"));

        // The address of the sandbox before is free again: one lease a pod.
        string leases = cluster.Worker.Inside(Path.Combine(cluster.Worker.NodeDirectory, "cni", "networks", "faults"));
        Assert.Equal(
            [now.Text("status.podIP")],
            Directory.GetFiles(leases).Select(Path.GetFileName).Where(static one => char.IsAsciiDigit(one![0])));
    }

    private static IEnumerable<string> Containers(JsonNode pod) =>
        pod.Items("status.containerStatuses").Select(static one => one.Text("containerID"));
}
