using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Apps;

/// <summary>When jobs count as failed or as done.</summary>
public sealed class JobPolicyTests(SimulatedClusterFixture cluster) : IClassFixture<SimulatedClusterFixture>
{
    private const string Area = "[sig-apps] Job";
    private const string FirstSucceeds = "[ $JOB_COMPLETION_INDEX = 0 ] && exit 0; sleep infinity";
    private const string OddOnesFail = "exit $(expr ${JOB_COMPLETION_INDEX} % 2)";

    [Fact]
    [Conformance(
        Area, "should allow to use a pod failure policy to ignore failure matching on DisruptionTarget condition")]
    public async Task Should_allow_to_use_a_pod_failure_policy_to_ignore_failure_matching_on_DisruptionTarget()
    {
        // Each index leaves a mark on its node and waits; the pod that comes after an eviction sees the mark and ends.
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Jobs.CreateAsync(
            JobManifests.Of(
                "[ -f /data/$JOB_COMPLETION_INDEX ] && exit 0; touch /data/$JOB_COMPLETION_INDEX; sleep infinity",
                """
                completions: 3
                parallelism: 3
                completionMode: Indexed
                backoffLimit: 0
                podFailurePolicy:
                  rules: [{action: Ignore, onPodConditions: [{type: DisruptionTarget, status: "True"}]}]
                """,
                "restartPolicy: Never, nodeName: node-1, volumes: [{name: data, hostPath: {path: /tmp/marks} }]"));
        foreach (JsonNode pod in await space.ReadyPodsAsync("job-name=work", 3))
        {
            await cluster.PostAsync(
                $"{space.Pods.Path}/{pod.Name()}/eviction",
                new JsonObject { ["metadata"] = new JsonObject { ["name"] = pod.Name() } }.ToJsonString());
        }

        JsonNode job = await space.Jobs.UntilAsync(
            "work", static one => one.IsTrue("Complete") || one.IsTrue("Failed"));
        Assert.True(job.IsTrue("Complete"), job.ToJsonString());
        Assert.Equal(("0-2", 3), (job.Text("status.completedIndexes"), job.Number("status.succeeded")));
    }

