using System.Globalization;
using Keelson.Api.Batch.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.Jobs;
using Keelson.Controllers.Tests.Pods;
using Keelson.Machinery.Values;
using static Keelson.Controllers.Tests.Pods.TestPods;

namespace Keelson.Controllers.Tests.Jobs;

public sealed class JobPlanTests
{
    private const string Index = "batch.kubernetes.io/job-completion-index";
    private const string Failures = "batch.kubernetes.io/job-index-failure-count";

    [Fact]
    public void As_many_pods_run_side_by_side_as_are_needed_and_allowed()
    {
        Assert.Equal(3, Plan(Job(completions: 5, parallelism: 3)).Create.Count);
        Assert.Equal(2, Plan(Job(completions: 5, parallelism: 3), Running("a")).Create.Count);
        Job late = Job(completions: 5, parallelism: 3) with { Status = new JobStatus { Succeeded = 4 } };
        Assert.Single(Plan(late).Create);
        Assert.Contains("batch.kubernetes.io/job-tracking", Plan(late).Create[0].Metadata.Finalizers);
    }

    [Fact]
    public void A_pod_that_ended_is_first_noted_then_released_then_counted()
    {
        Job job = Job(completions: 2, parallelism: 1);
        JobPlan noted = Plan(job, Done("a"));
        Assert.Equal(["uid-a"], noted.Status.UncountedTerminatedPods!.Succeeded);
        Assert.Equal(0, noted.Status.Succeeded);
        Assert.Equal(["a"], NamesOf(noted.Release));
        Assert.Single(noted.Create);
        Pod released = Done("a") with { Metadata = Done("a").Metadata with { Finalizers = default } };
        JobPlan counted = Plan(job with { Status = noted.Status }, released);
        Assert.Equal(1, counted.Status.Succeeded);
        Assert.True(counted.Status.UncountedTerminatedPods!.Succeeded.Count == 0);
    }

    [Fact]
    public void A_job_completes_only_when_everything_is_counted()
    {
        Job job = Job(completions: 1, parallelism: 1);
        JobPlan reached = Plan(job, Done("a"));
        Assert.Equal("CompletionsReached", Condition(reached, "SuccessCriteriaMet")!.Reason);
        Assert.Null(Condition(reached, "Complete"));
        JobPlan complete = Plan(job with { Status = reached.Status });
        Assert.Equal(
            ("CompletionsReached", "Reached expected number of succeeded pods"),
            (Condition(complete, "Complete")!.Reason, Condition(complete, "Complete")!.Message));
        Assert.Equal(Now, complete.Status.CompletionTime);
        Assert.Contains(new JobEvent("Normal", "Completed", "Job completed"), complete.Events);
    }

    [Fact]
    public void Failures_delay_the_next_pod_by_a_time_that_doubles()
    {
        Job job = Job(completions: 1, parallelism: 1);
        JobPlan once = Plan(job, Failed("a", 4));
        Assert.Empty(once.Create);
        Assert.Equal(TimeSpan.FromSeconds(6), once.CheckAfter);
        Assert.Equal(TimeSpan.FromSeconds(16), Plan(job, Failed("a", 4), Failed("b", 50)).CheckAfter);
        Assert.Single(Plan(job, Failed("a", 10)).Create);
    }

    [Fact]
    public void A_job_fails_when_its_failures_exceed_the_limit_and_stops_what_runs()
    {
        Job job = Job(completions: 3, parallelism: 2, limit: 1);
        Assert.Null(Condition(Plan(job, Failed("a")), "FailureTarget"));
        JobPlan plan = Plan(job, Failed("a"), Failed("b"), Running("c"));
        Assert.Equal(
            ("BackoffLimitExceeded", "Job has reached the specified backoff limit"),
            (Condition(plan, "FailureTarget")!.Reason, Condition(plan, "FailureTarget")!.Message));
        Assert.Equal(["c"], NamesOf(plan.Delete));
        Assert.Null(Condition(plan, "Failed"));
    }

    [Fact]
    public void A_job_past_its_deadline_fails_and_until_then_the_deadline_is_waited_for()
    {
        Job job = Job(completions: 1, parallelism: 1);
        job = job with { Spec = job.Spec with { ActiveDeadlineSeconds = 60 } };
        Job At(double age) => job with { Status = new JobStatus { StartTime = Ago(age) } };
        Assert.Equal(TimeSpan.FromSeconds(20), Plan(At(40), Running("a")).CheckAfter);
        Assert.Equal("DeadlineExceeded", Condition(Plan(At(60), Running("a")), "FailureTarget")!.Reason);
    }

