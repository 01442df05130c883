using Keelson.Api.Batch.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.CronJobs;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Tests.CronJobs;

public sealed class CronJobPlanTests
{
    private static readonly DateTimeOffset Noon = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_due_time_makes_one_job_named_by_its_minute()
    {
        CronJobPlan plan = Plan(Cron("*/5 * * * *"), Noon.AddSeconds(2));
        Assert.Equal($"c-{Noon.ToUnixTimeSeconds() / 60}", plan.Create!.Metadata.Name);
        Assert.Equal(new Time(Noon), plan.Scheduled);
        Assert.Equal(
            "2026-07-01T12:00:00Z",
            plan.Create.Metadata.Annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"]);
        Assert.Equal(TimeSpan.FromSeconds(298) + TimeSpan.FromMilliseconds(100), plan.CheckAfter);
    }

    [Fact]
    public void A_time_that_was_acted_upon_is_not_due_again()
    {
        CronJob cron = Cron("*/5 * * * *");
        cron = cron with { Status = cron.Status with { LastScheduleTime = new Time(Noon) } };
        Assert.Null(Plan(cron, Noon.AddMinutes(4)).Create);
        Assert.Equal(new Time(Noon.AddMinutes(5)), Plan(cron, Noon.AddMinutes(5)).Scheduled);
    }

    [Fact]
    public void Times_are_those_of_the_named_zone()
    {
        CronJob cron = Cron("0 14 * * *");
        cron = cron with { Spec = cron.Spec with { TimeZone = "Europe/Berlin" } };
        CronJobPlan plan = Plan(cron, Noon.AddSeconds(1));
        Assert.Equal(new Time(Noon), plan.Scheduled);
        Assert.Equal(
            "2026-07-01T14:00:00+02:00",
            plan.Create!.Metadata.Annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"]);
        CronJob lost = cron with { Spec = cron.Spec with { TimeZone = "Mars/Olympus" } };
        Assert.Equal("UnknownTimeZone", Assert.Single(Plan(lost, Noon).Events).Reason);
    }

    [Fact]
    public void Of_many_missed_times_only_the_newest_is_made_up_for_and_over_a_hundred_are_told()
    {
        CronJob cron = Cron("* * * * *");
        cron = cron with { Status = cron.Status with { LastScheduleTime = new Time(Noon.AddMinutes(-101)) } };
        CronJobPlan plan = Plan(cron, Noon.AddSeconds(3));
        Assert.Equal(new Time(Noon), plan.Scheduled);
        Assert.Equal(
            "too many missed start times: 101. Set or decrease .spec.startingDeadlineSeconds or check clock skew",
            Assert.Single(plan.Events).Message);
        cron = cron with { Status = cron.Status with { LastScheduleTime = new Time(Noon.AddMinutes(-100)) } };
        Assert.Empty(Plan(cron, Noon.AddSeconds(3)).Events);
    }

    [Fact]
    public void A_time_that_passed_longer_ago_than_the_deadline_is_let_go()
    {
        CronJob cron = Cron("0 12 * * *");
        cron = cron with { Spec = cron.Spec with { StartingDeadlineSeconds = 30 } };
        Assert.NotNull(Plan(cron, Noon.AddSeconds(29)).Create);
        Assert.Null(Plan(cron, Noon.AddSeconds(31)).Create);
    }

    [Fact]
    public void Forbid_waits_while_a_job_runs_and_says_so()
    {
        CronJobPlan plan = Plan(Active("Forbid"), Noon.AddSeconds(1), Job("running"));
        Assert.Null(plan.Create);
        Assert.Equal("JobAlreadyActive", Assert.Single(plan.Events).Reason);
        Assert.Equal(
            "Not starting job because prior execution is running and concurrency policy is Forbid",
            plan.Events[0].Message);
    }

    [Fact]
    public void Replace_deletes_what_runs_and_starts_anew()
    {
        CronJobPlan plan = Plan(Active("Replace"), Noon.AddSeconds(1), Job("running"));
        Assert.Equal(["running"], plan.Delete.Select(static one => one.Metadata.Name));
        Assert.NotNull(plan.Create);
        Assert.Empty(plan.Status.Active);
    }

    [Fact]
    public void A_finished_job_leaves_the_list_of_active_ones_and_its_end_is_remembered()
    {
        CronJobPlan plan = Plan(Active("Forbid"), Noon.AddSeconds(1), Job("running", "Complete", 3));
        Assert.Equal("Saw completed job: running, condition: Complete", plan.Events[0].Message);
        Assert.Empty(plan.Status.Active);
        Assert.Equal(new Time(Noon.AddMinutes(-3)), plan.Status.LastSuccessfulTime);
        Assert.NotNull(plan.Create);
        CronJobPlan missing = Plan(Active("Forbid"), Noon.AddSeconds(1));
        Assert.Equal(
            ("MissingJob", "Active job went missing: running"), (missing.Events[0].Reason, missing.Events[0].Message));
    }

    [Fact]
    public void The_oldest_finished_jobs_beyond_the_limits_go_each_kind_by_its_own()
    {
        CronJob cron = Cron("0 0 1 1 *");
        cron = cron with { Spec = cron.Spec with { SuccessfulJobsHistoryLimit = 1, FailedJobsHistoryLimit = 0 } };
        CronJobPlan plan = Plan(
            cron, Noon, Job("s1", "Complete", 1), Job("s2", "Complete", 2), Job("s3", "Complete", 3), Job("f", "Failed", 9));
        Assert.Equal(["s3", "s2", "f"], plan.Delete.Select(static one => one.Metadata.Name));
    }

    [Fact]
    public void A_suspended_cron_job_starts_nothing_and_one_that_cannot_be_read_says_why()
    {
        CronJob cron = Cron("* * * * *");
        CronJobPlan suspended = Plan(cron with { Spec = cron.Spec with { Suspend = true } }, Noon.AddSeconds(1));
        Assert.Null(suspended.Create);
        Assert.Null(suspended.CheckAfter);
        Assert.Equal("UnparseableSchedule", Assert.Single(Plan(Cron("x"), Noon).Events).Reason);
    }

    private static CronJobPlan Plan(CronJob cron, DateTimeOffset now, params Job[] jobs) =>
        CronJobPlan.Compute(cron, jobs, now);

    private static CronJob Active(string policy)
    {
        CronJob cron = Cron("0 12 * * *");
        return cron with
        {
            Spec = cron.Spec with { ConcurrencyPolicy = policy },
            Status = new CronJobStatus { Active = [new ObjectReference { Name = "running", Uid = "running" }] },
        };
    }

    private static CronJob Cron(string schedule) => new()
    {
        Metadata = ObjectMeta.Empty with
        {
            Name = "c",
            Namespace = "default",
            Uid = "c",
            CreationTimestamp = new Time(Noon.AddMinutes(-4)),
        },
        Spec = new CronJobSpec { Schedule = schedule, ConcurrencyPolicy = "Allow" },
        Status = new CronJobStatus(),
    };

    private static Job Job(string name, string end = "", int minutesAgo = 5) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = name, Uid = name, CreationTimestamp = new Time(Noon.AddMinutes(-minutesAgo)) },
        Status = end.Length == 0 ? new JobStatus() : new JobStatus
        {
            Conditions = [new JobCondition { Type = end, Status = "True" }],
            StartTime = new Time(Noon.AddMinutes(-minutesAgo)),
            CompletionTime = end == "Complete" ? new Time(Noon.AddMinutes(-minutesAgo)) : null,
        },
    };
}
