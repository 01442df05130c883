using System.Net;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Node;

/// <summary>Runtimes that pods ask for.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class RuntimeClassTests(NodeClusterFixture cluster)
{
    private const string Area = "[sig-node] RuntimeClass";

    private Resource Classes => new(cluster, "/apis/node.k8s.io/v1/runtimeclasses");

    [Fact]
    [Conformance(Area, "should reject a Pod requesting a non-existent RuntimeClass [NodeConformance]")]
    public async Task Should_reject_a_Pod_requesting_a_non_existent_RuntimeClass()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        JsonNode refused = await space.Pods.RefusedAsync(Pod(space, "none"), HttpStatusCode.Forbidden);
        Assert.Contains(
            $"pod rejected: RuntimeClass \"{space.Namespace}-none\" not found",
            refused.Text("message"),
            StringComparison.Ordinal);
    }

    [Fact]
    [Conformance(Area, "should reject a Pod requesting a deleted RuntimeClass [NodeConformance]")]
    public async Task Should_reject_a_Pod_requesting_a_deleted_RuntimeClass()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await Classes.CreateAsync($"{{metadata: {{name: {space.Namespace}-gone}}, handler: runc}}");
        await Classes.DeleteAsync(space.Namespace + "-gone");
        await Classes.GoneAsync(space.Namespace + "-gone");
        await space.Pods.RefusedAsync(Pod(space, "gone"), HttpStatusCode.Forbidden);
    }

    [Fact]
    [Conformance(Area, "should schedule a Pod requesting a RuntimeClass without PodOverhead [NodeConformance]")]
    public async Task Should_schedule_a_Pod_requesting_a_RuntimeClass_without_PodOverhead()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await Classes.CreateAsync($"{{metadata: {{name: {space.Namespace}-plain}}, handler: runc}}");
        JsonNode pod = await space.ServeAsync(Pod(space, "plain"));
        Assert.True(pod.IsTrue("PodScheduled"));
        Assert.False(pod.Has("spec.overhead"));
    }

    [Fact]
    [Conformance(Area, "should schedule a Pod requesting a RuntimeClass and initialize its Overhead [NodeConformance]")]
    public async Task Should_schedule_a_Pod_requesting_a_RuntimeClass_and_initialize_its_Overhead()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await Classes.CreateAsync(
            $"{{metadata: {{name: {space.Namespace}-heavy}}, handler: runc, "
                + "overhead: {podFixed: {cpu: 10m, memory: 1Mi}}}");
        JsonNode pod = await space.ServeAsync(Pod(space, "heavy"));
        Assert.Equal("10m", pod.Text("spec.overhead.cpu"));
        Assert.Equal("1Mi", pod.Text("spec.overhead.memory"));
    }

    [Fact]
    public async Task A_handler_that_the_runtime_does_not_have_is_told()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await Classes.CreateAsync($"{{metadata: {{name: {space.Namespace}-unknown}}, handler: unknown}}");
        await space.Pods.CreateAsync(Pod(space, "unknown"));
        IReadOnlyList<JsonNode> events = await space.Events.UntilAllAsync(
            static found => found.Any(static one => one.Text("reason") == "FailedCreatePodSandBox"));
        Assert.Contains(
            events,
            static one => one.Text("message").Contains("no runtime for \"unknown\" is configured"));
        Assert.Equal("Pending", (await space.Pods.GetAsync("unknown")).Text("status.phase"));
    }

    // Classes belong to the cluster: each test's carry its namespace's name.
    private static string Pod(Workspace space, string name) =>
        RealManifests.Sleeper(name, pod: $"runtimeClassName: {space.Namespace}-{name}");
}
