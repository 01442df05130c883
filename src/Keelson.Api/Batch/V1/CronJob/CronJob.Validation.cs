using System.Text.RegularExpressions;
using Keelson.Api.Kinds;
using Keelson.Machinery.Schedules;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Batch.V1;

public sealed partial record CronJob
{
    /// <summary>
    /// A job's name is 63 characters at most; 11 of them are a dash and the time, in minutes, that it was due.
    /// </summary>
    private const int NameLengthMax = 63 - 11;

    /// <inheritdoc cref="IKind{T}.Validate"/>
    public static void Validate(CronJob obj, FieldErrors errors)
    {
        ValidateSpec(obj.Spec, null, FieldPath.Of("spec"), errors);
        if (obj.Metadata.Name.Length > NameLengthMax)
        {
            errors.Invalid(
                FieldPath.Of("metadata").Child("name"),
                obj.Metadata.Name,
                $"must be no more than {NameLengthMax} characters");
        }
    }

    /// <inheritdoc cref="IKind{T}.ValidateUpdate"/>
    public static void ValidateUpdate(CronJob obj, CronJob old, FieldErrors errors) =>
        ValidateSpec(obj.Spec, old.Spec, FieldPath.Of("spec"), errors);

    private static void ValidateSpec(CronJobSpec spec, CronJobSpec? old, FieldPath path, FieldErrors errors)
    {
        ValidateSchedule(spec, old, path.Child("schedule"), errors);
        errors.NonNegative(path.Child("startingDeadlineSeconds"), spec.StartingDeadlineSeconds);
        if (spec.TimeZone is { } timeZone && (old is null || old.TimeZone != timeZone))
        {
            ValidateTimeZone(timeZone, path.Child("timeZone"), errors);
        }

        if (spec.ConcurrencyPolicy.Length == 0)
        {
            errors.Required(path.Child("concurrencyPolicy"), "");
        }
        else if (spec.ConcurrencyPolicy
            is not (Batch.V1.ConcurrencyPolicy.Allow
                or Batch.V1.ConcurrencyPolicy.Forbid
                or Batch.V1.ConcurrencyPolicy.Replace))
        {
            errors.NotSupported(
                path.Child("concurrencyPolicy"),
                spec.ConcurrencyPolicy,
                Batch.V1.ConcurrencyPolicy.Allow,
                Batch.V1.ConcurrencyPolicy.Forbid,
                Batch.V1.ConcurrencyPolicy.Replace);
        }

        ValidateTemplate(spec.JobTemplate.Spec, path.Child("jobTemplate").Child("spec"), errors);
        errors.NonNegative(path.Child("successfulJobsHistoryLimit"), spec.SuccessfulJobsHistoryLimit);
        errors.NonNegative(path.Child("failedJobsHistoryLimit"), spec.FailedJobsHistoryLimit);
    }

    /// <summary>A zone within the schedule is accepted only where the stored schedule has one.</summary>
    private static void ValidateSchedule(CronJobSpec spec, CronJobSpec? old, FieldPath path, FieldErrors errors)
    {
        if (spec.Schedule.Length == 0)
        {
            errors.Required(path, "");
            return;
        }

        if (!CronSchedule.TryParse(spec.Schedule, out _, out string? error))
        {
            errors.Invalid(path, spec.Schedule, error);
        }

        if (!spec.Schedule.Contains("TZ", StringComparison.Ordinal))
        {
            return;
        }

        bool allowsZone = old?.Schedule.Contains("TZ", StringComparison.Ordinal) == true;
        if (!allowsZone)
        {
            errors.Invalid(path, spec.Schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
        }
        else if (spec.TimeZone is not null)
        {
            errors.Invalid(path, spec.Schedule, "cannot use both timeZone field and TZ or CRON_TZ in schedule");
        }
    }

    private static void ValidateTimeZone(string timeZone, FieldPath path, FieldErrors errors)
    {
        if (timeZone.Length == 0)
        {
            errors.Invalid(path, timeZone, "timeZone must be nil or non-empty string");
            return;
        }

        foreach (string part in timeZone.Split('/'))
        {
            if (part is "." or ".." || part.StartsWith('-') || !TimeZonePart().IsMatch(part))
            {
                errors.Invalid(path, timeZone, "unknown time zone " + timeZone);
                return;
            }
        }

        if (timeZone.Equals("Local", StringComparison.OrdinalIgnoreCase))
        {
            errors.Invalid(
                path, timeZone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
        }

        if (!TimeZones.TryFind(timeZone, out _, out string? error))
        {
            errors.Invalid(path, timeZone, error);
        }
    }

    private static void ValidateTemplate(JobSpec job, FieldPath path, FieldErrors errors)
    {
        JobSpecRules.Validate(job, path, errors);
        if (job.Selector is { } selector)
        {
            errors.InvalidRaw(
                path.Child("selector"), UnversionedText.Wire(selector), "`selector` will be auto-generated");
        }

        if (job.ManualSelector == true)
        {
            errors.NotSupportedRaw(path.Child("manualSelector"), "true", "nil", "false");
        }
    }

    /// <summary>
    /// A part of a time zone's name, as the IANA rules have it; digits and plus are tolerated for old names.
    /// </summary>
    [GeneratedRegex("\\A[A-Za-z._0-9+-]{1,14}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex TimeZonePart();
}