    [Fact]
    [Conformance(Area, "should allow to use the pod failure policy on exit code to fail the job early")]
    public async Task Should_allow_to_use_the_pod_failure_policy_on_exit_code_to_fail_the_job_early()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Jobs.CreateAsync(
            JobManifests.Of(
                "[ \"$JOB_COMPLETION_INDEX\" = 1 ] && exit 42; sleep infinity",
                """
                completions: 2
                parallelism: 2
                completionMode: Indexed
                backoffLimit: 6
                podFailurePolicy: {rules: [{action: FailJob, onExitCodes: {operator: In, values: [42]} }]}
                """));
        JsonNode job = await space.Jobs.UntilAsync("work", static one => one.IsTrue("Failed"));
        Assert.Equal("PodFailurePolicy", job.Condition("Failed").Text("reason"));
        Assert.Matches(
            @"^Container c for pod .*/work-1-\w{5} failed with exit code 42 matching FailJob rule at index 0$",
            job.Condition("Failed").Text("message"));
        Assert.True(job.IsTrue("FailureTarget"));
        Assert.Equal(0, job.Number("status.active"));
    }

    [Fact]
    [Conformance(Area, "should execute all indexes despite some failing when using backoffLimitPerIndex")]
    public async Task Should_execute_all_indexes_despite_some_failing_when_using_backoffLimitPerIndex()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Jobs.CreateAsync(
            JobManifests.Of(
                OddOnesFail, "completions: 4\nparallelism: 4\ncompletionMode: Indexed\nbackoffLimitPerIndex: 1"));
        JsonNode job = await space.Jobs.UntilAsync("work", static one => one.IsTrue("Failed"));
        Assert.Equal("FailedIndexes", job.Condition("Failed").Text("reason"));
        Assert.Equal("Job has failed indexes", job.Condition("Failed").Text("message"));
        Assert.Equal(("1,3", "0,2"), (job.Text("status.failedIndexes"), job.Text("status.completedIndexes")));
        Assert.Equal((4, 2), (job.Number("status.failed"), job.Number("status.succeeded")));
    }

    [Fact]
    [Conformance(Area, "should mark indexes as failed when the FailIndex action is matched in podFailurePolicy")]
    public async Task Should_mark_indexes_as_failed_when_the_FailIndex_action_is_matched_in_podFailurePolicy()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Jobs.CreateAsync(
            JobManifests.Of(
                OddOnesFail,
                """
                completions: 4
                parallelism: 4
                completionMode: Indexed
                backoffLimitPerIndex: 2
                podFailurePolicy: {rules: [{action: FailIndex, onExitCodes: {operator: NotIn, values: [0]} }]}
                """));
        JsonNode job = await space.Jobs.UntilAsync("work", static one => one.IsTrue("Failed"));
        Assert.Equal(("1,3", "0,2"), (job.Text("status.failedIndexes"), job.Text("status.completedIndexes")));
        Assert.Equal((2, 2), (job.Number("status.failed"), job.Number("status.succeeded")));
    }

    [Fact]
    [Conformance(Area, "should terminate job execution when the number of failed indexes exceeds maxFailedIndexes")]
    public async Task Should_terminate_job_execution_when_the_number_of_failed_indexes_exceeds_maxFailedIndexes()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Jobs.CreateAsync(
            JobManifests.Of(
                OddOnesFail,
                """
                completions: 4
                parallelism: 1
                completionMode: Indexed
                backoffLimitPerIndex: 0
                maxFailedIndexes: 0
                """));
        JsonNode job = await space.Jobs.UntilAsync("work", static one => one.IsTrue("Failed"));
        Assert.Equal("MaxFailedIndexesExceeded", job.Condition("Failed").Text("reason"));
        Assert.Equal(
            "Job has exceeded the specified maximal number of failed indexes", job.Condition("Failed").Text("message"));
        Assert.Equal(("1", "0"), (job.Text("status.failedIndexes"), job.Text("status.completedIndexes")));
        Assert.Equal((1, 1), (job.Number("status.failed"), job.Number("status.succeeded")));
        Assert.Equal(2, (await space.Pods.ListAsync("job-name=work")).Count);
    }

    [Fact]
    [Conformance(Area, "with successPolicy should succeeded when all indexes succeeded")]
    public async Task With_successPolicy_should_succeeded_when_all_indexes_succeeded()
    {
        JsonNode job = await SucceedAsync("exit 0", "{succeededIndexes: 0-1}", 2);
        Assert.Equal("0,1", job.Text("status.completedIndexes"));
        Assert.Equal(2, job.Number("status.succeeded"));
    }

    [Fact]
    [Conformance(Area, "with successPolicy succeededCount rule should succeeded even when some indexes remain pending")]
    public async Task With_successPolicy_succeededCount_should_succeeded_even_when_some_indexes_remain_pending()
    {
        JsonNode job = await SucceedAsync(FirstSucceeds, "{succeededCount: 1}", 5);
        Assert.Equal(("0", 1), (job.Text("status.completedIndexes"), job.Number("status.succeeded")));
    }

    [Fact]
    [Conformance(
        Area, "with successPolicy succeededIndexes rule should succeeded even when some indexes remain pending")]
    public async Task With_successPolicy_succeededIndexes_should_succeeded_even_when_some_indexes_remain_pending()
    {
        JsonNode job = await SucceedAsync(FirstSucceeds, "{succeededIndexes: \"0\"}", 5);
        Assert.Equal(("0", 1), (job.Text("status.completedIndexes"), job.Number("status.succeeded")));
    }

    /// <summary>Runs a job with one rule for success, to its end.</summary>
    private async Task<JsonNode> SucceedAsync(string script, string rule, int completions)
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await using WatchStream watch = await space.Jobs.WatchAsync();
        await space.Jobs.CreateAsync(
            JobManifests.Of(
                script,
                $$"""
                completions: {{completions}}
                parallelism: {{completions}}
                completionMode: Indexed
                successPolicy: {rules: [{{rule}}]}
                """));
        JsonNode met = await watch.UntilAsync("MODIFIED", static one => one.IsTrue("SuccessCriteriaMet"));
        Assert.Equal("SuccessPolicy", met.Condition("SuccessCriteriaMet").Text("reason"));
        Assert.Equal("Matched rules at index 0", met.Condition("SuccessCriteriaMet").Text("message"));
        JsonNode job = await space.Jobs.UntilAsync("work", static one => one.IsTrue("Complete"));
        Assert.Equal("SuccessPolicy", job.Condition("Complete").Text("reason"));
        Assert.Equal(0, job.Number("status.active"));
        await space.Pods.UntilAllAsync(
            static found => found.All(static one => one.Text("status.phase") == "Succeeded"));
        return job;
    }
}
