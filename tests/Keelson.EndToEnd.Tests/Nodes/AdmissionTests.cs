using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Conformance;

namespace Keelson.EndToEnd.Tests.Nodes;

/// <summary>The node's own last word on pods that were bound to it past the scheduler.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class AdmissionTests(NodeClusterFixture cluster)
{
    [Fact]
    public async Task A_pod_that_wants_a_taken_port_is_refused_and_nothing_of_it_is_told_but_why()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.ServeAsync(Bound("first", "ports: [{containerPort: 80, hostPort: 18443}]"));
        await space.Pods.CreateAsync(Bound("second", "ports: [{containerPort: 80, hostPort: 18443}]"));
        JsonNode refused = await space.Pods.UntilAsync("second", static one => one.Text("status.phase") == "Failed");
        Assert.Equal("NodePorts", refused.Text("status.reason"));
        Assert.Equal(
            "Pod was rejected: Predicate NodePorts failed: "
                + "node(s) didn't have free ports for the requested pod ports",
            refused.Text("status.message"));
        Assert.Null(refused["status"]!["containerStatuses"]);
        Assert.Null(refused["status"]!["hostIP"]);
        Assert.Empty(refused.Items("status.conditions"));
        Assert.NotNull(refused["status"]!["startTime"]);
    }

    [Fact]
    public async Task A_critical_pod_finds_room_by_sending_another_away()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await cluster.OnlyPodsOfAsync(space.Namespace);
        JsonNode node = await cluster.GetAsync("/api/v1/nodes/" + NodeClusterFixture.NodeName);
        string most = $"{(int)(Cores(node.Text("status.allocatable.cpu")) * 600)}m";
        string asks = $"resources: {{requests: {{cpu: {most} }} }}";
        await space.ServeAsync(Bound("filler", asks));
        Resource system = new(cluster, "/api/v1/namespaces/kube-system/pods");
        string name = "critical-" + space.Namespace;
        await system.CreateAsync(Bound(name, asks, "priorityClassName: system-node-critical"));
        try
        {
            await system.UntilAsync(name, static one => one.IsReadyPod());
            JsonNode gone = await space.Pods.UntilAsync("filler", static one => one.Text("status.phase") == "Failed");
            Assert.Equal("Preempting", gone.Text("status.reason"));
            Assert.Equal("Preempted in order to admit critical pod", gone.Text("status.message"));
            JsonNode target = gone.Items("status.conditions").Single(
                static one => one.Text("type") == "DisruptionTarget");
            Assert.Equal("TerminationByKubelet", target.Text("reason"));
            Assert.Equal(
                "Pod was preempted by Kubelet to accommodate a critical pod.", target.Text("message"));
        }
        finally
        {
            await system.DeleteAsync(name, """{"gracePeriodSeconds":0}""");
            await system.GoneAsync(name);
        }
    }

    private static double Cores(string amount) => amount.EndsWith('m')
        ? double.Parse(amount.TrimEnd('m'), System.Globalization.CultureInfo.InvariantCulture) / 1000
        : double.Parse(amount, System.Globalization.CultureInfo.InvariantCulture);

    private static string Bound(
        string name, string container, string spec = "terminationGracePeriodSeconds: 0") => $$"""
        metadata: {name: {{name}} }
        spec:
          nodeName: {{NodeClusterFixture.NodeName}}
          {{spec}}
          containers:
          - name: c
            image: busybox
            command: [sleep, "1000"]
            {{container}}
        """;
}
