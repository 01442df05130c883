using Keelson.Clusters;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Values;

namespace Keelson.Commands.Describe.Kinds;

/// <summary>Jobs and cron jobs.</summary>
internal static class JobDescribers
{
    private const string Unset = "<unset>";

    /// <summary>kubectl's: longer lists of indexes are cut.</summary>
    private const int LongestIndexes = 50;

    public static async Task JobAsync(ObjectTree job, Description text, DescribeContext context)
    {
        ObjectTree spec = job.Node("spec") ?? new ObjectTree();
        ObjectTree status = job.Node("status") ?? new ObjectTree();
        text.Names(job);
        text.Line($"Selector:\t{DescriptionParts.SelectorText(spec.Node("selector"))}");
        text.Notes(job);
        text.ControlledBy(job);
        text.Line($"Parallelism:\t{Number(spec, "parallelism")}");
        text.Line($"Completions:\t{Number(spec, "completions")}");
        WriteIfThere(text, "Completion Mode", spec.TextAt("completionMode"));
        WriteIfThere(text, "Suspend", spec.Scalar("suspend"));
        WriteIfThere(text, "Backoff Limit", spec.Scalar("backoffLimit"));
        WriteIfThere(text, "TTL Seconds After Finished", spec.Scalar("ttlSecondsAfterFinished"));
        DateTimeOffset? start = status.Instant("startTime");
        DateTimeOffset? end = status.Instant("completionTime");
        WriteIfThere(text, "Start Time", start is null ? "" : context.Date(start));
        WriteIfThere(text, "Completed At", end is null ? "" : context.Date(end));
        WriteIfThere(text, "Duration", start is { } from && end is { } to ? HumanDuration.Format(to - from) : "");
        WriteIfThere(
            text, "Active Deadline Seconds", spec.Number("activeDeadlineSeconds") is { } limit ? $"{limit}s" : "");
        string ready = status.Number("ready") is { } count ? $" ({count} Ready)" : "";
        text.Line($"Pods Statuses:\t{status.Number("active") ?? 0} Active{ready} / "
            + $"{status.Number("succeeded") ?? 0} Succeeded / "
            + $"{status.Number("failed") ?? 0} Failed");
        if (spec.TextAt("completionMode") == "Indexed")
        {
            text.Line($"Completed Indexes:\t{Indexes(status.TextAt("completedIndexes"))}");
        }

        PodDescriber.DescribeTemplate(spec.Node("template"), text, context);
        await text.EventsAsync(job, context);
    }

    public static async Task CronJobAsync(ObjectTree job, Description text, DescribeContext context)
    {
        ObjectTree spec = job.Node("spec") ?? new ObjectTree();
        text.Names(job);
        text.Notes(job);
        text.Line($"Schedule:\t{spec.TextAt("schedule")}");
        text.Line($"Concurrency Policy:\t{spec.TextAt("concurrencyPolicy")}");
        text.Line($"Suspend:\t{(spec.At("suspend") is null ? Unset : DescriptionParts.YesNo(spec.Truth("suspend")))}");
        text.Line($"Successful Job History Limit:\t{Number(spec, "successfulJobsHistoryLimit")}");
        text.Line($"Failed Job History Limit:\t{Number(spec, "failedJobsHistoryLimit")}");
        text.Line($"Starting Deadline Seconds:\t"
            + (spec.Number("startingDeadlineSeconds") is { } seconds ? $"{seconds}s" : Unset));
        ObjectTree template = spec.Node("jobTemplate", "spec") ?? new ObjectTree();
        text.Line($"Selector:\t"
            + (template.Node("selector") is { } selector ? DescriptionParts.SelectorText(selector) : Unset));
        text.Line($"Parallelism:\t{Number(template, "parallelism")}");
        text.Line($"Completions:\t{Number(template, "completions")}");
        WriteIfThere(
            text, "Active Deadline Seconds", template.Number("activeDeadlineSeconds") is { } limit ? $"{limit}s" : "");
        PodDescriber.DescribeTemplate(template.Node("template"), text, context);
        DateTimeOffset? last = job.Instant("status", "lastScheduleTime");
        text.Line($"Last Schedule Time:\t{(last is null ? Unset : context.Date(last))}");
        IReadOnlyList<ObjectTree> active = job.Objects("status", "active");
        text.Line($"Active Jobs:\t"
            + (active.Count == 0 ? "<none>" : string.Join(", ", active.Select(one => one.TextAt("name")))));
        await text.EventsAsync(job, context);
    }

    private static string Number(ObjectTree spec, string field) =>
        spec.Scalar(field) is { Length: > 0 } number ? number : Unset;

    private static void WriteIfThere(Description text, string title, string value)
    {
        if (value.Length > 0)
        {
            text.Line($"{title}:\t{value}");
        }
    }

    private static string Indexes(string indexes)
    {
        if (indexes.Length == 0)
        {
            return "<none>";
        }

        if (indexes.Length <= LongestIndexes)
        {
            return indexes;
        }

        int comma = indexes.LastIndexOf(',', LongestIndexes - 1);
        return indexes[..(comma + 1)] + "...";
    }
}
