using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Conformance;

namespace Keelson.EndToEnd.Tests.Nodes.Faults;

/// <summary>Probes that never come back.</summary>
[Collection(FaultCollection.Name)]
public sealed class ProbeFaultTests(FaultCluster cluster)
{
    private const string Manifests = """
        apiVersion: v1
        kind: Pod
        metadata: {name: hangs, namespace: default}
        spec:
          nodeName: n1
          terminationGracePeriodSeconds: 0
          containers:
          - name: exec
            image: busybox
            command: [sleep, "10000"]
            readinessProbe: {exec: {command: [sleep, "40000"]}, periodSeconds: 1, timeoutSeconds: 1}
          - name: http
            image: busybox
            command: [sh, -c, "sleep 10001 | nc -ll -p 80"]
            readinessProbe: {httpGet: {port: 80}, periodSeconds: 1, timeoutSeconds: 1}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: restarts, namespace: default}
        spec:
          nodeName: n1
          terminationGracePeriodSeconds: 0
          containers:
          - name: c
            image: busybox
            command: [sleep, "10002"]
            livenessProbe: {exec: {command: [sleep, "40001"]}, periodSeconds: 1, timeoutSeconds: 1,
              failureThreshold: 2}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: well, namespace: default}
        spec:
          nodeName: n1
          terminationGracePeriodSeconds: 0
          containers:
          - name: c
            image: busybox
            command: [sleep, "10003"]
            livenessProbe: {exec: {command: ["true"]}, periodSeconds: 1, failureThreshold: 1}
        """;

    [Fact]
    public async Task A_probe_that_hangs_fails_in_time_and_holds_nobody_up()
    {
        cluster.SkipUnlessPossible();
        NodeTraces before = await cluster.AtRestAsync(cluster.Worker);
        await cluster.ApplyAsync(Manifests);
        await cluster.ReadyAsync("well");
        await cluster.UntilAsync(
            "pod", "restarts", static one => one.Number("status.containerStatuses.0.restartCount") > 0);
        await SaysAsync("hangs", "Readiness probe failed: command timed out: \"sleep 40000\" timed out after 1s");
        string address = (await cluster.GetAsync("pod", "hangs")).Text("status.podIP");
        await SaysAsync("hangs", $"Readiness probe failed: Get \"http://{address}:80/\": context deadline exceeded "
            + "(Client.Timeout exceeded while awaiting headers)");
        await SaysAsync("restarts", "Container c failed liveness probe, will be restarted");

        // One that runs, and one that the runtime is just about to kill.
        Assert.InRange(cluster.Worker.Processes().Count(static one => one.Line == "sleep 40000"), 0, 2);
        JsonNode well = await cluster.ReadyAsync("well");
        Assert.Equal(0, well.Number("status.containerStatuses.0.restartCount"));
        JsonNode hangs = await cluster.GetAsync("pod", "hangs");
        Assert.All(hangs.Items("status.containerStatuses"), static one =>
        {
            Assert.Equal(0, one.Number("restartCount"));
            Assert.False((bool?)one.At("ready"));
        });

        long start = TimeProvider.System.GetTimestamp();
        await cluster.KeelsonAsync(["delete", "pod", "hangs", "restarts", "well"]);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(15));
        await cluster.LeavesNothingAsync(cluster.Worker, before);
    }

    private Task SaysAsync(string pod, string message) => cluster.UntilAsync(
        "events", "", one => one.Items().Any(it => it.Text("involvedObject.name") == pod
            && it.Text("message") == message));
}
