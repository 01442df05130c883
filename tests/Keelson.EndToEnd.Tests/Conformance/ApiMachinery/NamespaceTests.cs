using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.ApiMachinery;

/// <summary>Namespaces, their finalizers and their end.</summary>
public sealed class NamespaceTests(SimulatedClusterFixture cluster) : IClassFixture<SimulatedClusterFixture>
{
    private const string Area = "[sig-api-machinery] Namespaces [Serial]";

    private Resource Namespaces => new(cluster, "/api/v1/namespaces");

    [Fact]
    [Conformance(Area, "should ensure that all pods are removed when a namespace is deleted")]
    public async Task Should_ensure_that_all_pods_are_removed_when_a_namespace_is_deleted()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Pods.CreateAsync(Manifests.Pod("p", "a"));
        await space.ReadyPodsAsync("app=a", 1);
        await EndAsync(space);
        Assert.Empty(await space.Pods.ListAsync());
    }

    [Fact]
    [Conformance(Area, "should ensure that all services are removed when a namespace is deleted")]
    public async Task Should_ensure_that_all_services_are_removed_when_a_namespace_is_deleted()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Services.CreateAsync("{metadata: {name: s}, spec: {selector: {a: a}, ports: [{port: 80}]}}");
        await EndAsync(space);
        Assert.Empty(await space.Services.ListAsync());
    }

    [Fact]
    [Conformance(Area, "should patch a Namespace")]
    public async Task Should_patch_a_Namespace()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await Namespaces.StrategicAsync(space.Namespace, """{"metadata":{"labels":{"testLabel":"testValue"}}}""");
        JsonNode read = await Namespaces.GetAsync(space.Namespace);
        Assert.Equal("testValue", read.Label("testLabel"));
        Assert.Equal(space.Namespace, read.Label("kubernetes.io/metadata.name"));
    }

    [Fact]
    [Conformance(Area, "should apply an update to a Namespace")]
    public async Task Should_apply_an_update_to_a_Namespace()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await Namespaces.UpdateAsync(space.Namespace, one => one.SetLabel(space.Namespace, "updated"));
        Assert.Equal("updated", (await Namespaces.GetAsync(space.Namespace)).Label(space.Namespace));
    }

    [Fact]
    [Conformance(Area, "should apply changes to a namespace status")]
    public async Task Should_apply_changes_to_a_namespace_status()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        JsonNode status = await Namespaces.GetAsync(space.Namespace + "/status");
        Assert.Equal("Active", status.Text("status.phase"));
        JsonNode patched = await Namespaces.MergeAsync(
            space.Namespace + "/status",
            """
            {"metadata":{"annotations":{"patched":"true"}},"status":{"conditions":
             [{"type":"StatusPatch","status":"True","reason":"E2E","message":"Patched by a test"}]}}
            """);
        Assert.Equal("Patched by a test", patched.Condition("StatusPatch").Text("message"));
        Assert.Equal("true", patched.Annotation("patched"));
        JsonNode updated = await Namespaces.UpdateAsync(
            space.Namespace + "/status",
            static one => ((JsonArray)one["status"]!["conditions"]!).Add((JsonNode)new JsonObject
            {
                ["type"] = "StatusUpdate",
                ["status"] = "True",
                ["reason"] = "E2E",
                ["message"] = "Updated by a test",
            }));
        Assert.Equal("Updated by a test", updated.Condition("StatusUpdate").Text("message"));
        Assert.Equal("Active", (await Namespaces.GetAsync(space.Namespace)).Text("status.phase"));
    }

    [Fact]
    [Conformance(Area, "should apply a finalizer to a Namespace")]
    public async Task Should_apply_a_finalizer_to_a_Namespace()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        Assert.Equal(["kubernetes"], Finalizers(await Namespaces.GetAsync(space.Namespace)));
        JsonNode held = await FinalizeAsync(space, "kubernetes", "e2e.example.com/fakeFinalizer");
        Assert.Equal(["kubernetes", "e2e.example.com/fakeFinalizer"], Finalizers(held));
        Assert.Equal(Finalizers(held), Finalizers(await Namespaces.GetAsync(space.Namespace)));
        JsonNode free = await FinalizeAsync(space, "kubernetes");
        Assert.Equal(["kubernetes"], Finalizers(free));
    }

    [Fact]
    [Conformance("[sig-api-machinery] OrderedNamespaceDeletion namespace deletion should delete pod first")]
    public async Task Namespace_deletion_should_delete_pod_first()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.ConfigMaps.CreateAsync("{metadata: {name: kept}}");
        await space.Pods.CreateAsync(
            "{metadata: {name: held, finalizers: [example.com/hold]}, spec: {containers: [{name: c, image: nginx}]}}");
        await space.ReadyPodsAsync("", 1);
        await Namespaces.DeleteAsync(space.Namespace);
        await space.Pods.UntilAsync("held", static one => one.Has("metadata.deletionTimestamp"));
        JsonNode ending = await Namespaces.UntilAsync(
            space.Namespace, static one => one.IsTrue("NamespaceContentRemaining"));
        Assert.Equal("Terminating", ending.Text("status.phase"));
        Assert.Contains(
            "pods. has 1 resource instances", ending.Condition("NamespaceContentRemaining").Text("message"));

        // As long as the pod is there, nothing else goes.
        Assert.False((await space.ConfigMaps.GetAsync("kept")).Has("metadata.deletionTimestamp"));
        await space.Pods.MergeAsync("held", """{"metadata":{"finalizers":null}}""");
        await Namespaces.GoneAsync(space.Namespace);
        Assert.Empty(await space.ConfigMaps.ListAsync());
    }

    private static string[] Finalizers(
        JsonNode one) => [.. one.Items("spec.finalizers").Select(static it => (string)it!)];

    private Task<JsonNode> FinalizeAsync(Workspace space, params string[] finalizers) =>
        FinalizeAsync(space.Namespace, new JsonArray([.. finalizers.Select(static one => (JsonNode)one)]));

    private async Task<JsonNode> FinalizeAsync(string name, JsonArray finalizers)
    {
        JsonNode current = await Namespaces.GetAsync(name);
        current["spec"]!["finalizers"] = finalizers;
        return await cluster.PutAsync($"/api/v1/namespaces/{name}/finalize", current.ToJsonString());
    }

    private async Task EndAsync(Workspace space)
    {
        await Namespaces.DeleteAsync(space.Namespace);
        await Namespaces.GoneAsync(space.Namespace);

        // A new namespace of the same name starts empty.
        await cluster.NamespaceAsync(space.Namespace);
    }
}
