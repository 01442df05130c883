using System.Globalization;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Batch.V1;

/// <summary>Sets of indexes in text form: <c>1,3-5,7</c>.</summary>
internal static class JobIndexes
{
    /// <summary>Checks that the text is well formed, ascending and below <paramref name="completions"/>.</summary>
    /// <returns>The error, or null; <paramref name="total"/> is the number of indexes then.</returns>
    public static string? Check(string text, int completions, out int total)
    {
        total = 0;
        if (text.Length == 0)
        {
            return null;
        }

        int count = 0;
        int? last = null;
        foreach (string interval in text.Split(','))
        {
            if (ParseInterval(interval, completions, out int first, out int end) is { } error)
            {
                return error;
            }

            if (last >= first)
            {
                return $"non-increasing order, previous: {last}, current: {first}";
            }

            count += end - first + 1;
            last = end;
        }

        total = count;
        return null;
    }

    /// <summary>The first index that both texts have; malformed intervals are passed over.</summary>
    public static int? Overlap(string completed, string failed, int completions)
    {
        if (completed.Length == 0 || failed.Length == 0)
        {
            return null;
        }

        List<(int First, int End)> left = Intervals(completed, completions);
        List<(int First, int End)> right = Intervals(failed, completions);
        for (int i = 0, j = 0; i < left.Count && j < right.Count;)
        {
            if (left[i].First <= right[j].End && right[j].First <= left[i].End)
            {
                return Math.Max(left[i].First, right[j].First);
            }

            if (left[i].First <= right[j].First)
            {
                i++;
            }
            else
            {
                j++;
            }
        }

        return null;
    }

    private static List<(int First, int End)> Intervals(string text, int completions)
    {
        List<(int First, int End)> intervals = [];
        foreach (string interval in text.Split(','))
        {
            if (ParseInterval(interval, completions, out int first, out int end) is null)
            {
                intervals.Add((first, end));
            }
        }

        return intervals;
    }

    private static string? ParseInterval(string interval, int completions, out int first, out int end)
    {
        first = end = 0;
        string[] limits = interval.Split('-');
        if (limits.Length > 2)
        {
            return $"the fragment {FieldErrors.Quote(interval)} violates the requirement that an index interval "
                + "can have at most two parts separated by '-'";
        }

        if (ParseIndex(limits[0], completions, out first) is { } firstError)
        {
            return firstError;
        }

        end = first;
        if (limits.Length == 2)
        {
            if (ParseIndex(limits[1], completions, out end) is { } endError)
            {
                return endError;
            }

            if (first >= end)
            {
                return $"non-increasing order, previous: {first}, current: {end}";
            }
        }

        return null;
    }

    private static string? ParseIndex(string text, int completions, out int index)
    {
        index = 0;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
        {
            return $"cannot convert string to integer for index: {FieldErrors.Quote(text)}";
        }

        if (value >= completions)
        {
            return $"too large index: {FieldErrors.Quote(text)}";
        }

        index = (int)value;
        return null;
    }
}
