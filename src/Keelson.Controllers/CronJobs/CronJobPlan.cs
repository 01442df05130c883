using System.Globalization;
using Keelson.Api.Batch.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.Jobs;
using Keelson.Controllers.Owners;
using Keelson.Machinery.Schedules;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.CronJobs;

/// <summary>What to do about a cron job.</summary>
internal sealed record CronJobPlan
{
    /// <summary>The status to report, before a job is created.</summary>
    public required CronJobStatus Status { get; init; }

    /// <summary>The job to create; null for none.</summary>
    public Job? Create { get; init; }

    /// <summary>The time that the new job stands for.</summary>
    public Time Scheduled { get; init; }

    /// <summary>Jobs to delete: the past ones beyond the limits, and those that a new one replaces.</summary>
    public IReadOnlyList<Job> Delete { get; init; } = [];

    /// <summary>Events to tell.</summary>
    public IReadOnlyList<JobEvent> Events { get; init; } = [];

    /// <summary>When the next time comes; null for never.</summary>
    public TimeSpan? CheckAfter { get; init; }

    /// <summary>Decides.</summary>
    /// <param name="cron">The cron job.</param>
    /// <param name="jobs">The jobs that it controls.</param>
    /// <param name="now">The present.</param>
    public static CronJobPlan Compute(CronJob cron, IReadOnlyList<Job> jobs, DateTimeOffset now) =>
        new CronJobStep(cron, jobs, now).Run();
}

/// <summary>One look at a cron job. Rules, reasons and texts are upstream's (cronjob_controllerv2.go).</summary>
internal sealed class CronJobStep(CronJob cron, IReadOnlyList<Job> jobs, DateTimeOffset now)
{
    /// <summary>The next look comes a little after the time, so that clocks may differ.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(100);

    private readonly List<JobEvent> _events = [];
    private readonly List<Job> _delete = [];
    private CronJobStatus _status = cron.Status;
    private Job? _create;
    private Time _scheduled;

    /// <summary>Decides.</summary>
    public CronJobPlan Run()
    {
        Settle();
        TimeSpan? next = cron.Metadata.DeletionTimestamp is null && cron.Spec.Suspend != true ? Schedule() : null;
        if (cron.Metadata.DeletionTimestamp is null)
        {
            TrimHistory();
        }

        return new CronJobPlan
        {
            Status = _status,
            Create = _create,
            Scheduled = _scheduled,
            Delete = _delete,
            Events = _events,
            CheckAfter = next,
        };
    }

    /// <summary>Brings the list of active jobs in line with the jobs there are.</summary>
    private void Settle()
    {
        foreach (Job job in jobs)
        {
            bool isListed = _status.Active.Any(one => one.Uid == job.Metadata.Uid);
            JobCondition? end = EndOf(job);
            if (end is null && !isListed)
            {
                _events.Add(new("Warning", "UnexpectedJob", $"Saw a job that the controller did not create or forgot: {job.Metadata.Name}"));
            }
            else if (end is not null && isListed)
            {
                _status =
                    _status with { Active = _status.Active.Where(one => one.Uid != job.Metadata.Uid).ToApiList() };
                _events.Add(
                    new("Normal", "SawCompletedJob", $"Saw completed job: {job.Metadata.Name}, condition: {end.Type}"));
            }

            bool isNewest = end?.Type == JobConditionType.Complete && job.Status.CompletionTime is { } completed
                && (_status.LastSuccessfulTime is not { } last || completed.CompareTo(last) > 0);
            if (isNewest)
            {
                _status = _status with { LastSuccessfulTime = job.Status.CompletionTime };
            }
        }

        foreach (ObjectReference one in _status.Active.ToArray())
        {
            if (jobs.All(job => job.Metadata.Uid != one.Uid))
            {
                _events.Add(new("Normal", "MissingJob", $"Active job went missing: {one.Name}"));
                _status = _status with { Active = _status.Active.Where(other => other.Uid != one.Uid).ToApiList() };
            }
        }
    }

