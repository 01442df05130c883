using System.Globalization;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.ApiMachinery;

/// <summary>What watchers see.</summary>
public sealed class WatchTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private const string Area = "[sig-api-machinery] Watchers";

    [Fact]
    [Conformance(Area, "should observe add, update, and delete watch notifications on configmaps")]
    public async Task Should_observe_add_update_and_delete_watch_notifications_on_configmaps()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await using WatchStream a = await space.ConfigMaps.WatchAsync("labelSelector=watch%3Da");
        await using WatchStream b = await space.ConfigMaps.WatchAsync("labelSelector=watch%3Db");
        await using WatchStream both = await space.ConfigMaps.WatchAsync("labelSelector=watch%20in%20(a,b)");
        await MapAsync(space, "one", "a");
        await MutateAsync(space, "one", 1);
        await MutateAsync(space, "one", 2);
        await space.ConfigMaps.DeleteAsync("one");
        await MapAsync(space, "two", "b");
        await space.ConfigMaps.DeleteAsync("two");

        // A last object that both see shows that nothing else came in between.
        await MapAsync(space, "last-a", "a");
        await MapAsync(space, "last-b", "b");
        string[] ofOne = ["ADDED one 0", "MODIFIED one 1", "MODIFIED one 2", "DELETED one 2"];
        string[] ofTwo = ["ADDED two 0", "DELETED two 0"];
        Assert.Equal([.. ofOne, "ADDED last-a 0"], await TakeAsync(a, 5));
        Assert.Equal([.. ofTwo, "ADDED last-b 0"], await TakeAsync(b, 3));
        Assert.Equal([.. ofOne, .. ofTwo, "ADDED last-a 0", "ADDED last-b 0"], await TakeAsync(both, 8));
    }

    [Fact]
    [Conformance(Area, "should be able to start watching from a specific resource version")]
    public async Task Should_be_able_to_start_watching_from_a_specific_resource_version()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await MapAsync(space, "one", "a");
        JsonNode first = await MutateAsync(space, "one", 1);
        await MutateAsync(space, "one", 2);
        await space.ConfigMaps.DeleteAsync("one");
        await using WatchStream watch = await space.ConfigMaps.WatchAsync(
            "labelSelector=watch%3Da&resourceVersion=" + first.Text("metadata.resourceVersion"));
        Assert.Equal(["MODIFIED one 2", "DELETED one 2"], await TakeAsync(watch, 2));
    }

    [Fact]
    [Conformance(
        Area, "should be able to restart watching from the last resource version observed by the previous watch")]
    public async Task Should_be_able_to_restart_watching_from_the_last_resource_version_observed()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        string seen;
        await using (WatchStream first = await space.ConfigMaps.WatchAsync("labelSelector=watch%3Da"))
        {
            await MapAsync(space, "one", "a");
            await MutateAsync(space, "one", 1);
            await first.ExpectAsync("ADDED", "one");
            seen = (await first.ExpectAsync("MODIFIED", "one")).Text("metadata.resourceVersion");
        }

        await MutateAsync(space, "one", 2);
        await using WatchStream second =
            await space.ConfigMaps.WatchAsync("labelSelector=watch%3Da&resourceVersion=" + seen);
        await space.ConfigMaps.DeleteAsync("one");
        Assert.Equal(["MODIFIED one 2", "DELETED one 2"], await TakeAsync(second, 2));
    }

    [Fact]
    [Conformance(Area, "should observe an object deletion if it stops meeting the requirements of the selector")]
    public async Task Should_observe_an_object_deletion_if_it_stops_meeting_the_requirements_of_the_selector()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await using WatchStream watch = await space.ConfigMaps.WatchAsync("labelSelector=watch%3Da");
        await MapAsync(space, "one", "a");
        await MutateAsync(space, "one", 1);
        await LabelAsync(space, "one", "other");
        await MutateAsync(space, "one", 2);
        await LabelAsync(space, "one", "a");
        await MutateAsync(space, "one", 3);
        await space.ConfigMaps.DeleteAsync("one");
        Assert.Equal(
            ["ADDED one 0", "MODIFIED one 1", "DELETED one 1", "ADDED one 2", "MODIFIED one 3", "DELETED one 3"],
            await TakeAsync(watch, 6));
    }

    [Fact]
    [Conformance(Area, "should receive events on concurrent watches in same order")]
    public async Task Should_receive_events_on_concurrent_watches_in_same_order()
    {
        const int changes = 60;
        Workspace space = await Workspace.CreateAsync(cluster);
        string from = (await cluster.GetAsync(space.ConfigMaps.Path)).Text("metadata.resourceVersion");
        await using WatchStream first = await space.ConfigMaps.WatchAsync("resourceVersion=" + from);
        Task writing = WriteAsync(space, changes);

        // At each notice another watch starts there: all must see the same from there on.
        List<string> seen = [];
        List<(int From, WatchStream Watch)> others = [];
        while (seen.Count < changes)
        {
            JsonNode notice = (await first.NextAsync()).Object;
            seen.Add(notice.Text("metadata.resourceVersion"));
            if (seen.Count % 10 == 0)
            {
                others.Add((seen.Count, await space.ConfigMaps.WatchAsync("resourceVersion=" + seen[^1])));
            }
        }

        await writing;
        Assert.Equal(seen.OrderBy(static one => long.Parse(one, CultureInfo.InvariantCulture)), seen);
        foreach ((int start, WatchStream watch) in others)
        {
            for (int i = start; i < seen.Count; i++)
            {
                Assert.Equal(seen[i], (await watch.NextAsync()).Object.Text("metadata.resourceVersion"));
            }

            await watch.DisposeAsync();
        }
    }

    /// <summary>Makes, changes and deletes objects in turn.</summary>
    private static async Task WriteAsync(Workspace space, int changes)
    {
        for (int i = 0; i < changes / 3; i++)
        {
            string name = "map-" + i.ToString(CultureInfo.InvariantCulture);
            await MapAsync(space, name, "a");
            await MutateAsync(space, name, 1);
            await space.ConfigMaps.DeleteAsync(name);
        }
    }

    private static Task<JsonNode> MapAsync(Workspace space, string name, string label) => space.ConfigMaps.CreateAsync(
        $$"""{metadata: {name: {{name}}, labels: {watch: {{label}} } }, data: {mutation: "0"} }""");

    private static Task<JsonNode> MutateAsync(
        Workspace space, string name, int mutation) => space.ConfigMaps.MergeAsync(
        name, $$$$"""{"data":{"mutation":"{{{{mutation}}}}"}}""");

    private static Task<JsonNode> LabelAsync(Workspace space, string name, string label) => space.ConfigMaps.MergeAsync(
        name, $$$$"""{"metadata":{"labels":{"watch":"{{{{label}}}}"}}}""");

    private static async Task<IReadOnlyList<string>> TakeAsync(WatchStream watch, int count)
    {
        List<string> taken = [];
        while (taken.Count < count)
        {
            (string type, JsonNode map) = await watch.NextAsync();
            taken.Add($"{type} {map.Name()} {map.Text("data.mutation")}");
        }

        return taken;
    }
}
