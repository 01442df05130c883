using System.Globalization;
using System.Text;

namespace Keelson.Controllers.Jobs;

/// <summary>Indexes of an indexed job, as the status writes them: <c>1,3-5,7</c>.</summary>
internal static class IndexSet
{
    /// <summary>Reads a text; parts that are no indexes below the limit are left out.</summary>
    public static SortedSet<int> Parse(string? text, int limit)
    {
        SortedSet<int> indexes = [];
        foreach (string part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = part.Split('-');
            if (int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                && int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last))
            {
                for (int i = first; i <= last && i < limit; i++)
                {
                    indexes.Add(i);
                }
            }
        }

        return indexes;
    }

    /// <summary>Writes indexes; three and more in a row become a range, two stay two.</summary>
    public static string Format(SortedSet<int> indexes)
    {
        StringBuilder text = new();
        int? first = null;
        int last = 0;
        void Flush()
        {
            if (first is not { } start)
            {
                return;
            }

            text.Append(text.Length > 0 ? "," : "").Append(CultureInfo.InvariantCulture, $"{start}");
            if (last > start)
            {
                text.Append(last == start + 1 ? ',' : '-').Append(CultureInfo.InvariantCulture, $"{last}");
            }
        }

        foreach (int index in indexes)
        {
            if (first is not null && index == last + 1)
            {
                last = index;
                continue;
            }

            Flush();
            (first, last) = (index, index);
        }

        Flush();
        return text.ToString();
    }
}
