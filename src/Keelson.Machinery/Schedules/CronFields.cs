using System.Globalization;
using Keelson.Machinery.Validation;

namespace Keelson.Machinery.Schedules;

/// <summary>
/// The five fields of a cron schedule as bit sets. A star is remembered: where day of month or day of week is one, a
/// day must match both, otherwise either.
/// </summary>
internal sealed class CronFields : CronSchedule
{
    private const ulong StarBit = 1UL << 63;
    private const int YearsAhead = 5;

    private static readonly Bounds Minutes = new(0, 59, []);
    private static readonly Bounds Hours = new(0, 23, []);
    private static readonly Bounds DaysOfMonth = new(1, 31, []);
    private static readonly Bounds Months =
        new(1, 12, ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]);

    private static readonly Bounds DaysOfWeek = new(0, 6, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]);

    private readonly ulong[] _bits;
    private readonly TimeZoneInfo _zone;

    private CronFields(ulong[] bits, TimeZoneInfo zone)
    {
        _bits = bits;
        _zone = zone;
    }

    private ulong Minute => _bits[0];

    private ulong Hour => _bits[1];

    private ulong DayOfMonth => _bits[2];

    private ulong Month => _bits[3];

    private ulong DayOfWeek => _bits[4];

    /// <returns>The error, or null.</returns>
    public static string? Parse(string text, TimeZoneInfo zone, out CronSchedule? schedule)
    {
        schedule = null;
        string[] fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        Bounds[] bounds = [Minutes, Hours, DaysOfMonth, Months, DaysOfWeek];
        if (fields.Length != bounds.Length)
        {
            return $"expected exactly {bounds.Length} fields, found {fields.Length}: [{string.Join(' ', fields)}]";
        }

        ulong[] bits = new ulong[bounds.Length];
        for (int i = 0; i < bounds.Length; i++)
        {
            foreach (string range in fields[i].Split(',', StringSplitOptions.RemoveEmptyEntries))
            {
                if (ParseRange(range, bounds[i], ref bits[i]) is { } error)
                {
                    return error;
                }
            }
        }

        schedule = new CronFields(bits, zone);
        return null;
    }

    /// <summary>
    /// Walks from the coarsest field to the finest. A field that has to move sets all finer ones to their start; one
    /// that wraps sends the search back to the months.
    /// </summary>
    public override DateTimeOffset? Next(DateTimeOffset after)
    {
        ZonedTime time = new ZonedTime(after, _zone).NextSecond();
        int lastYear = time.Wall.Year + YearsAhead;
        bool moved = false;
        while (time.Wall.Year <= lastYear)
        {
            if (MoveToMonth(ref time, ref moved) && MoveToDay(ref time, ref moved) && MoveToHour(ref time, ref moved)
                && MoveToMinute(ref time, ref moved) && MoveToSecond(ref time, ref moved))
            {
                return time.Instant.ToOffset(after.Offset);
            }
        }

        return null;
    }

    private bool MoveToMonth(ref ZonedTime time, ref bool moved)
    {
        while (!Has(Month, time.Wall.Month))
        {
            time = moved ? time : time.At(time.Wall.Year, time.Wall.Month, 1, 0);
            moved = true;
            time = time.AddMonths(1);
            if (time.Wall.Month == 1)
            {
                return false;
            }
        }

        return true;
    }

    private bool MoveToDay(ref ZonedTime time, ref bool moved)
    {
        while (!MatchesDay(time.Wall))
        {
            time = moved ? time : time.At(time.Wall.Year, time.Wall.Month, time.Wall.Day, 0);
            moved = true;
            time = time.AddDays(1);
            int hour = time.Wall.Hour;
            if (hour != 0)
            {
                // Midnight does not exist on this day, or exists twice.
                time = time.Add(TimeSpan.FromHours(hour > 12 ? 24 - hour : -hour));
            }

            if (time.Wall.Day == 1)
            {
                return false;
            }
        }

        return true;
    }

    private bool MoveToHour(ref ZonedTime time, ref bool moved)
    {
        while (!Has(Hour, time.Wall.Hour))
        {
            time = moved ? time : time.At(time.Wall.Year, time.Wall.Month, time.Wall.Day, time.Wall.Hour);
            moved = true;
            time = time.Add(TimeSpan.FromHours(1));
            if (time.Wall.Hour == 0)
            {
                return false;
            }
        }

        return true;
    }

    private bool MoveToMinute(ref ZonedTime time, ref bool moved)
    {
        while (!Has(Minute, time.Wall.Minute))
        {
            time = moved ? time : time.Add(TimeSpan.FromSeconds(-time.Wall.Second));
            moved = true;
            time = time.Add(TimeSpan.FromMinutes(1));
            if (time.Wall.Minute == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Five-field schedules run at second zero.</summary>
    private static bool MoveToSecond(ref ZonedTime time, ref bool moved)
    {
        if (time.Wall.Second == 0)
        {
            return true;
        }

        moved = true;
        time = time.Add(TimeSpan.FromSeconds(60 - time.Wall.Second));
        return false;
    }

    private bool MatchesDay(DateTime wall)
    {
        bool ofMonth = Has(DayOfMonth, wall.Day);
        bool ofWeek = Has(DayOfWeek, (int)wall.DayOfWeek);
        return ((DayOfMonth | DayOfWeek) & StarBit) != 0 ? ofMonth && ofWeek : ofMonth || ofWeek;
    }

    private static bool Has(ulong bits, int value) => ((bits >> value) & 1) != 0;

    /// <summary>Reads <c>number | number-number [/step]</c>, a star for all.</summary>
    private static string? ParseRange(string range, Bounds bounds, ref ulong bits)
    {
        string[] parts = range.Split('/');
        string[] ends = parts[0].Split('-');
        long start = bounds.Minimum;
        long end = bounds.Maximum;
        ulong star = StarBit;
        if (ends[0] is not ("*" or "?"))
        {
            star = 0;
            if (ParseValue(ends[0], bounds.Names, bounds.Minimum, out start) is { } startError)
            {
                return startError;
            }

            end = start;
            if (ends.Length == 2 && ParseValue(ends[1], bounds.Names, bounds.Minimum, out end) is { } endError)
            {
                return endError;
            }

            if (ends.Length > 2)
            {
                return "too many hyphens: " + range;
            }
        }

        long step = 1;
        if (parts.Length == 2)
        {
            if (ParseValue(parts[1], [], 0, out step) is { } stepError)
            {
                return stepError;
            }

            // A single number with a step runs on to the end.
            end = ends.Length == 1 ? bounds.Maximum : end;
            star = step > 1 ? 0 : star;
        }
        else if (parts.Length > 2)
        {
            return "too many slashes: " + range;
        }

        if (Check(range, bounds, start, end, step) is { } error)
        {
            return error;
        }

        bits |= star;
        for (long value = start; value <= end; value += step)
        {
            bits |= 1UL << (int)value;
        }

        return null;
    }

    private static string? Check(string range, Bounds bounds, long start, long end, long step) =>
        start < bounds.Minimum ? $"beginning of range ({start}) below minimum ({bounds.Minimum}): {range}"
        : end > bounds.Maximum ? $"end of range ({end}) above maximum ({bounds.Maximum}): {range}"
        : start > end ? $"beginning of range ({start}) beyond end of range ({end}): {range}"
        : step == 0 ? $"step of range should be a positive number: {range}"
        : null;

    private static string? ParseValue(string text, string[] names, int firstName, out long value)
    {
        int name = Array.FindIndex(names, one => one.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (name >= 0)
        {
            value = firstName + name;
            return null;
        }

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
        {
            ReadOnlySpan<char> digits = text.AsSpan().TrimStart("+-");
            bool isNumber = digits.Length > 0 && digits.IndexOfAnyExceptInRange('0', '9') < 0;
            string reason = isNumber ? "value out of range" : "invalid syntax";
            return $"failed to parse int from {text}: strconv.Atoi: parsing {GoText.Quote(text)}: {reason}";
        }

        return value < 0 ? $"negative number ({value}) not allowed: {text}" : null;
    }

    private sealed record Bounds(int Minimum, int Maximum, string[] Names);
}
