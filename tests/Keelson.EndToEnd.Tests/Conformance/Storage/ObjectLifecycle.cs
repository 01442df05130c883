using System.Text.Json.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Storage;

/// <summary>
/// The life that upstream's suite leads objects of the storage API through: created, read, patched, listed, deleted;
/// created anew, updated, deleted as a collection.
/// </summary>
/// <param name="Resource">The resource.</param>
/// <param name="Suite">The names' prefix and the label's value.</param>
/// <param name="Manifest">The rest of an object beside its metadata, as YAML in block style.</param>
internal sealed record ObjectLifecycle(Resource Resource, string Suite, string Manifest)
{
    public async Task RunAsync()
    {
        await CreateAsync("a");
        await ReadAsync("a");
        await PatchAsync("a");
        Assert.Equal(Suite + "-a", Assert.Single(await Resource.ListAsync("patched=" + Suite)).Name());
        await Resource.DeleteAsync(Suite + "-a");
        await Resource.GoneAsync(Suite + "-a");

        await CreateAsync("b");
        await ReadAsync("b");
        JsonNode updated = await Resource.UpdateAsync(Suite + "-b", one => one.SetLabel("updated", Suite));
        Assert.Equal(Suite, updated.Label("updated"));
        await DeleteCollectionAsync("updated=" + Suite);
    }

    /// <summary>Creates an object.</summary>
    public Task<JsonNode> CreateAsync(string name) => Resource.CreateAsync(
        $$"""
        metadata: {name: {{Suite}}-{{name}}, labels: {suite: {{Suite}} } }
        {{Manifest}}
        """);

    /// <summary>Gives an object the label <c>patched</c>.</summary>
    public async Task PatchAsync(string name)
    {
        JsonNode patched = await Resource.MergeAsync(
            $"{Suite}-{name}", $$$$"""{"metadata":{"labels":{"patched":"{{{{Suite}}}}"}}}""");
        Assert.Equal(Suite, patched.Label("patched"));
    }

    /// <summary>Deletes what a selector finds, and waits until it is gone.</summary>
    public async Task DeleteCollectionAsync(string labelSelector)
    {
        Assert.Single(await Resource.ListAsync(labelSelector));
        await Resource.DeleteCollectionAsync(labelSelector);
        await Resource.UntilAllAsync(static found => found.Count == 0, labelSelector);
    }

    private async Task ReadAsync(string name) =>
        Assert.Equal($"{Suite}-{name}", (await Resource.GetAsync($"{Suite}-{name}")).Name());
}
