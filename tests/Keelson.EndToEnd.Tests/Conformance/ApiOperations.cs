using System.Text.Json.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance;

/// <summary>
/// What upstream's suite tries of each API: it is in the discovery documents, and create, get, list, watch, patch,
/// update, delete and deletecollection work, those of its status too.
/// </summary>
/// <param name="Resource">The resource.</param>
/// <param name="GroupVersion">Its group and version: <c>flowcontrol.apiserver.k8s.io/v1</c>.</param>
/// <param name="Manifest">The rest of an object beside its metadata, as YAML in block style.</param>
internal sealed record ApiOperations(Resource Resource, string GroupVersion, string Manifest)
{
    private static readonly string[] Verbs =
        ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    private string Plural => Resource.Path[(Resource.Path.LastIndexOf('/') + 1)..];

    /// <summary>Finds the resource and its subresources in the discovery documents.</summary>
    public async Task DiscoverAsync(params string[] subresources)
    {
        string group = GroupVersion.Split('/')[0];
        JsonNode groups = await Resource.Cluster.GetAsync("/apis");
        Assert.Contains(groups.Items("groups"), one => one.Text("name") == group);
        JsonNode versions = await Resource.Cluster.GetAsync("/apis/" + group);
        Assert.Contains(versions.Items("versions"), one => one.Text("groupVersion") == GroupVersion);
        JsonNode resources = await Resource.Cluster.GetAsync("/apis/" + GroupVersion);
        JsonNode found = Assert.Single(resources.Items("resources"), one => one.Text("name") == Plural);
        Assert.Empty(Verbs.Except(found.Items("verbs").Select(static one => (string)one!)));
        foreach (string subresource in subresources)
        {
            Assert.Contains(resources.Items("resources"), one => one.Text("name") == $"{Plural}/{subresource}");
        }
    }

    /// <summary>Runs through the verbs of objects with a label of their own.</summary>
    /// <param name="suite">The label's value and what names begin with.</param>
    /// <param name="names">Three names, where not any will do.</param>
    public async Task UseAsync(string suite, string[]? names = null)
    {
        (string a, string b, string c) =
            names is null ? (suite + "-a", suite + "-b", suite + "-c") : (names[0], names[1], names[2]);
        await using WatchStream watch = await Resource.WatchAsync("labelSelector=suite%3D" + suite);
        JsonNode made = await CreateAsync(suite, a);
        await watch.ExpectAsync("ADDED", a);
        JsonNode read = await Resource.GetAsync(a);
        Assert.Equal(made.Text("metadata.uid"), read.Text("metadata.uid"));
        Assert.Equal(a, Assert.Single(await Resource.ListAsync("suite=" + suite)).Name());

        await Resource.MergeAsync(a, """{"metadata":{"annotations":{"patched":"true"}}}""");
        await watch.UntilAsync("MODIFIED", static one => one.Annotation("patched") == "true");
        await Resource.UpdateAsync(a, static one => one.Annotate("updated", "true"));
        JsonNode updated = await watch.UntilAsync("MODIFIED", static one => one.Annotation("updated") == "true");
        Assert.Equal("true", updated.Annotation("patched"));

        await CreateAsync(suite, b);
        await CreateAsync(suite, c);
        Assert.Equal(3, (await Resource.ListAsync("suite=" + suite)).Count);
        await Resource.DeleteAsync(a);
        await Resource.GoneAsync(a);
        await watch.UntilAsync("DELETED", one => one.Name() == a);
        await Resource.DeleteCollectionAsync("suite=" + suite);
        await Resource.UntilAllAsync(static found => found.Count == 0, "suite=" + suite);
        await watch.UntilAsync("DELETED", one => one.Name() == c);
    }

    /// <summary>Creates an object.</summary>
    public Task<JsonNode> CreateAsync(string suite, string name) => Resource.CreateAsync(
        $$"""
        metadata: {name: {{name}}, labels: {suite: {{suite}} } }
        {{Manifest}}
        """);

    /// <summary>Reads, patches and updates a subresource with conditions of an object.</summary>
    public async Task UseConditionsAsync(string path)
    {
        JsonNode patched = await Resource.MergeAsync(
            path,
            """
            {"metadata":{"annotations":{"patchedstatus":"true"}},"status":{"conditions":
             [{"type":"PatchStatus","status":"True","reason":"E2E","message":"Set by a test",
               "lastTransitionTime":"2026-01-01T00:00:00Z"}]}}
            """);
        Assert.Equal("Set by a test", patched.Condition("PatchStatus").Text("message"));
        JsonNode updated = await Resource.UpdateAsync(
            path,
            static one => ((JsonArray)one["status"]!["conditions"]!).Add((JsonNode)new JsonObject
            {
                ["type"] = "UpdateStatus",
                ["status"] = "True",
                ["reason"] = "E2E",
                ["message"] = "Set by a test",
                ["lastTransitionTime"] = "2026-01-01T00:00:00Z",
            }));
        Assert.True(updated.IsTrue("UpdateStatus"));
        JsonNode read = await Resource.GetAsync(path);
        Assert.True(read.IsTrue("UpdateStatus") && read.IsTrue("PatchStatus"), read.ToJsonString());
    }
}
