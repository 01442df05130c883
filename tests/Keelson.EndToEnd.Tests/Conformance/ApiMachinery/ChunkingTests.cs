using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Keelson.Cluster;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.ApiMachinery;

/// <summary>A control plane whose hours are over soon, so that history is compacted within a test.</summary>
public sealed class HastyClusterFixture : ClusterFixture
{
    protected override ControlPlaneConfig Configure(ControlPlaneConfig config) =>
        config with { Clock = new FastClock(100) };
}

/// <summary>Lists in pages.</summary>
public sealed class ChunkingTests(HastyClusterFixture cluster) : IClassFixture<HastyClusterFixture>
{
    private const string Area = "[sig-api-machinery] Servers with support for API chunking";
    private const int Total = 400;

    [Fact]
    [Conformance(Area, "should return chunks of results for list calls")]
    public async Task Should_return_chunks_of_results_for_list_calls()
    {
        Workspace space = await FilledAsync();
        foreach (int limit in (int[])[7, 133, 400, 500])
        {
            JsonNode page = await PageAsync(space, limit, "");
            string version = page.Text("metadata.resourceVersion");
            int seen = 0;
            while (true)
            {
                seen = CheckPage(page, limit, seen);
                Assert.Equal(version, page.Text("metadata.resourceVersion"));
                if (page.Text("metadata.continue").Length == 0)
                {
                    break;
                }

                page = await PageAsync(space, limit, page.Text("metadata.continue"));
            }

            Assert.Equal(Total, seen);
        }

        Assert.Equal(Total, (await cluster.GetAsync(space.PodTemplates.Path)).Items().Count);
    }

    [Fact]
    [Conformance(
        Area,
        "should support continue listing from the last key if the original version has been compacted away,",
        "though the list is inconsistent [Slow]")]
    public async Task Should_support_continue_listing_from_the_last_key_if_the_original_version_has_been_compacted()
    {
        const int limit = 50;
        Workspace space = await FilledAsync();
        JsonNode first = await PageAsync(space, limit, "");
        int seen = CheckPage(first, limit, 0);

        // The token is good until what it stands for is compacted; then the answer has one that goes on from the key.
        JsonNode expired = await ExpiryAsync(space, limit, first.Text("metadata.continue"));
        Assert.Equal("Expired", expired.Text("reason"));
        string next = expired.Text("metadata.continue");
        Assert.NotEqual(first.Text("metadata.continue"), next);

        JsonNode page = await PageAsync(space, limit, next);
        string version = page.Text("metadata.resourceVersion");
        Assert.NotEqual(first.Text("metadata.resourceVersion"), version);
        while (true)
        {
            seen = CheckPage(page, limit, seen);
            Assert.Equal(version, page.Text("metadata.resourceVersion"));
            if (page.Text("metadata.continue").Length == 0)
            {
                break;
            }

            page = await PageAsync(space, limit, page.Text("metadata.continue"));
        }

        Assert.Equal(Total, seen);
    }

    private static string NameOf(int number) => "template-" + number.ToString("D4", CultureInfo.InvariantCulture);

    /// <summary>Checks a page that comes after so many items; the result counts its own as well.</summary>
    private static int CheckPage(JsonNode page, int limit, int before)
    {
        IReadOnlyList<JsonNode> items = page.Items();
        Assert.InRange(items.Count, 1, limit);
        Assert.Equal(Enumerable.Range(before, items.Count).Select(NameOf), items.Select(static one => one.Name()));
        int seen = before + items.Count;
        Assert.Equal(seen < Total, page.Text("metadata.continue").Length > 0);
        Assert.Equal(Total - seen, page.Number("metadata.remainingItemCount"));
        return seen;
    }

    private async Task<JsonNode> ExpiryAsync(Workspace space, int limit, string token)
    {
        long start = TimeProvider.System.GetTimestamp();
        string url = $"{space.PodTemplates.Path}?limit={limit}&continue={Uri.EscapeDataString(token)}";
        while (TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(60))
        {
            using HttpResponseMessage response = await cluster.Client.GetAsync(url);
            string text = await response.Content.ReadAsStringAsync();
            if (response.StatusCode == HttpStatusCode.Gone)
            {
                return JsonNode.Parse(text)!;
            }

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            await space.ConfigMaps.CreateAsync("{metadata: {generateName: write-}}");
            await Task.Delay(50);
        }

        throw new TimeoutException("The token does not expire.");
    }

    private Task<JsonNode> PageAsync(Workspace space, int limit, string token) =>
        cluster.GetAsync($"{space.PodTemplates.Path}?limit={limit}&continue={Uri.EscapeDataString(token)}");

    private async Task<Workspace> FilledAsync()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Total),
            new ParallelOptions { MaxDegreeOfParallelism = 32 },
            async (number, _) => await space.PodTemplates.CreateAsync(
                $$"""{metadata: {name: {{NameOf(number)}} }, template: {{Manifests.Template("a")}} }"""));
        return space;
    }
}
