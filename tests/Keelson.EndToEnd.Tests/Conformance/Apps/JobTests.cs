using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Apps;

/// <summary>Jobs.</summary>
public sealed class JobTests(SimulatedClusterFixture cluster) : IClassFixture<SimulatedClusterFixture>
{
    private const string Area = "[sig-apps] Job";

    [Fact]
    [Conformance(Area, "should adopt matching orphans and release non-matching pods")]
    public async Task Should_adopt_matching_orphans_and_release_non_matching_pods()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        JsonNode job = await space.Jobs.CreateAsync(
            JobManifests.Of("sleep infinity", "parallelism: 2\ncompletions: 2"));
        IReadOnlyList<JsonNode> pods = await space.ReadyPodsAsync("job-name=work", 2);
        string orphan = pods[0].Name();
        await space.Pods.MergeAsync(orphan, """{"metadata":{"ownerReferences":null}}""");
        JsonNode adopted = await space.Pods.UntilAsync(orphan, static one => one.Controller() == "work");
        Assert.Equal(job.Text("metadata.uid"), adopted.Text("metadata.ownerReferences.0.uid"));
        await space.Pods.MergeAsync(orphan, """{"metadata":{"labels":null}}""");
        await space.Pods.UntilAsync(orphan, static one => one.Controller().Length == 0);
        Assert.DoesNotContain(await space.ReadyPodsAsync("job-name=work", 2), one => one.Name() == orphan);
    }

    [Fact]
    [Conformance(Area, "should apply changes to a job status")]
    public async Task Should_apply_changes_to_a_job_status()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Jobs.CreateAsync(JobManifests.Of("sleep infinity", "parallelism: 2"));
        await space.Jobs.UntilAsync("work", static one => one.Number("status.ready") == 2);
        JsonNode patched = await space.Jobs.StrategicAsync(
            "work/status",
            """
            {"metadata":{"annotations":{"patchedstatus":"true"}},
             "status":{"conditions":[{"type":"StatusPatched","status":"True"}]}}
            """);
        Assert.Equal("true", patched.Annotation("patchedstatus"));
        Assert.True(patched.IsTrue("StatusPatched"));
        await space.Jobs.UpdateAsync(
            "work/status", static one => one["status"]!["conditions"]![0]!["message"] = "replaced");
        JsonNode read = await space.Jobs.GetAsync("work/status");
        Assert.Equal("replaced", read.Condition("StatusPatched").Text("message"));
        Assert.Equal("true", read.Annotation("patchedstatus"));
    }

    [Fact]
    [Conformance(Area, "should create pods for an Indexed job with completion indexes and specified hostname")]
    public async Task Should_create_pods_for_an_Indexed_job_with_completion_indexes_and_specified_hostname()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Jobs.CreateAsync(
            JobManifests.Of("true", "completions: 4\nparallelism: 2\ncompletionMode: Indexed"));
        JsonNode job = await space.Jobs.UntilAsync("work", static one => one.IsTrue("Complete"));
        Assert.Equal(("0-3", 4), (job.Text("status.completedIndexes"), job.Number("status.succeeded")));
        IReadOnlyList<JsonNode> pods = await space.Pods.ListAsync("job-name=work");
        Assert.Equal(
            ["0", "1", "2", "3"],
            pods.Select(static one => one.Annotation("batch.kubernetes.io/job-completion-index")).Order());
        foreach (JsonNode pod in pods)
        {
            string index = pod.Annotation("batch.kubernetes.io/job-completion-index");
            Assert.Equal(index, pod.Label("batch.kubernetes.io/job-completion-index"));
            Assert.Equal("work-" + index, pod.Text("spec.hostname"));
            Assert.StartsWith($"work-{index}-", pod.Name(), StringComparison.Ordinal);
            JsonNode variable = Assert.Single(pod.Items("spec.containers.0.env"));
            Assert.Equal("JOB_COMPLETION_INDEX", variable.Text("name"));
            Assert.Empty(pod.Items("metadata.finalizers"));
        }
    }

    [Fact]
    [Conformance(Area, "should delete a job")]
    public async Task Should_delete_a_job()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Jobs.CreateAsync(JobManifests.Of("sleep infinity", "parallelism: 2\ncompletions: 4"));
        await space.Jobs.UntilAsync("work", static one => one.Number("status.active") == 2);
        await space.ReadyPodsAsync("job-name=work", 2);
        await space.Jobs.DeleteAsync("work", """{"propagationPolicy":"Foreground"}""");
        await space.Jobs.GoneAsync("work");
        Assert.Empty(await space.Pods.ListAsync("job-name=work"));
    }

    [Fact]
    [Conformance(Area, "should manage the lifecycle of a job")]
    public async Task Should_manage_the_lifecycle_of_a_job()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Jobs.CreateAsync(
            JobManifests.Of("sleep infinity", "suspend: true\nparallelism: 2\ncompletions: 4"));
        await space.Jobs.UntilAsync("work", static one => one.IsTrue("Suspended"));
        await space.Jobs.MergeAsync("work", """{"metadata":{"labels":{"work":"patched"}}}""");
        await space.Jobs.UntilAsync("work", static one => one.Label("work") == "patched");
        await space.Jobs.UpdateAsync(
            "work",
            static one =>
            {
                one["spec"]!["suspend"] = false;
                one.Annotate("updated", "true");
            });
        JsonNode running = await space.Jobs.UntilAsync("work", static one => one.Number("status.active") == 2);
        Assert.Equal("true", running.Annotation("updated"));
        Assert.Equal("False", running.Condition("Suspended").Text("status"));
        JsonNode listed = Assert.Single(
            await space.Everywhere("batch/v1", "jobs").ListAsync("work=patched"),
            one => one.Text("metadata.namespace") == space.Namespace);
        Assert.Equal("work", listed.Name());
        await using WatchStream watch = await space.Jobs.WatchAsync();
        await space.Jobs.DeleteCollectionAsync("work=patched", """{"propagationPolicy":"Background"}""");
        await watch.UntilAsync("DELETED", static one => one.Name() == "work");
        Assert.Empty(await space.Jobs.ListAsync());
    }

    [Fact]
    [Conformance(Area, "should run a job to completion when tasks sometimes fail and are locally restarted")]
    public async Task Should_run_a_job_to_completion_when_tasks_sometimes_fail_and_are_locally_restarted()
    {
        // Each pod fails once: its volume outlives the container.
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Jobs.CreateAsync(
            JobManifests.Of(
                "if [ -r /data/once ]; then exit 0; else touch /data/once; exit 1; fi",
                "parallelism: 2\ncompletions: 4",
                "restartPolicy: OnFailure, volumes: [{name: data, emptyDir: {} }]"));
        JsonNode job = await space.Jobs.UntilAsync("work", static one => one.IsTrue("Complete"));
        Assert.Equal((4, 0), (job.Number("status.succeeded"), job.Number("status.failed")));
        IReadOnlyList<JsonNode> pods = await space.Pods.ListAsync("job-name=work");
        Assert.Equal(4, pods.Count);
        Assert.All(pods, static one => Assert.Equal("Succeeded", one.Text("status.phase")));
        Assert.All(pods, static one => Assert.Equal(1, one.Number("status.containerStatuses.0.restartCount")));
    }
}
