using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Scheduling;

/// <summary>Where pods may go.</summary>
public sealed class PredicateTests(SimulatedClusterFixture cluster) : IClassFixture<SimulatedClusterFixture>
{
    private const string Area = "[sig-scheduling] SchedulerPredicates [Serial]";

    private Resource Nodes => new(cluster, "/api/v1/nodes");

    [Fact]
    [Conformance(Area, "validates resource limits of pods that are allowed to run")]
    public async Task Validates_resource_limits_of_pods_that_are_allowed_to_run()
    {
        // A filler on each node leaves 3 of 8 processors free.
        Workspace space = await Workspace.CreateAsync(cluster);
        for (int i = 0; i < 4; i++)
        {
            await space.Pods.CreateAsync(
                Pod($"filler-{i}", "5", $"nodeSelector: {{kubernetes.io/hostname: node-{i}}}"));
        }

        await space.ReadyPodsAsync("", 4);
        await space.Pods.CreateAsync(Pod("additional", "4"));
        JsonNode pending = await UnschedulableAsync(space, "additional");
        Assert.StartsWith(
            "0/4 nodes are available: 4 Insufficient cpu.",
            pending.Condition("PodScheduled").Text("message"),
            StringComparison.Ordinal);
        await space.Pods.DeleteAsync("filler-2");
        JsonNode running = await space.Pods.UntilAsync("additional", static one => one.IsReadyPod());
        Assert.Equal("node-2", running.Text("spec.nodeName"));
        foreach (string pod in (string[])["filler-0", "filler-1", "filler-3", "additional"])
        {
            await space.Pods.DeleteAsync(pod);
        }
    }

    [Fact]
    [Conformance(Area, "validates that NodeSelector is respected if matching")]
    public async Task Validates_that_NodeSelector_is_respected_if_matching()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await Nodes.MergeAsync("node-3", """{"metadata":{"labels":{"example.com/e2e":"42"}}}""");
        await space.Pods.CreateAsync(Pod("picky", "1m", "nodeSelector: {example.com/e2e: \"42\"}"));
        JsonNode running = await space.Pods.UntilAsync("picky", static one => one.IsReadyPod());
        Assert.Equal("node-3", running.Text("spec.nodeName"));
        await Nodes.MergeAsync("node-3", """{"metadata":{"labels":{"example.com/e2e":null}}}""");
    }

    [Fact]
    [Conformance(Area, "validates that NodeSelector is respected if not matching")]
    public async Task Validates_that_NodeSelector_is_respected_if_not_matching()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Pods.CreateAsync(Pod("restricted", "1m", "nodeSelector: {label: nonempty}"));
        JsonNode pending = await UnschedulableAsync(space, "restricted");
        Assert.StartsWith(
            "0/4 nodes are available: 4 node(s) didn't match Pod's node affinity/selector.",
            pending.Condition("PodScheduled").Text("message"),
            StringComparison.Ordinal);
    }

    [Fact]
    [Conformance(
        Area,
        "validates that there exists conflict between pods with same hostPort and protocol",
        "but one using 0.0.0.0 hostIP")]
    public async Task Validates_that_there_exists_conflict_between_pods_with_same_hostPort_but_one_using_0_0_0_0()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Pods.CreateAsync(PortPod("all", "0.0.0.0"));
        await space.Pods.UntilAsync("all", static one => one.IsReadyPod());
        await space.Pods.CreateAsync(PortPod("one", "127.0.0.1"));
        JsonNode pending = await UnschedulableAsync(space, "one");
        Assert.Contains(
            "1 node(s) didn't have free ports for the requested pod ports",
            pending.Condition("PodScheduled").Text("message"),
            StringComparison.Ordinal);
        await space.Pods.DeleteAsync("all");
        await space.Pods.UntilAsync("one", static one => one.IsReadyPod());
    }

    private static string PortPod(string name, string address) =>
        $$"""
        metadata: {name: {{name}} }
        spec:
          nodeSelector: {kubernetes.io/hostname: node-1}
          containers: [{name: c, image: nginx, ports: [{containerPort: 80, hostPort: 54322, hostIP: {{address}} }]}]
        """;

    private static string Pod(string name, string cpu, string spec = "") =>
        $$"""
        metadata: {name: {{name}} }
        spec:
          containers: [{name: c, image: nginx, resources: {requests: {cpu: "{{cpu}}"} } }]
          {{spec}}
        """;

    private static async Task<JsonNode> UnschedulableAsync(Workspace space, string pod)
    {
        JsonNode pending = await space.Pods.UntilAsync(
            pod, static one => one.Condition("PodScheduled").Text("reason") == "Unschedulable");
        Assert.Equal(("Pending", ""), (pending.Text("status.phase"), pending.Text("spec.nodeName")));
        await space.Events.UntilAllAsync(found => found.Any(
            one => one.Text("reason") == "FailedScheduling" && one.Text("involvedObject.name") == pod));
        return pending;
    }
}
