using System.Net;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Scheduling;

/// <summary>Limits of pods in a namespace.</summary>
public sealed class LimitRangeTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private const string Area = "[sig-scheduling] LimitRange";

    [Fact]
    [Conformance(Area, "should create a LimitRange with defaults and ensure pod has those defaults applied.")]
    public async Task Should_create_a_LimitRange_with_defaults_and_ensure_pod_has_those_defaults_applied()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await using WatchStream watch = await space.LimitRanges.WatchAsync();
        JsonNode made = await space.LimitRanges.CreateAsync(
            """
            metadata: {name: range}
            spec:
              limits:
              - type: Container
                min: {cpu: 50m, memory: 100Mi, ephemeral-storage: 100Gi}
                max: {cpu: 500m, memory: 500Mi, ephemeral-storage: 500Gi}
                default: {cpu: 500m, memory: 500Mi, ephemeral-storage: 500Gi}
                defaultRequest: {cpu: 100m, memory: 200Mi, ephemeral-storage: 200Gi}
            """);
        JsonNode seen = await watch.ExpectAsync("ADDED", "range");
        Assert.True(JsonNode.DeepEquals(made["spec"], seen["spec"]));
        Assert.True(JsonNode.DeepEquals(made["spec"], (await space.LimitRanges.GetAsync("range"))["spec"]));

        JsonNode bare = await space.Pods.CreateAsync(Pod("bare", "{}"));
        Assert.Equal("""{"cpu":"100m","ephemeral-storage":"200Gi","memory":"200Mi"}""", Amounts(bare, "requests"));
        Assert.Equal("""{"cpu":"500m","ephemeral-storage":"500Gi","memory":"500Mi"}""", Amounts(bare, "limits"));
        JsonNode partial = await space.Pods.CreateAsync(
            Pod("partial", "{requests: {cpu: 300m, memory: 150Mi}, limits: {cpu: 300m}}"));
        Assert.Equal("""{"cpu":"300m","ephemeral-storage":"200Gi","memory":"150Mi"}""", Amounts(partial, "requests"));
        Assert.Equal("""{"cpu":"300m","ephemeral-storage":"500Gi","memory":"500Mi"}""", Amounts(partial, "limits"));

        // Less than the least and more than the most are refused, until the limits change.
        JsonNode refused = await space.Pods.RefusedAsync(
            Pod("small", "{requests: {cpu: 10m, memory: 50Mi, ephemeral-storage: 50Gi}}"), HttpStatusCode.Forbidden);
        Assert.Contains("minimum cpu usage per Container is 50m, but request is 10m", refused.Text("message"));
        refused = await space.Pods.RefusedAsync(
            Pod("big", "{requests: {cpu: 600m}, limits: {cpu: 600m}}"), HttpStatusCode.Forbidden);
        Assert.Contains("maximum cpu usage per Container is 500m, but limit is 600m", refused.Text("message"));
        await space.LimitRanges.UpdateAsync(
            "range",
            static one =>
            {
                one["spec"]!["limits"]![0]!["min"]!["cpu"] = "5m";
                one["spec"]!["limits"]![0]!["min"]!["memory"] = "10Mi";
                one["spec"]!["limits"]![0]!["min"]!["ephemeral-storage"] = "10Gi";
            });
        Assert.Equal("5m", (await space.LimitRanges.GetAsync("range")).Text("spec.limits.0.min.cpu"));
        await space.Pods.CreateAsync(
            Pod("small", "{requests: {cpu: 10m, memory: 50Mi, ephemeral-storage: 50Gi}}"));
        await space.LimitRanges.DeleteAsync("range");
        await watch.UntilAsync("DELETED", static one => one.Name() == "range");
    }

    [Fact]
    [Conformance(Area, "should list, patch and delete a LimitRange by collection")]
    public async Task Should_list_patch_and_delete_a_LimitRange_by_collection()
    {
        Workspace here = await Workspace.CreateAsync(cluster);
        Workspace there = await Workspace.CreateAsync(cluster);
        const string range =
            """
            metadata: {name: range, labels: {suite: ranges}}
            spec: {limits: [{type: Container, min: {cpu: 50m}, max: {cpu: 500m}}]}
            """;
        await here.LimitRanges.CreateAsync(range);
        await there.LimitRanges.CreateAsync(range);
        Resource everywhere = here.Everywhere("v1", "limitranges");
        Assert.Equal(2, (await everywhere.ListAsync("suite=ranges")).Count);
        JsonNode patched = await here.LimitRanges.StrategicAsync(
            "range",
            """
            {"metadata":{"labels":{"patched":"yes"}},
             "spec":{"limits":[{"type":"Container","max":{"cpu":"600m"}}]}}
            """);
        Assert.Equal(("yes", "600m"), (patched.Label("patched"), patched.Text("spec.limits.0.max.cpu")));
        await here.LimitRanges.DeleteCollectionAsync("patched=yes");
        await here.LimitRanges.UntilAllAsync(static found => found.Count == 0);
        JsonNode left = Assert.Single(await everywhere.ListAsync("suite=ranges"));
        Assert.Equal(there.Namespace, left.Text("metadata.namespace"));
    }

    private static string Pod(string name, string resources) =>
        $$"""
        metadata: {name: {{name}} }
        spec: {containers: [{name: c, image: nginx, resources: {{resources}} }]}
        """;

    private static string Amounts(JsonNode pod, string which) =>
        pod.At("spec.containers.0.resources." + which)!.ToJsonString();
}