    [Fact]
    public void Indexes_are_filled_from_the_lowest_and_each_pod_knows_its_own()
    {
        Job job = Indexed(Job(completions: 4, parallelism: 3));
        JobPlan plan = Plan(job, Done("a").Annotated(Index, "1"), Running("b").Annotated(Index, "0"));
        Assert.Equal(["2", "3"], plan.Create.Select(static one => one.Metadata.Annotations[Index]));
        Assert.Equal("j-2-", plan.Create[0].Metadata.GenerateName);
        Assert.Equal("j-2", plan.Create[0].Spec.Hostname);
        Assert.Equal("JOB_COMPLETION_INDEX", plan.Create[0].Spec.Containers[0].Env[0].Name);
        Assert.Equal("1", plan.Status.CompletedIndexes);
    }

    [Fact]
    public void Two_pods_of_an_index_are_one_too_many_and_the_younger_goes()
    {
        Job job = Indexed(Job(completions: 2, parallelism: 2));
        JobPlan plan = Plan(
            job, Running("old", 50).Annotated(Index, "0"), Running("young", 5).Annotated(Index, "0"));
        Assert.Equal(["young"], NamesOf(plan.Withdraw));
    }

    [Fact]
    public void Indexes_fail_for_themselves_where_each_has_its_own_limit()
    {
        Job job = Indexed(Job(completions: 2, parallelism: 2));
        job = job with { Spec = job.Spec with { BackoffLimit = int.MaxValue, BackoffLimitPerIndex = 1 } };
        JobPlan again = Plan(job, Failed("a").Annotated(Index, "0").Annotated(Failures, "0"));
        Assert.Equal(["1", "0"], again.Create.Select(static one => one.Metadata.Annotations[Failures]));
        JobPlan failed = Plan(job, Failed("a").Annotated(Index, "0").Annotated(Failures, "1"));
        Assert.Equal(["1"], failed.Create.Select(static one => one.Metadata.Annotations[Index]));
        Assert.Equal("0", failed.Status.FailedIndexes);
        JobPlan over = Plan(
            job with { Status = failed.Status }, Done("b").Annotated(Index, "1"));
        Assert.Equal(
            ("FailedIndexes", "Job has failed indexes"),
            (Condition(over, "FailureTarget")!.Reason, Condition(over, "FailureTarget")!.Message));
    }

    [Fact]
    public void Too_many_failed_indexes_fail_the_job_at_once()
    {
        Job job = Indexed(Job(completions: 9, parallelism: 9));
        job = job with { Spec = job.Spec with { BackoffLimit = int.MaxValue, BackoffLimitPerIndex = 0, MaxFailedIndexes = 1 } };
        JobPlan plan = Plan(job, Failed("a").Annotated(Index, "3"), Failed("b").Annotated(Index, "5"));
        Assert.Equal("3,5", plan.Status.FailedIndexes);
        Assert.Equal("MaxFailedIndexesExceeded", Condition(plan, "FailureTarget")!.Reason);
    }

    [Fact]
    public void The_first_rule_of_the_failure_policy_that_matches_decides()
    {
        Job job = Job(completions: 1, parallelism: 1, limit: 0);
        job = job with
        {
            Spec = job.Spec with
            {
                PodFailurePolicy = new PodFailurePolicy
                {
                    Rules =
                    [
                        new PodFailurePolicyRule
                        {
                            Action = "Ignore",
                            OnPodConditions =
                                [new PodFailurePolicyOnPodConditionsPattern { Type = "DisruptionTarget", Status = "True" }],
                        },
                        new PodFailurePolicyRule
                        {
                            Action = "FailJob",
                            OnExitCodes = new PodFailurePolicyOnExitCodesRequirement { Operator = "In", Values = [42] },
                        },
                    ],
                },
            },
        };
        Pod evicted = Failed("a");
        evicted = evicted with
        {
            Status =
                evicted.Status with { Conditions = [new PodCondition { Type = "DisruptionTarget", Status = "True" }] },
        };
        JobPlan ignored = Plan(job, evicted);
        Assert.Empty(ignored.Status.UncountedTerminatedPods!.Failed);
        Assert.Null(Condition(ignored, "FailureTarget"));
        JobPlan failed = Plan(job, Exited("b", 42));
        Assert.Equal(
            ("PodFailurePolicy", "Container c for pod default/b failed with exit code 42 matching FailJob rule at index 1"),
            (Condition(failed, "FailureTarget")!.Reason, Condition(failed, "FailureTarget")!.Message));
        Assert.Equal("BackoffLimitExceeded", Condition(Plan(job, Exited("b", 1)), "FailureTarget")!.Reason);
    }

