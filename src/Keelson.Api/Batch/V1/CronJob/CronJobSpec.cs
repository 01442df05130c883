using Keelson.Api.Kinds;

namespace Keelson.Api.Batch.V1;

/// <summary>Desired behaviour of a cron job.</summary>
[ApiType("io.k8s.api.batch.v1.CronJobSpec")]
public sealed partial record CronJobSpec
{
    /// <summary>
    /// When to run, in cron notation with five fields (minute, hour, day of month, month, day of week) or a macro
    /// such as @hourly. A TZ or CRON_TZ prefix is rejected; use timeZone instead.
    /// </summary>
    [Field(1, Always = true, Required = true)]
    public partial string Schedule { get; init; }

    /// <summary>
    /// Time zone the schedule is read in, by its IANA database name such as Europe/Berlin. If not set, the zone of
    /// the controller manager's process applies.
    /// </summary>
    [Field(8)]
    public partial string? TimeZone { get; init; }

    /// <summary>
    /// How many seconds late a run may still start if its time was missed; later it counts as missed and is
    /// skipped. Must not be negative. If not set there is no limit; values below 10 are unsafe because the
    /// controller looks only every 10 seconds.
    /// </summary>
    [Field(2)]
    public partial long? StartingDeadlineSeconds { get; init; }

    /// <summary>
    /// What to do if the previous job still runs when the next is due: Allow starts another beside it, Forbid skips
    /// the new run, Replace ends the old job and starts the new one. Defaults to Allow.
    /// </summary>
    [Field(3, Enum = typeof(ConcurrencyPolicy))]
    public partial string ConcurrencyPolicy { get; init; }

    /// <summary>
    /// While true, no further jobs are created; those already running are not affected. Defaults to false.
    /// </summary>
    [Field(4)]
    public partial bool? Suspend { get; init; }

    /// <summary>Job to create at each run.</summary>
    [Field(5, Always = true, Required = true)]
    public partial JobTemplateSpec JobTemplate { get; init; }

    /// <summary>
    /// How many successfully finished jobs to keep; older ones are deleted. Must not be negative; defaults to 3.
    /// </summary>
    [Field(6)]
    public partial int? SuccessfulJobsHistoryLimit { get; init; }

    /// <summary>
    /// How many failed jobs to keep; older ones are deleted. Must not be negative; defaults to 1.
    /// </summary>
    [Field(7)]
    public partial int? FailedJobsHistoryLimit { get; init; }
}
