using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.ApiMachinery;

/// <summary>What becomes of dependents when their owners are deleted.</summary>
public sealed class GarbageCollectorTests(SimulatedClusterFixture cluster) : IClassFixture<SimulatedClusterFixture>
{
    private const string Area = "[sig-api-machinery] Garbage collector";
    private const string Background = """{"propagationPolicy":"Background"}""";
    private const string Foreground = """{"propagationPolicy":"Foreground"}""";
    private const string Orphan = """{"propagationPolicy":"Orphan"}""";

    [Fact]
    [Conformance(Area, "should delete RS created by deployment when not orphaning")]
    public async Task Should_delete_RS_created_by_deployment_when_not_orphaning()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Deployments.CreateAsync(Manifests.Workload("web", 2));
        await space.ReplicaSets.UntilAllAsync(static found => found.Count == 1);
        await space.Deployments.DeleteAsync("web", Background);
        await space.ReplicaSets.UntilAllAsync(static found => found.Count == 0);
        await space.Pods.UntilAllAsync(static found => found.Count == 0);
        Assert.Empty(await space.Deployments.ListAsync());
    }

    [Fact]
    [Conformance(Area, "should delete pods created by rc when not orphaning")]
    public async Task Should_delete_pods_created_by_rc_when_not_orphaning()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.ReplicationControllers.CreateAsync(Manifests.ReplicationController("web", 2));
        await space.Pods.UntilAllAsync(static found => found.Count > 0);
        await space.ReplicationControllers.DeleteAsync("web", Background);
        await space.ReplicationControllers.GoneAsync("web");
        await space.Pods.UntilAllAsync(static found => found.Count == 0);
    }

    [Fact]
    [Conformance(
        Area, "should keep the rc around until all its pods are deleted if the deleteOptions says so [Serial]")]
    public async Task Should_keep_the_rc_around_until_all_its_pods_are_deleted_if_the_deleteOptions_says_so()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.ReplicationControllers.CreateAsync(Manifests.ReplicationController("web", 20));
        IReadOnlyList<JsonNode> pods = await space.ReadyPodsAsync("app=web", 20);
        await space.Pods.MergeAsync(pods[0].Name(), """{"metadata":{"finalizers":["example.com/hold"]}}""");
        await space.ReplicationControllers.DeleteAsync("web", Foreground);
        await space.Pods.UntilAllAsync(static found => found.Count == 1);
        JsonNode controller = await space.ReplicationControllers.GetAsync("web");
        Assert.Equal("foregroundDeletion", (string?)controller.At("metadata.finalizers.0"));
        Assert.True(controller.Has("metadata.deletionTimestamp"));
        await using WatchStream watch = await space.Pods.WatchAsync();
        await space.Pods.MergeAsync(pods[0].Name(), """{"metadata":{"finalizers":null}}""");
        await watch.UntilAsync("DELETED", static _ => true);
        await space.ReplicationControllers.GoneAsync("web");
        Assert.Empty(await space.Pods.ListAsync());
    }

    [Fact]
    [Conformance(Area, "should orphan pods created by rc if delete options say so [Serial]")]
    public async Task Should_orphan_pods_created_by_rc_if_delete_options_say_so()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.ReplicationControllers.CreateAsync(Manifests.ReplicationController("web", 20));
        IReadOnlyList<JsonNode> before = await space.ReadyPodsAsync("app=web", 20);
        await space.ReplicationControllers.DeleteAsync("web", Orphan);
        await space.ReplicationControllers.GoneAsync("web");
        IReadOnlyList<JsonNode> after = await space.Pods.ListAsync("app=web");
        Assert.Equal(before.Select(static one => one.Name()).Order(), after.Select(static one => one.Name()).Order());
        Assert.All(after, static one => Assert.Empty(one.Items("metadata.ownerReferences")));
        Assert.All(after, static one => Assert.False(one.Has("metadata.deletionTimestamp")));
    }

    [Fact]
    [Conformance(Area, "should orphan RS created by deployment when deleteOptions.PropagationPolicy is Orphan")]
    public async Task Should_orphan_RS_created_by_deployment_when_PropagationPolicy_is_Orphan()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Deployments.CreateAsync(Manifests.Workload("web", 2));
        await space.ReadyPodsAsync("app=web", 2);
        await space.Deployments.DeleteAsync("web", Orphan);
        await space.Deployments.GoneAsync("web");
        JsonNode set = Assert.Single(await space.ReplicaSets.ListAsync());
        Assert.Empty(set.Items("metadata.ownerReferences"));
        IReadOnlyList<JsonNode> pods = await space.Pods.ListAsync();
        Assert.Equal(2, pods.Count);
        Assert.All(pods, one => Assert.Equal(set.Name(), one.Controller()));
    }

    [Fact]
    [Conformance(
        Area,
        "should not delete dependents that have both valid owner and owner that's waiting for dependents to be deleted",
        "[Serial]")]
    public async Task Should_not_delete_dependents_that_have_both_valid_owner_and_owner_that_waits()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.ReplicationControllers.CreateAsync(Manifests.ReplicationController("going", 20));
        JsonNode staying = await space.ReplicationControllers.CreateAsync(
            Manifests.ReplicationController("staying", 0));
        IReadOnlyList<JsonNode> pods = await space.ReadyPodsAsync("app=going", 20);
        string[] shared = [.. pods.Take(10).Select(static one => one.Name())];
        foreach (string pod in shared)
        {
            await space.Pods.JsonPatchAsync(
                pod,
                new JsonArray(new JsonObject
                {
                    ["op"] = "add",
                    ["path"] = "/metadata/ownerReferences/-",
                    ["value"] = new JsonObject
                    {
                        ["apiVersion"] = "v1",
                        ["kind"] = "ReplicationController",
                        ["name"] = "staying",
                        ["uid"] = staying.Text("metadata.uid"),
                    },
                }).ToJsonString());
        }

        await space.ReplicationControllers.DeleteAsync("going", Foreground);
        await space.ReplicationControllers.GoneAsync("going");
        IReadOnlyList<JsonNode> left = await space.Pods.ListAsync();
        Assert.Equal(shared.Order(), left.Select(static one => one.Name()).Order());
        Assert.All(left, static one => Assert.False(one.Has("metadata.deletionTimestamp")));
        Assert.All(left, static one => Assert.Equal(
            "staying", Assert.Single(one.Items("metadata.ownerReferences")).Text("name")));
    }

    [Fact]
    [Conformance(Area, "should not be blocked by dependency circle")]
    public async Task Should_not_be_blocked_by_dependency_circle()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        Dictionary<string, string> uids = [];
        foreach (string pod in (string[])["pod1", "pod2", "pod3"])
        {
            uids[pod] = (await space.Pods.CreateAsync(Manifests.Pod(pod, "circle"))).Text("metadata.uid");
        }

        foreach (
            (string pod, string owner) in ((string, string)[])[("pod1", "pod3"), ("pod2", "pod1"), ("pod3", "pod2")])
        {
            JsonObject reference = new()
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Pod",
                ["name"] = owner,
                ["uid"] = uids[owner],
                ["controller"] = true,
                ["blockOwnerDeletion"] = true,
            };
            JsonObject patch =
                new() { ["metadata"] = new JsonObject { ["ownerReferences"] = new JsonArray(reference) } };
            await space.Pods.MergeAsync(pod, patch.ToJsonString());
        }

        await space.Pods.DeleteAsync("pod1", Foreground);
        await space.Pods.UntilAllAsync(static found => found.Count == 0);
    }
}
