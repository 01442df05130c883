using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Node;

/// <summary>Leases, templates of pods and nodes as objects.</summary>
public sealed class NodeObjectTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Fact]
    [Conformance("[sig-node] Lease lease API should be available")]
    public async Task Lease_API_should_be_available()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        Resource leases = space.In("coordination.k8s.io/v1", "leases");
        const string Spec =
            """
            {"holderIdentity":"holder","leaseDurationSeconds":30,"acquireTime":"2026-01-01T00:00:00.000000Z",
             "renewTime":"2026-01-01T00:00:05.000000Z","leaseTransitions":0}
            """;
        await leases.CreateAsync("{\"metadata\":{\"name\":\"lease\"},\"spec\":" + Spec + "}");
        JsonNode read = await leases.GetAsync("lease");
        AssertSame(Spec, read["spec"]);

        string updated = Spec.Replace("30", "60").Replace("\"holder\"", "\"holder2\"").Replace(":0}", ":1}");
        await leases.UpdateAsync("lease", one => one["spec"] = JsonNode.Parse(updated));
        AssertSame(updated, (await leases.GetAsync("lease"))["spec"]);

        await leases.StrategicAsync("lease", """{"spec":{"leaseDurationSeconds":40,"leaseTransitions":2}}""");
        AssertSame(
            updated.Replace("60", "40").Replace(":1}", ":2}"), (await leases.GetAsync("lease"))["spec"]);

        await leases.CreateAsync("{metadata: {name: lease2, labels: {deletecollection: \"true\"}}}");
        Assert.Equal(2, (await leases.ListAsync()).Count);
        await leases.DeleteCollectionAsync("deletecollection=true");
        Assert.Equal("lease", Assert.Single(await leases.ListAsync()).Name());
        await leases.DeleteAsync("lease");
        Assert.False(await leases.ExistsAsync("lease"));
    }

    [Fact]
    [Conformance("[sig-node] PodTemplates should run the lifecycle of PodTemplates")]
    public async Task Should_run_the_lifecycle_of_PodTemplates()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.PodTemplates.CreateAsync(Template("nginx", "static"));
        Assert.Equal("nginx", Assert.Single(await space.PodTemplates.ListAsync("suite=static")).Name());
        await space.PodTemplates.StrategicAsync("nginx", """{"metadata":{"labels":{"podtemplate":"patched"}}}""");
        JsonNode read = await space.PodTemplates.GetAsync("nginx");
        Assert.Equal("patched", read.Label("podtemplate"));
        Assert.Equal("nginx", read.Text("template.spec.containers.0.name"));
        await space.PodTemplates.DeleteAsync("nginx");
        Assert.Empty(await space.PodTemplates.ListAsync("suite=static"));
    }

    [Fact]
    [Conformance("[sig-node] PodTemplates should delete a collection of pod templates")]
    public async Task Should_delete_a_collection_of_pod_templates()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        foreach (string name in (string[])["test-podtemplate-1", "test-podtemplate-2", "test-podtemplate-3"])
        {
            await space.PodTemplates.CreateAsync(Template(name, "set"));
        }

        Assert.Equal(3, (await space.PodTemplates.ListAsync("suite=set")).Count);
        await space.PodTemplates.DeleteCollectionAsync("suite=set");
        Assert.Empty(await space.PodTemplates.ListAsync("suite=set"));
    }

    [Fact]
    [Conformance("[sig-node] PodTemplates should replace a pod template")]
    public async Task Should_replace_a_pod_template()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.PodTemplates.CreateAsync(Template("nginx", "replaced"));
        JsonNode updated =
            await space.PodTemplates.UpdateAsync("nginx", static one => one.Annotate("updated", "true"));
        Assert.Equal("true", updated.Annotation("updated"));
        Assert.Equal("true", (await space.PodTemplates.GetAsync("nginx")).Annotation("updated"));
    }

    [Fact]
    [Conformance("[sig-node] Node Lifecycle should run through the lifecycle of a node")]
    public async Task Should_run_through_the_lifecycle_of_a_node()
    {
        Resource nodes = new(cluster, "/api/v1/nodes");
        await using WatchStream watch = await nodes.WatchAsync("fieldSelector=metadata.name%3Dfake");
        await nodes.CreateAsync("{metadata: {name: fake}}");
        Assert.Equal("fake", (await nodes.GetAsync("fake")).Name());
        await nodes.StrategicAsync("fake", """{"metadata":{"labels":{"fake":"patched"}}}""");
        await watch.UntilAsync("MODIFIED", static one => one.Label("fake") == "patched");
        Assert.Equal("fake", Assert.Single(await nodes.ListAsync("fake=patched")).Name());
        await nodes.UpdateAsync("fake", static one => one.SetLabel("fake", "updated"));
        await watch.UntilAsync("MODIFIED", static one => one.Label("fake") == "updated");
        await nodes.DeleteAsync("fake");
        await watch.UntilAsync("DELETED", static one => one.Name() == "fake");
        Assert.False(await nodes.ExistsAsync("fake"));
    }

    private static string Template(string name, string suite) =>
        $$"""
        metadata: {name: {{name}}, labels: {suite: {{suite}} } }
        template: {spec: {containers: [{name: nginx, image: nginx}]} }
        """;

    private static void AssertSame(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"{expected}\n{actual}");
}
