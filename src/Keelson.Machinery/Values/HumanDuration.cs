using System.Globalization;

namespace Keelson.Machinery.Values;

/// <summary>Durations as kubectl's tables show them: two units at most, the coarser the longer.</summary>
public static class HumanDuration
{
    /// <summary><c>45s</c>, <c>5m12s</c>, <c>3h20m</c>, <c>2d4h</c>, <c>30d</c>, <c>2y10d</c>; <c>&lt;invalid&gt;</c> for the future.</summary>
    public static string Format(TimeSpan duration)
    {
        // A clock that is two seconds ahead of the server's still counts as now.
        long seconds = (long)Math.Truncate(duration.TotalSeconds);
        if (seconds < -1)
        {
            return "<invalid>";
        }

        if (seconds < 0)
        {
            return "0s";
        }

        long minutes = seconds / 60;
        long hours = seconds / 3600;
        long days = hours / 24;
        return (seconds, minutes, hours, days) switch
        {
            ( < 120, _, _, _) => Text($"{seconds}s"),
            (_, < 10, _, _) => Pair(minutes, "m", seconds % 60, "s"),
            (_, < 180, _, _) => Text($"{minutes}m"),
            (_, _, < 8, _) => Pair(hours, "h", minutes % 60, "m"),
            (_, _, < 48, _) => Text($"{hours}h"),
            (_, _, _, < 8) => Pair(days, "d", hours % 24, "h"),
            (_, _, _, < 365 * 2) => Text($"{days}d"),
            (_, _, _, < 365 * 8) => Pair(days / 365, "y", days % 365, "d"),
            _ => Text($"{days / 365}y"),
        };
    }

    private static string Pair(long major, string majorUnit, long minor, string minorUnit) =>
        minor == 0 ? Text($"{major}{majorUnit}") : Text($"{major}{majorUnit}{minor}{minorUnit}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
