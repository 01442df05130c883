using System.Globalization;

namespace Keelson.Machinery.Values;

/// <summary>Ages as tables show them: two units at most, fewer the older.</summary>
public static class HumanDuration
{
    private const int HoursPerDay = 24;
    private const int HoursPerYear = 365 * HoursPerDay;

    /// <summary>
    /// <c>90s</c>, <c>5m30s</c>, <c>2h5m</c>, <c>3d4h</c>, <c>2y10d</c>. Clocks that disagree by less than two seconds
    /// show
    /// <c>0s</c>, by more <c>&lt;invalid&gt;</c>.
    /// </summary>
    public static string Format(TimeSpan duration)
    {
        long seconds = duration.Ticks / TimeSpan.TicksPerSecond;
        if (seconds < 0)
        {
            return seconds < -1 ? "<invalid>" : "0s";
        }

        if (duration.Ticks < 0)
        {
            return "0s";
        }

        long minutes = seconds / 60;
        long hours = minutes / 60;
        return seconds < 120 ? One(seconds, 's')
            : minutes < 10 ? Two(minutes, 'm', seconds % 60, 's')
            : minutes < 180 ? One(minutes, 'm')
            : hours < 8 ? Two(hours, 'h', minutes % 60, 'm')
            : hours < 48 ? One(hours, 'h')
            : hours < 8 * HoursPerDay ? Two(hours / HoursPerDay, 'd', hours % HoursPerDay, 'h')
            : hours < 2 * HoursPerYear ? One(hours / HoursPerDay, 'd')
            : hours < 8 * HoursPerYear ? Two(hours / HoursPerYear, 'y', hours / HoursPerDay % 365, 'd')
            : One(hours / HoursPerYear, 'y');
    }

    /// <summary>One unit only: <c>5m</c>, <c>3d</c>.</summary>
    public static string FormatShort(TimeSpan duration)
    {
        long seconds = duration.Ticks / TimeSpan.TicksPerSecond;
        long minutes = seconds / 60;
        long hours = minutes / 60;
        return seconds < -1 ? "<invalid>"
            : seconds < 0 ? "0s"
            : seconds < 60 ? One(seconds, 's')
            : minutes < 60 ? One(minutes, 'm')
            : hours < HoursPerDay ? One(hours, 'h')
            : hours < HoursPerYear ? One(hours / HoursPerDay, 'd')
            : One(hours / HoursPerYear, 'y');
    }

    private static string One(long number, char unit) => string.Create(CultureInfo.InvariantCulture, $"{number}{unit}");

    private static string Two(long number, char unit, long rest, char smaller) =>
        rest == 0 ? One(number, unit) : One(number, unit) + One(rest, smaller);
}
