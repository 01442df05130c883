using System.Diagnostics.CodeAnalysis;
using Keelson.Api.Batch.V1;
using Keelson.Machinery.Schedules;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.CronJobs;

/// <summary>When a cron job was and is due.</summary>
/// <param name="Due">The newest time that has passed and was not acted upon; null for none.</param>
/// <param name="Missed">How many times passed without a start, that one included.</param>
/// <param name="Next">The next time to come; null for never.</param>
internal readonly record struct CronJobTimes(DateTimeOffset? Due, int Missed, DateTimeOffset? Next)
{
    /// <summary>More missed times than this are told about (upstream's number).</summary>
    public const int ManyMissed = 100;

    /// <summary>How far missed times are counted one by one.</summary>
    private const int MostCounted = 100_000;

    /// <summary>Works the times out.</summary>
    /// <param name="job">The cron job.</param>
    /// <param name="schedule">Its schedule, in its time zone.</param>
    /// <param name="now">The present.</param>
    public static CronJobTimes Of(CronJob job, CronSchedule schedule, DateTimeOffset now)
    {
        DateTimeOffset from = (job.Status.LastScheduleTime ?? job.Metadata.CreationTimestamp).Instant;
        if (job.Spec.StartingDeadlineSeconds is { } deadline && now.AddSeconds(-deadline) > from)
        {
            from = now.AddSeconds(-deadline);
        }

        DateTimeOffset? due = null;
        int missed = 0;
        DateTimeOffset? next = schedule.Next(from);
        while (next is { } at && at <= now && missed < MostCounted)
        {
            due = at;
            missed++;
            next = schedule.Next(at);
        }

        return new(due, missed, missed < MostCounted ? next : schedule.Next(now));
    }

    /// <summary>The schedule of a cron job; its time zone is the one it names, or UTC.</summary>
    public static bool TryRead(
        CronJob job, [NotNullWhen(true)] out CronSchedule? schedule, out string reason, out string error)
    {
        schedule = null;
        reason = error = "";
        TimeZoneInfo? zone = TimeZoneInfo.Utc;
        if (job.Spec.TimeZone is { } name && !TimeZones.TryFind(name, out zone, out string? unknown))
        {
            (reason, error) = ("UnknownTimeZone", $"invalid timeZone: \"{name}\": {unknown}");
            return false;
        }

        if (CronSchedule.TryParse(job.Spec.Schedule, out schedule, out string? problem, zone))
        {
            return true;
        }

        (reason, error) = ("UnparseableSchedule", $"unparseable schedule: \"{job.Spec.Schedule}\" : {problem}");
        return false;
    }
}
