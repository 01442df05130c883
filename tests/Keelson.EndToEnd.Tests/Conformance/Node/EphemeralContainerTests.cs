using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Node;

/// <summary>Containers that are added to running pods.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class EphemeralContainerTests(NodeClusterFixture cluster)
{
    private const string Area = "[sig-node] Ephemeral Containers [NodeConformance]";

    [Fact]
    [Conformance(Area, "will start an ephemeral container in an existing pod")]
    public async Task Will_start_an_ephemeral_container_in_an_existing_pod()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.ServeAsync(RealManifests.Sleeper("target"));
        await space.Pods.StrategicAsync("target/ephemeralcontainers", Debugger("debugger"));
        JsonNode pod = await RunningAsync(space, 1);
        Assert.Equal("debugger", pod.Text("status.ephemeralContainerStatuses.0.name"));
        await space.LogUntilAsync("target", static log => log.Contains("polo\n"), "container=debugger");
        CommandResult inside = await space.ExecInAsync("target", "debugger", "sh", "-c", "ps | grep -c 'sleep 3600'");
        Assert.NotEqual("0\n", inside.Output);
    }

    [Fact]
    [Conformance(Area, "should update the ephemeral containers in an existing pod")]
    public async Task Should_update_the_ephemeral_containers_in_an_existing_pod()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.ServeAsync(RealManifests.Sleeper("target"));
        await space.Pods.StrategicAsync("target/ephemeralcontainers", Debugger("debugger1"));
        JsonNode pod = await RunningAsync(space, 1);
        Assert.Equal("debugger1", Assert.Single(pod.Items("spec.ephemeralContainers")).Text("name"));
        await space.Pods.UpdateAsync(
            "target/ephemeralcontainers",
            static one => ((JsonArray)one["spec"]!["ephemeralContainers"]!).Add(
                JsonNode.Parse(Debugger("debugger2"))!["spec"]!["ephemeralContainers"]![0]!.DeepClone()));
        pod = await RunningAsync(space, 2);
        Assert.Equal(
            ["debugger1", "debugger2"], pod.Items("spec.ephemeralContainers").Select(static one => one.Text("name")));
    }

    private static string Debugger(string name) =>
        $$$"""
        {"spec":{"ephemeralContainers":[{"name":"{{{name}}}","image":"busybox","targetContainerName":"c","stdin":true,
         "command":["sh","-c","while true; do echo polo; sleep 1; done"]}]}}
        """;

    private static Task<JsonNode> RunningAsync(Workspace space, int count) => space.Pods.UntilAsync(
        "target",
        one => one.Items("status.ephemeralContainerStatuses") is { } found && found.Count == count
            && found.All(static it => it.Has("state.running")));
}