    [Fact]
    public void A_success_policy_ends_the_job_when_the_indexes_that_matter_succeeded()
    {
        Job job = Indexed(Job(completions: 5, parallelism: 5));
        job = job with
        {
            Spec = job.Spec with
            {
                SuccessPolicy = new SuccessPolicy
                {
                    Rules = [new SuccessPolicyRule { SucceededIndexes = "0,2-4", SucceededCount = 2 }],
                },
            },
        };
        Pod one = Done("a").Annotated(Index, "1");
        Pod two = Done("b").Annotated(Index, "2");
        Assert.Null(Condition(Plan(job, one, two), "SuccessCriteriaMet"));
        JobPlan met = Plan(job, two, Done("c").Annotated(Index, "4"), Running("d").Annotated(Index, "0"));
        Assert.Equal(
            ("SuccessPolicy", "Matched rules at index 0"),
            (Condition(met, "SuccessCriteriaMet")!.Reason, Condition(met, "SuccessCriteriaMet")!.Message));
        Assert.Equal(["d"], NamesOf(met.Delete));
    }

    [Fact]
    public void Suspending_withdraws_the_pods_without_counting_them_and_resuming_starts_the_clock_again()
    {
        Job job = Job(completions: 1, parallelism: 1);
        Job suspended = job with
        {
            Spec = job.Spec with { Suspend = true },
            Status = new JobStatus { StartTime = Ago(50) },
        };
        JobPlan stop = Plan(suspended, Running("a"));
        Assert.Equal(["a"], NamesOf(stop.Withdraw));
        Assert.Empty(stop.Create);
        Assert.Null(stop.Status.StartTime);
        Assert.Equal(
            ("True", "JobSuspended"), (Condition(stop, "Suspended")!.Status, Condition(stop, "Suspended")!.Reason));
        JobPlan go = Plan(job with { Status = stop.Status });
        Assert.Equal(Now, go.Status.StartTime);
        Assert.Equal(("False", "JobResumed"), (Condition(go, "Suspended")!.Status, Condition(go, "Suspended")!.Reason));
        Assert.Single(go.Create);
    }

    [Fact]
    public void Pods_that_go_away_are_replaced_at_once_or_when_they_have_failed()
    {
        Job job = Job(completions: 1, parallelism: 1);
        Job patient = job with { Spec = job.Spec with { PodReplacementPolicy = "Failed" } };
        Assert.Empty(Plan(patient, Running("a").Going()).Create);
        Assert.Single(Plan(job, Running("a").Going()).Create);
    }

    [Theory]
    [InlineData("1,3-5,7", 10, "1,3-5,7")]
    [InlineData("0-9", 3, "0-2")]
    [InlineData("4,5", 10, "4,5")]
    [InlineData("x,2", 10, "2")]
    public void Index_sets_are_read_and_written_as_the_status_has_them(string text, int limit, string written) =>
        Assert.Equal(written, IndexSet.Format(IndexSet.Parse(text, limit)));

    private static JobPlan Plan(Job job, params Pod[] pods) => JobPlan.Compute(job, pods, Now);

    private static JobCondition? Condition(JobPlan plan, string type) =>
        plan.Status.Conditions.FirstOrDefault(one => one.Type == type);

    private static Pod Running(string name, double age = 100) => Tracked(Ready(name, age));

    private static Pod Done(string name) => Tracked(TestPods.Ended(name, "Succeeded"));

    private static Pod Failed(string name, double age = 1000) => Tracked(TestPods.Ended(name, "Failed", age));

    private static Pod Tracked(Pod pod) =>
        pod with { Metadata = pod.Metadata with { Finalizers = ["batch.kubernetes.io/job-tracking"] } };

    private static Pod Exited(string name, int code)
    {
        Pod pod = Failed(name);
        return pod with
        {
            Status = pod.Status with
            {
                ContainerStatuses =
                [
                    new ContainerStatus
                    {
                        Name = "c",
                        State = new ContainerState { Terminated = new ContainerStateTerminated { ExitCode = code } },
                    },
                ],
            },
        };
    }

    private static Job Indexed(Job job) => job with { Spec = job.Spec with { CompletionMode = "Indexed" } };

    private static Job Job(int completions, int parallelism, int limit = 6) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = "j", Namespace = "default", Uid = "j" },
        Spec = new JobSpec
        {
            Completions = completions,
            Parallelism = parallelism,
            BackoffLimit = limit,
            CompletionMode = "NonIndexed",
            Template = new PodTemplateSpec
            {
                Spec = new PodSpec { RestartPolicy = "Never", Containers = [new Container { Name = "c" }] },
            },
        },
    };
}
