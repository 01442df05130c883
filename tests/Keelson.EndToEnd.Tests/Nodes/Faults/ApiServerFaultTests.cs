using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Conformance;

namespace Keelson.EndToEnd.Tests.Nodes.Faults;

/// <summary>A node that does not reach the API server for a while.</summary>
[Collection(FaultCollection.Name)]
public sealed class ApiServerFaultTests(FaultCluster cluster)
{
    private static readonly string Manifest = string.Concat(new[] { "crashes", "stays", "goes" }.Select(
        static name => $$"""
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: {{name}}, namespace: default}
        spec:
          nodeName: n1
          terminationGracePeriodSeconds: 0
          containers:
          - name: c
            image: busybox
            command: [sh, -c, "echo begun; exec sleep 3000 {{name.Length}}"]
            livenessProbe: {exec: {command: ["true"]}, periodSeconds: 1, failureThreshold: 1}
            readinessProbe: {exec: {command: ["true"]}, periodSeconds: 1}

        """));

    [Fact]
    public async Task A_node_that_is_cut_off_runs_its_pods_on_and_tells_of_it_afterwards()
    {
        cluster.SkipUnlessPossible();
        try
        {
            await CutOffAndBackAsync();
        }
        finally
        {
            await cluster.Worker.TryAsync("nft", "delete table inet faults");
        }
    }

    private async Task CutOffAndBackAsync()
    {
        NodeTraces before = await cluster.AtRestAsync(cluster.Worker);
        await cluster.ApplyAsync(Manifest);
        await cluster.ReadyAsync("crashes");
        await cluster.ReadyAsync("goes");
        JsonNode stays = await cluster.ReadyAsync("stays");

        await cluster.Worker.RunAsync("nft", $$"""
            table inet faults {
              chain in { type filter hook input priority -300; ip saddr {{cluster.Head.Address}} drop; }
              chain out { type filter hook output priority -300; ip daddr {{cluster.Head.Address}} drop; }
            }
            """);
        int crashed = cluster.Worker.ProcessOf("sleep 3000 7");
        await cluster.Worker.SignalAsync("KILL", crashed);
        await cluster.WhenAsync(
            () => Task.FromResult(cluster.Worker.Processes().Any(one =>
                one.Line == "sleep 3000 7" && one.Id != crashed)),
            static () => "what crashes is not started again");
        await cluster.KeelsonAsync(["delete", "pod", "goes", "--wait=false"]);
        await cluster.UntilAsync(
            "node", FaultCluster.Second, static one => one.Condition("Ready").Text("status") == "Unknown");
        await cluster.UntilAsync("pod", "stays", static one => !one.IsTrue("Ready"));
        Assert.True(cluster.Worker.Runs("sleep 3000 5"));
        await cluster.Worker.RunAsync("nft", "delete table inet faults");

        await cluster.UntilAsync("node", FaultCluster.Second, static one => one.IsTrue("Ready")
            && one.Items("spec.taints").Count == 0);
        JsonNode crashes = await cluster.UntilAsync("pod", "crashes", static one => one.IsReadyPod()
            && one.Number("status.containerStatuses.0.restartCount") == 1);
        Assert.Equal(137, crashes.Number("status.containerStatuses.0.lastState.terminated.exitCode"));
        JsonNode now = await cluster.ReadyAsync("stays");
        Assert.Equal(
            stays.Text("status.containerStatuses.0.containerID"), now.Text("status.containerStatuses.0.containerID"));
        await cluster.KeelsonAsync(["wait", "--for=delete", "pod/goes", "--timeout=30s"]);
        await cluster.UntilAsync(
            "events", "", static one => one.Items().Any(static it => it.Text("involvedObject.name") == "crashes"
                && it.Text("reason") == "Started" && it.Number("count") == 2));
        Assert.Equal("begun", await cluster.KeelsonAsync(["logs", "crashes", "--previous"]));
        await cluster.KeelsonAsync(["delete", "pod", "crashes", "stays"]);
        await cluster.LeavesNothingAsync(cluster.Worker, before);
    }
}
