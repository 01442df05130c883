using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Instrumentation;

/// <summary>Events, in both of their groups.</summary>
public sealed class EventTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Fact]
    [Conformance(
        "[sig-instrumentation] Events API should ensure that an event can be fetched, patched, deleted, and listed")]
    public async Task Events_API_should_ensure_that_an_event_can_be_fetched_patched_deleted_and_listed()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        Resource events = space.In("events.k8s.io/v1", "events");
        await events.CreateAsync(New("event-test", space.Namespace));
        Assert.Contains(
            await space.Everywhere("events.k8s.io/v1", "events").ListAsync("testevent-constant=true"),
            one => one.Text("metadata.namespace") == space.Namespace);
        JsonNode listed = Assert.Single(
            (await cluster.GetAsync(events.Path + "?fieldSelector=reportingController%3Dtest-controller")).Items());
        Assert.Equal("This is event-test", listed.Text("note"));
        Assert.Equal("Test", (await events.GetAsync("event-test")).Text("reason"));

        await events.StrategicAsync(
            "event-test", """{"series":{"count":2,"lastObservedTime":"2029-01-01T00:00:00.505505Z"}}""");
        Assert.Equal(2, (await events.GetAsync("event-test")).Number("series.count"));
        await events.UpdateAsync(
            "event-test",
            static one => one["series"] =
                new JsonObject { ["count"] = 100, ["lastObservedTime"] = "2030-01-01T00:00:00.505505Z" });
        JsonNode updated = await events.GetAsync("event-test");
        Assert.Equal(
            (100, "2030-01-01T00:00:00.505505Z"),
            (updated.Number("series.count"), updated.Text("series.lastObservedTime")));

        // The older group shows the same object, and lets its message be changed.
        JsonNode older = await space.Events.GetAsync("event-test");
        Assert.Equal(("This is event-test", 100), (older.Text("message"), older.Number("series.count")));
        await space.Events.StrategicAsync("event-test", """{"message":"This is a test event - patched"}""");
        Assert.Equal("This is a test event - patched", (await events.GetAsync("event-test")).Text("note"));
        await events.DeleteAsync("event-test");
        await events.GoneAsync("event-test");
        Assert.Empty(await events.ListAsync("testevent-constant=true"));
    }

    [Fact]
    [Conformance("[sig-instrumentation] Events API should delete a collection of events")]
    public async Task Events_API_should_delete_a_collection_of_events()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await CollectionAsync(space.In("events.k8s.io/v1", "events"), name => New(name, space.Namespace));
    }

    [Fact]
    [Conformance("[sig-instrumentation] Events should delete a collection of events")]
    public async Task Events_should_delete_a_collection_of_events()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await CollectionAsync(space.Events, name => Core(name, space.Namespace));
    }

    [Fact]
    [Conformance("[sig-instrumentation] Events should manage the lifecycle of an event")]
    public async Task Events_should_manage_the_lifecycle_of_an_event()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        Resource events = space.Events;
        await events.CreateAsync(Core("event-test", space.Namespace));
        JsonNode listed = Assert.Single(
            await space.Everywhere("v1", "events").ListAsync("testevent-constant=true"),
            one => one.Text("metadata.namespace") == space.Namespace);
        Assert.Equal("This is event-test", listed.Text("message"));
        await events.StrategicAsync("event-test", """{"message":"This is a test event - patched"}""");
        Assert.Equal("This is a test event - patched", (await events.GetAsync("event-test")).Text("message"));
        await events.UpdateAsync(
            "event-test",
            static one => one["series"] =
                new JsonObject { ["count"] = 100, ["lastObservedTime"] = "2014-09-19T13:49:16.000000Z" });
        Assert.Equal(100, (await events.GetAsync("event-test")).Number("series.count"));
        await events.DeleteAsync("event-test");
        Assert.Empty(
            await space.Everywhere("v1", "events").ListAsync("testevent-constant=true,suite=" + space.Namespace));
    }

    private static async Task CollectionAsync(Resource events, Func<string, string> manifest)
    {
        foreach (string name in (string[])["test-event-1", "test-event-2", "test-event-3"])
        {
            await events.CreateAsync(manifest(name));
        }

        Assert.Equal(3, (await events.ListAsync("testevent-constant=true")).Count);
        await events.DeleteCollectionAsync("testevent-constant=true");
        await events.UntilAllAsync(static found => found.Count == 0, "testevent-constant=true");
    }

    private static string New(string name, string @namespace) =>
        $$"""
        metadata: {name: {{name}}, labels: {testevent-constant: "true", suite: {{@namespace}} } }
        regarding: {namespace: {{@namespace}} }
        note: This is {{name}}
        reason: Test
        action: Do
        type: Normal
        eventTime: "2017-09-19T13:49:16.000000Z"
        reportingController: test-controller
        reportingInstance: test-node
        """;

    private static string Core(string name, string @namespace) =>
        $$"""
        metadata: {name: {{name}}, labels: {testevent-constant: "true", suite: {{@namespace}} } }
        message: This is {{name}}
        reason: Test
        type: Normal
        count: 1
        involvedObject: {namespace: {{@namespace}} }
        """;
}
