using System.Diagnostics.CodeAnalysis;

namespace Keelson.Machinery.Schedules;

/// <summary>
/// When a job runs: five cron fields, a descriptor such as <c>@daily</c>, or <c>@every 90m</c>; a time zone may stand
/// in front as <c>TZ=Europe/Berlin</c>. The syntax, its errors and the treatment of daylight saving are those of
/// robfig/cron v3, which upstream uses.
/// </summary>
public abstract class CronSchedule
{
    private const string EveryPrefix = "@every ";

    /// <summary>
    /// The first activation after <paramref name="after"/>; null when there is none within five years.
    /// </summary>
    public abstract DateTimeOffset? Next(DateTimeOffset after);

    /// <summary>Reads a schedule.</summary>
    /// <param name="text">The schedule.</param>
    /// <param name="schedule">The schedule that was read.</param>
    /// <param name="error">Upstream's text when it can't be read.</param>
    /// <param name="local">The zone of a schedule that names none; UTC unless given.</param>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out CronSchedule? schedule,
        [NotNullWhen(false)] out string? error,
        TimeZoneInfo? local = null)
    {
        schedule = null;
        if (text.Length == 0)
        {
            error = "empty spec string";
            return false;
        }

        TimeZoneInfo zone = local ?? TimeZoneInfo.Utc;
        if (text.StartsWith("TZ=", StringComparison.Ordinal) || text.StartsWith("CRON_TZ=", StringComparison.Ordinal))
        {
            int end = text.IndexOf(' ', StringComparison.Ordinal);
            string name = text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..(end < 0 ? text.Length : end)];
            if (!TimeZones.TryFind(name, out TimeZoneInfo? named, out string? zoneError))
            {
                error = $"provided bad location {name}: {zoneError}";
                return false;
            }

            zone = named;
            text = end < 0 ? "" : text[end..].Trim();
        }

        error = text.StartsWith('@')
            ? ParseDescriptor(text, zone, out schedule)
            : CronFields.Parse(text, zone, out schedule);
        return schedule is not null;
    }

    private static string? ParseDescriptor(string text, TimeZoneInfo zone, out CronSchedule? schedule)
    {
        string? fields = text switch
        {
            "@yearly" or "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" or "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            _ => null,
        };
        if (fields is not null)
        {
            return CronFields.Parse(fields, zone, out schedule);
        }

        schedule = null;
        if (!text.StartsWith(EveryPrefix, StringComparison.Ordinal))
        {
            return "unrecognized descriptor: " + text;
        }

        if (!GoDuration.TryParse(text[EveryPrefix.Length..], out TimeSpan interval, out string? error))
        {
            return $"failed to parse duration {text}: {error}";
        }

        schedule = new ConstantDelay(interval);
        return null;
    }

    /// <summary>A fixed delay of whole seconds, one at least.</summary>
    private sealed class ConstantDelay(TimeSpan interval) : CronSchedule
    {
        private readonly TimeSpan _interval =
            interval < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(
                Math.Floor(interval.TotalSeconds));

        public override DateTimeOffset? Next(DateTimeOffset after) =>
            after.AddTicks(-(after.Ticks % TimeSpan.TicksPerSecond)) + _interval;
    }
}
