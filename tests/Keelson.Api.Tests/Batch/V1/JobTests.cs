using Keelson.Api.Batch.V1;
using Keelson.Machinery.Values;

namespace Keelson.Api.Tests.Batch.V1;

public sealed class JobTests
{
    [Fact]
    public void Pods_are_labelled_and_selected_by_the_jobs_uid()
    {
        Job job = KindCase.Create<Job>(Spec(""));
        Assert.Equal(
            "{\"matchLabels\":{\"batch.kubernetes.io/controller-uid\":\"u-1\"}}", KindCase.Json(job.Spec.Selector!));
        Assert.Equal(
            ["batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name", "controller-uid", "job-name"],
            job.Spec.Template.Metadata.Labels.Keys);
        Assert.Equal(job.Spec.Template.Metadata.Labels, job.Metadata.Labels);
    }

    [Fact]
    public void A_label_that_names_another_job_is_refused()
    {
        string[] errors = KindCase.CreateErrors<Job>(
            Spec("").Replace("'template': {", "'template': { 'metadata': { 'labels': { 'job-name': 'other' } },"));
        Assert.Contains(errors, one => one.StartsWith("spec.template.metadata.labels[job-name]: Invalid value: {", StringComparison.Ordinal)
            && one.EndsWith(": must be 'j'", StringComparison.Ordinal));
    }

    [Fact]
    public void The_template_prints_as_upstreams_own_type()
    {
        Job old = KindCase.Create<Job>(Spec(""));
        Job changed = KindCase.Create<Job>(Spec("").Replace("perl", "ruby"));
        string error = Assert.Single(KindCase.UpdateErrors(changed, old));
        Assert.StartsWith(
            "spec.template: Invalid value: {\"labels\":{\"batch.kubernetes.io/controller-uid\":\"u-1\",",
            error,
            StringComparison.Ordinal);
        Assert.Contains("\"Spec\":{\"Volumes\":null,\"InitContainers\":null,\"Containers\":[{\"Name\":\"c\",\"Image\":\"ruby\",\"Command\":null,", error, StringComparison.Ordinal);
        Assert.Contains("\"SecurityContext\":{\"HostNetwork\":false,\"HostPID\":false,\"HostIPC\":false,\"ShareProcessNamespace\":null,", error, StringComparison.Ordinal);
        Assert.EndsWith(
            "\"HostnameOverride\":null,\"SchedulingGroup\":null}}: field is immutable",
            error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_suspended_job_may_be_moved_but_not_rewritten()
    {
        Job old = KindCase.Create<Job>(Spec("'suspend': true,"));
        Job moved = old with { Spec = old.Spec with { Template = old.Spec.Template with { Spec = old.Spec.Template.Spec with { NodeSelector = ApiMap<string>.Empty.With("zone", "a") } } } };
        Job rewritten = KindCase.Create<Job>(Spec("'suspend': true,").Replace("perl", "ruby"));
        Assert.Empty(KindCase.UpdateErrors(moved, old));
        Assert.StartsWith(
            "spec.template.spec: Invalid value: {\"Volumes\":null,",
            Assert.Single(KindCase.UpdateErrors(rewritten, old)),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'successPolicy': { 'rules': [{ 'succeededIndexes': '1-2-3' }] },", "spec.successPolicy.rules[0].succeededIndexes: Invalid value: \"1-2-3\": "
        + "error parsing succeededIndexes: the fragment \"1-2-3\" violates the requirement that an index interval can have at most two parts separated by '-'")]
    [InlineData("'successPolicy': { 'rules': [{ 'succeededIndexes': '0-1', 'succeededCount': 3 }] },",
        "spec.successPolicy.rules[0].succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)")]
    [InlineData("'podFailurePolicy': { 'rules': [{ 'action': '', 'onExitCodes': { 'operator': 'In', 'values': [1] } }] },",
        "spec.podFailurePolicy.rules[0].action: Required value: valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]")]
    [InlineData("'managedBy': 'no-domain',", "spec.managedBy: Invalid value: \"no-domain\": must be a domain-prefixed path (such as \"acme.io/foo\")")]
    public void Policies_are_checked(string field, string expected) =>
        Assert.Equal(
            [expected], KindCase.CreateErrors<Job>(Spec("'completionMode': 'Indexed', 'completions': 4, " + field)));

    [Fact]
    public void A_job_that_has_ended_does_not_begin_again()
    {
        Job created = KindCase.Create<Job>(Spec(""));
        Job complete = created with
        {
            Status = new()
            {
                StartTime = KindCase.Context.Now,
                CompletionTime = KindCase.Context.Now,
                Succeeded = 1,
                Conditions = [Condition("SuccessCriteriaMet"), Condition("Complete")],
            },
        };
        Assert.Empty(KindCase.StatusErrors(complete, created));
        Assert.Equal(
            [
                "status.conditions: Invalid value: cannot disable the terminal Complete=True condition",
                "status.succeeded: Invalid value: 0: cannot decrease the succeeded counter",
                "status.startTime: Invalid value: null: field is immutable for unsuspended job once set",
                "status.conditions: Invalid value: cannot disable the SuccessCriteriaMet=True condition",
            ],
            KindCase.StatusErrors(created, complete));
    }

    [Fact]
    public void Indexes_can_not_have_both_failed_and_completed()
    {
        Job old = KindCase.Create<Job>(
            Spec("'completionMode': 'Indexed', 'completions': 9, 'backoffLimitPerIndex': 1,"));
        Job sent = old with { Status = new() { CompletedIndexes = "0-3,7", FailedIndexes = "4,6-8" } };
        Assert.Equal(
            ["status.failedIndexes: Invalid value: \"4,6-8\": failedIndexes and completedIndexes overlap at index: 7"],
            KindCase.StatusErrors(sent, old));
    }

    private static JobCondition Condition(string type) => new() { Type = type, Status = "True" };

    private static string Spec(string fields) =>
        "{ 'metadata': { 'name': 'j' }, 'spec': { " + fields
        + " 'template': { 'spec': { 'restartPolicy': 'Never', 'containers': [{ 'name': 'c', 'image': 'perl' }] } } } }";
}
