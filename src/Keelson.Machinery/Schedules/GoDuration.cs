using System.Diagnostics.CodeAnalysis;
using Keelson.Machinery.Validation;

namespace Keelson.Machinery.Schedules;

/// <summary>Durations as Go writes them: <c>1h30m</c>, <c>1.5s</c>, <c>300ms</c>; errors are Go's.</summary>
public static class GoDuration
{
    /// <summary>Reads a duration.</summary>
    public static bool TryParse(string text, out TimeSpan duration, [NotNullWhen(false)] out string? error)
    {
        duration = default;
        error = null;
        ReadOnlySpan<char> rest = text;
        bool negative = rest is ['-', ..];
        if (rest is ['-' or '+', ..])
        {
            rest = rest[1..];
        }

        if (rest is "0")
        {
            return true;
        }

        if (rest.Length == 0)
        {
            error = Invalid(text);
            return false;
        }

        decimal nanoseconds = 0;
        while (rest.Length > 0)
        {
            error = ReadPart(text, ref rest, ref nanoseconds);
            if (error is not null)
            {
                return false;
            }
        }

        duration = TimeSpan.FromTicks((long)(nanoseconds / TimeSpan.NanosecondsPerTick) * (negative ? -1 : 1));
        return true;
    }

    private static string? ReadPart(string text, ref ReadOnlySpan<char> rest, ref decimal nanoseconds)
    {
        int whole = Digits(rest);
        int fraction = whole < rest.Length && rest[whole] == '.' ? Digits(rest[(whole + 1)..]) : -1;
        int length = whole + (fraction < 0 ? 0 : fraction + 1);
        if (whole == 0 && fraction <= 0)
        {
            return Invalid(text);
        }

        if (!decimal.TryParse(
            rest[..length],
            System.Globalization.NumberStyles.AllowDecimalPoint,
            System.Globalization.CultureInfo.InvariantCulture,
            out decimal value))
        {
            return Invalid(text);
        }

        rest = rest[length..];
        int end = UnitLength(rest);
        if (end == 0)
        {
            return "time: missing unit in duration " + GoText.Quote(text);
        }

        string unit = rest[..end].ToString();
        rest = rest[end..];
        decimal scale = unit switch
        {
            "ns" => 1m,
            "us" or "\u00b5s" or "\u03bcs" => 1_000m,
            "ms" => 1_000_000m,
            "s" => 1_000_000_000m,
            "m" => 60_000_000_000m,
            "h" => 3_600_000_000_000m,
            _ => 0m,
        };
        if (scale == 0)
        {
            return $"time: unknown unit {GoText.Quote(unit)} in duration {GoText.Quote(text)}";
        }

        // Beyond 2^63-1 nanoseconds, some 292 years, Go gives up.
        nanoseconds = value > long.MaxValue / scale ? decimal.MaxValue / 2 : nanoseconds + (value * scale);
        return nanoseconds > long.MaxValue ? Invalid(text) : null;
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }

    private static int UnitLength(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAny(".0123456789");
        return end < 0 ? text.Length : end;
    }

    private static string Invalid(string text) => "time: invalid duration " + GoText.Quote(text);
}
