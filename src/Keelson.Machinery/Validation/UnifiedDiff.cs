using System.Globalization;
using System.Text;

namespace Keelson.Machinery.Validation;

/// <summary>
/// Shows how two texts differ, the way errors about immutable objects do: hunks of a unified diff with three lines of
/// context and no file names. Lines are matched as the Ratcliff-Obershelp algorithm does it: the longest common block
/// first, then what is left and right of it.
/// </summary>
public static class UnifiedDiff
{
    private const int Context = 3;

    /// <summary>Beyond so many lines, those that make up more than a hundredth no longer anchor a match.</summary>
    private const int PopularFrom = 200;

    /// <summary>The hunks, each line ended by a line feed; empty for equal texts.</summary>
    public static string Render(string old, string changed)
    {
        string[] before = old.Split('\n');
        string[] after = changed.Split('\n');
        StringBuilder text = new();
        List<Block> blocks = Match(before, after);
        foreach (List<Edit> hunk in Hunks(Edits(blocks)))
        {
            Append(text, hunk, before, after);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, List<Edit> hunk, string[] before, string[] after)
    {
        text.Append(CultureInfo.InvariantCulture, $"@@ -{Range(hunk[0].OldFrom, hunk[^1].OldTo)} +{Range(hunk[0].NewFrom, hunk[^1].NewTo)} @@\n");
        foreach (Edit edit in hunk)
        {
            if (edit.IsEqual)
            {
                Lines(text, ' ', before.AsSpan(edit.OldFrom..edit.OldTo));
                continue;
            }

            Lines(text, '-', before.AsSpan(edit.OldFrom..edit.OldTo));
            Lines(text, '+', after.AsSpan(edit.NewFrom..edit.NewTo));
        }
    }

    private static void Lines(StringBuilder text, char sign, ReadOnlySpan<string> lines)
    {
        foreach (string line in lines)
        {
            text.Append(sign).Append(line).Append('\n');
        }
    }

    private static string Range(int from, int to)
    {
        int length = to - from;
        int beginning = length == 0 ? from : from + 1;
        return length == 1
            ? beginning.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{beginning},{length}");
    }

    /// <summary>The edits that lead from one text to the other; equal stretches included.</summary>
    private static List<Edit> Edits(List<Block> blocks)
    {
        List<Edit> edits = [];
        int old = 0;
        int changed = 0;
        foreach (Block block in blocks)
        {
            if (old < block.Old || changed < block.New)
            {
                edits.Add(new(false, old, block.Old, changed, block.New));
            }

            old = block.Old + block.Length;
            changed = block.New + block.Length;
            if (block.Length > 0)
            {
                edits.Add(new(true, block.Old, old, block.New, changed));
            }
        }

        return edits;
    }

    private static IEnumerable<List<Edit>> Hunks(List<Edit> edits)
    {
        if (edits.TrueForAll(edit => edit.IsEqual))
        {
            yield break;
        }

        List<Edit> hunk = [];
        for (int i = 0; i < edits.Count; i++)
        {
            Edit edit = edits[i];
            bool last = i == edits.Count - 1;
            if (edit.IsEqual && i == 0)
            {
                int cut = Math.Max(0, edit.OldTo - edit.OldFrom - Context);
                edit = edit with { OldFrom = edit.OldFrom + cut, NewFrom = edit.NewFrom + cut };
            }

            if (edit.IsEqual && last)
            {
                int cut = Math.Max(0, edit.OldTo - edit.OldFrom - Context);
                edit = edit with { OldTo = edit.OldTo - cut, NewTo = edit.NewTo - cut };
            }

            if (edit.IsEqual && !last && edit.OldTo - edit.OldFrom > 2 * Context)
            {
                hunk.Add(edit with { OldTo = edit.OldFrom + Context, NewTo = edit.NewFrom + Context });
                yield return hunk;
                hunk = [];
                edit = edit with { OldFrom = edit.OldTo - Context, NewFrom = edit.NewTo - Context };
            }

            hunk.Add(edit);
        }

        if (!hunk.TrueForAll(edit => edit.IsEqual))
        {
            yield return hunk;
        }
    }

    private static List<Block> Match(string[] before, string[] after)
    {
        Dictionary<string, List<int>> places = Places(after);
        List<Block> found = [];
        Stack<(int OldFrom, int OldTo, int NewFrom, int NewTo)> open = new();
        open.Push((0, before.Length, 0, after.Length));
        while (open.TryPop(out (int OldFrom, int OldTo, int NewFrom, int NewTo) part))
        {
            Block block = Longest(before, after, places, part);
            if (block.Length == 0)
            {
                continue;
            }

            found.Add(block);
            open.Push((part.OldFrom, block.Old, part.NewFrom, block.New));
            open.Push((block.Old + block.Length, part.OldTo, block.New + block.Length, part.NewTo));
        }

        found.Sort(static (left, right) => left.Old.CompareTo(right.Old));
        List<Block> merged = [];
        foreach (Block block in found)
        {
            if (merged.Count > 0 && merged[^1].Old + merged[^1].Length == block.Old && merged[^1].New + merged[^1].Length == block.New)
            {
                merged[^1] = merged[^1] with { Length = merged[^1].Length + block.Length };
            }
            else
            {
                merged.Add(block);
            }
        }

        merged.Add(new(before.Length, after.Length, 0));
        return merged;
    }

    private static Dictionary<string, List<int>> Places(string[] lines)
    {
        Dictionary<string, List<int>> places = [];
        for (int i = 0; i < lines.Length; i++)
        {
            if (!places.TryGetValue(lines[i], out List<int>? list))
            {
                places[lines[i]] = list = [];
            }

            list.Add(i);
        }

        if (lines.Length >= PopularFrom)
        {
            int most = (lines.Length / 100) + 1;
            foreach (string popular in places.Where(pair => pair.Value.Count > most).Select(pair => pair.Key).ToArray())
            {
                places.Remove(popular);
            }
        }

        return places;
    }

    private static Block Longest(
        string[] before, string[] after, Dictionary<string, List<int>> places, (int OldFrom, int OldTo, int NewFrom, int NewTo) part)
    {
        Block best = new(part.OldFrom, part.NewFrom, 0);
        Dictionary<int, int> lengths = [];
        for (int i = part.OldFrom; i < part.OldTo; i++)
        {
            Dictionary<int, int> next = [];
            foreach (int j in places.GetValueOrDefault(before[i], []))
            {
                if (j < part.NewFrom || j >= part.NewTo)
                {
                    continue;
                }

                int length = lengths.GetValueOrDefault(j - 1) + 1;
                next[j] = length;
                if (length > best.Length)
                {
                    best = new(i - length + 1, j - length + 1, length);
                }
            }

            lengths = next;
        }

        // Popular lines anchor nothing but extend a match on both sides.
        while (best.Old > part.OldFrom && best.New > part.NewFrom && before[best.Old - 1] == after[best.New - 1])
        {
            best = new(best.Old - 1, best.New - 1, best.Length + 1);
        }

        while (best.Old + best.Length < part.OldTo && best.New + best.Length < part.NewTo
            && before[best.Old + best.Length] == after[best.New + best.Length])
        {
            best = best with { Length = best.Length + 1 };
        }

        return best;
    }

    private readonly record struct Block(int Old, int New, int Length);

    private readonly record struct Edit(bool IsEqual, int OldFrom, int OldTo, int NewFrom, int NewTo);
}