    private static JobCondition? EndOf(Job job)
    {
        foreach (JobCondition one in job.Status.Conditions)
        {
            if (one.Type is JobConditionType.Complete or JobConditionType.Failed && one.Status == "True")
            {
                return one;
            }
        }

        return null;
    }

    private TimeSpan? Schedule()
    {
        if (!CronJobTimes.TryRead(cron, out CronSchedule? schedule, out string reason, out string error))
        {
            _events.Add(new("Warning", reason, error));
            return null;
        }

        CronJobTimes times = CronJobTimes.Of(cron, schedule, now);
        if (times.Missed > CronJobTimes.ManyMissed)
        {
            _events.Add(new(
                "Warning",
                "TooManyMissedTimes",
                $"too many missed start times: {times.Missed}. Set or decrease .spec.startingDeadlineSeconds or check clock skew"));
        }

        TimeSpan? next = times.Next is { } at ? at - now + Late : null;
        if (times.Due is not { } due)
        {
            return next;
        }

        bool isTooLate = cron.Spec.StartingDeadlineSeconds is { } deadline && due.AddSeconds(deadline) < now;
        if (isTooLate)
        {
            _events.Add(new(
                "Warning",
                "MissSchedule",
                $"Missed scheduled time to start a job: {due.ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture)} +0000"));
            return next;
        }

        if (cron.Spec.ConcurrencyPolicy == "Forbid" && _status.Active.Count > 0)
        {
            _events.Add(new(
                "Normal",
                "JobAlreadyActive",
                "Not starting job because prior execution is running and concurrency policy is Forbid"));
            return next;
        }

        if (cron.Spec.ConcurrencyPolicy == "Replace")
        {
            _delete.AddRange(jobs.Where(job => _status.Active.Any(one => one.Uid == job.Metadata.Uid)));
            _status = _status with { Active = default };
        }

        _scheduled = new Time(due);
        _create = JobFor(due);
        return next;
    }

    private Job JobFor(DateTimeOffset due)
    {
        JobTemplateSpec template = cron.Spec.JobTemplate;
        TimeZoneInfo zone = cron.Spec.TimeZone is { } name && TimeZones.TryFind(name, out TimeZoneInfo? found, out _)
            ? found
            : TimeZoneInfo.Utc;
        DateTimeOffset local = TimeZoneInfo.ConvertTime(due, zone);
        string stamp = local.Offset == TimeSpan.Zero
            ? local.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : local.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
        return new Job
        {
            Metadata = ObjectMeta.Empty with
            {
                Name = string.Create(
                    CultureInfo.InvariantCulture, $"{cron.Metadata.Name}-{due.ToUnixTimeSeconds() / 60}"),
                Namespace = cron.Metadata.Namespace,
                Labels = template.Metadata.Labels,
                Annotations = template.Metadata.Annotations.With(
                    "batch.kubernetes.io/cronjob-scheduled-timestamp", stamp),
                Finalizers = template.Metadata.Finalizers,
                OwnerReferences = [Owner.ControllerReference(cron)],
            },
            Spec = template.Spec,
        };
    }

    private void TrimHistory()
    {
        Trim(JobConditionType.Complete, cron.Spec.SuccessfulJobsHistoryLimit);
        Trim(JobConditionType.Failed, cron.Spec.FailedJobsHistoryLimit);
    }

    private void Trim(string type, int? limit)
    {
        if (limit is not { } most)
        {
            return;
        }

        Job[] ended = [.. jobs.Where(job => EndOf(job)?.Type == type && job.Metadata.DeletionTimestamp is null)];
        _delete.AddRange(ended
            .OrderBy(static job => job.Status.StartTime ?? job.Metadata.CreationTimestamp)
            .ThenBy(static job => job.Metadata.Name, StringComparer.Ordinal)
            .Take(Math.Max(0, ended.Length - most)));
    }
}
