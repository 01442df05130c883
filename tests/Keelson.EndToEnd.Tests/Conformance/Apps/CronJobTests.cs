using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Apps;

/// <summary>Cron jobs, on a clock that hurries.</summary>
public sealed class CronJobTests(FastClusterFixture cluster) : IClassFixture<FastClusterFixture>
{
    private const string Area = "[sig-apps] CronJob";

    [Fact]
    [Conformance(Area, "should schedule multiple jobs concurrently")]
    public async Task Should_schedule_multiple_jobs_concurrently()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.CronJobs.CreateAsync(CronJob("*/1 * * * ?", "concurrencyPolicy: Allow"));
        JsonNode tick = await space.CronJobs.UntilAsync("tick", static one => one.Items("status.active").Count > 1);
        IReadOnlyList<JsonNode> jobs = await space.Jobs.ListAsync();
        Assert.True(jobs.Count > 1);
        Assert.All(jobs, static one => Assert.Equal("tick", one.Controller()));
        Assert.All(jobs, static one => Assert.False(one.Has("status.completionTime")));
        Assert.True(tick.Has("status.lastScheduleTime"));
    }

    [Fact]
    [Conformance(Area, "should not schedule jobs when suspended [Slow]")]
    public async Task Should_not_schedule_jobs_when_suspended()
    {
        // The one beside it, on the same schedule, shows that its time came.
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.CronJobs.CreateAsync(CronJob("*/1 * * * ?", "suspend: true"));
        await space.CronJobs.CreateAsync(CronJob("*/1 * * * ?", "concurrencyPolicy: Allow", "other"));
        await space.CronJobs.UntilAsync("other", static one => one.Items("status.active").Count > 0);
        Assert.DoesNotContain(await space.Jobs.ListAsync(), static one => one.Controller() == "tick");
        Assert.False((await space.CronJobs.GetAsync("tick")).Has("status.lastScheduleTime"));
        await space.CronJobs.MergeAsync("tick", """{"spec":{"suspend":false}}""");
        await space.CronJobs.UntilAsync("tick", static one => one.Items("status.active").Count > 0);
    }

    [Fact]
    [Conformance(Area, "should not schedule new jobs when ForbidConcurrent [Slow]")]
    public async Task Should_not_schedule_new_jobs_when_ForbidConcurrent()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.CronJobs.CreateAsync(CronJob("*/1 * * * ?", "concurrencyPolicy: Forbid"));
        JsonNode tick = await space.CronJobs.UntilAsync("tick", static one => one.Items("status.active").Count == 1);
        string job = tick.Text("status.active.0.name");
        await space.In("v1", "events").UntilAllAsync(
            static found => found.Any(static one => one.Text("reason") == "JobAlreadyActive"));
        Assert.Equal(job, Assert.Single(await space.Jobs.ListAsync()).Name());

        // When the job is gone, the next one may come.
        await space.Jobs.DeleteAsync(job, """{"propagationPolicy":"Background"}""");
        await space.CronJobs.UntilAsync(
            "tick", one => one.Items("status.active").Count == 1 && one.Text("status.active.0.name") != job);
    }

    [Fact]
    [Conformance(Area, "should replace jobs when ReplaceConcurrent")]
    public async Task Should_replace_jobs_when_ReplaceConcurrent()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.CronJobs.CreateAsync(CronJob("*/1 * * * ?", "concurrencyPolicy: Replace"));
        JsonNode tick = await space.CronJobs.UntilAsync("tick", static one => one.Items("status.active").Count == 1);
        string first = tick.Text("status.active.0.name");
        tick = await space.CronJobs.UntilAsync(
            "tick", one => one.Items("status.active").Count == 1 && one.Text("status.active.0.name") != first);
        await space.Jobs.GoneAsync(first);
    }

    [Fact]
    [Conformance(Area, "should support CronJob API operations")]
    public async Task Should_support_CronJob_API_operations()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        JsonNode groups = await cluster.GetAsync("/apis");
        Assert.Contains(groups.Items("groups"), static one => one.Text("name") == "batch");
        JsonNode resources = await cluster.GetAsync("/apis/batch/v1");
        Assert.Equal(
            ["cronjobs", "cronjobs/status"],
            resources.Items("resources").Select(static one => one.Text("name"))
                .Where(static one => one.StartsWith("cronjobs", StringComparison.Ordinal)));

        await using WatchStream watch = await space.CronJobs.WatchAsync();
        JsonNode made = await space.CronJobs.CreateAsync(CronJob("0 0 1 1 *", "suspend: true"));
        await watch.ExpectAsync("ADDED", "tick");
        Assert.Equal(made.Text("metadata.uid"), (await space.CronJobs.GetAsync("tick")).Text("metadata.uid"));
        Assert.Single(await space.CronJobs.ListAsync());
        Assert.Contains(
            await space.Everywhere("batch/v1", "cronjobs").ListAsync(),
            one => one.Text("metadata.uid") == made.Text("metadata.uid"));
        await space.CronJobs.MergeAsync("tick", """{"metadata":{"annotations":{"patched":"true"}}}""");
        await space.CronJobs.UpdateAsync("tick", static one => one.Annotate("updated", "true"));
        await watch.UntilAsync("MODIFIED", static one => one.Annotation("patched") == "true");
        await watch.UntilAsync("MODIFIED", static one => one.Annotation("updated") == "true");

        JsonNode status = await space.CronJobs.MergeAsync(
            "tick/status",
            """
            {"metadata":{"annotations":{"patchedstatus":"true"}},
             "status":{"lastScheduleTime":"2020-01-01T00:00:00Z"}}
            """);
        Assert.Equal("2020-01-01T00:00:00Z", status.Text("status.lastScheduleTime"));
        Assert.Equal("true", status.Annotation("patchedstatus"));
        await space.CronJobs.UpdateAsync(
            "tick/status", static one => one["status"]!["lastScheduleTime"] = "2021-01-01T00:00:00Z");
        status = await space.CronJobs.GetAsync("tick/status");
        Assert.Equal("2021-01-01T00:00:00Z", status.Text("status.lastScheduleTime"));

        await space.CronJobs.CreateAsync(CronJob("0 0 1 1 *", "suspend: true", "other"));
        await space.CronJobs.DeleteAsync("other");
        await watch.UntilAsync("DELETED", static one => one.Name() == "other");
        await space.CronJobs.DeleteCollectionAsync("app=tick");
        await watch.UntilAsync("DELETED", static one => one.Name() == "tick");
        Assert.Empty(await space.CronJobs.ListAsync());
    }

    private static string CronJob(string schedule, string spec, string name = "tick") =>
        $$"""
        metadata: {name: {{name}}, labels: {app: {{name}} } }
        spec:
          schedule: "{{schedule}}"
          {{spec}}
          jobTemplate:
            spec:
              template:
                spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: [sleep, infinity]}]}
        """;
}
