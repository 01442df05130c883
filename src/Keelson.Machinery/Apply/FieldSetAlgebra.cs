namespace Keelson.Machinery.Apply;

/// <summary>
/// Set operations: merges of two sorted levels. Sub-sets that come through unchanged are shared, not copied.
/// </summary>
internal static class FieldSetAlgebra
{
    public static FieldSet Union(FieldSet left, FieldSet right)
    {
        if (left.IsEmpty || ReferenceEquals(left, right))
        {
            return right;
        }

        if (right.IsEmpty)
        {
            return left;
        }

        ReadOnlySpan<FieldEntry> one = left.Entries;
        ReadOnlySpan<FieldEntry> other = right.Entries;
        List<FieldEntry> merged = new(one.Length + other.Length);
        int i = 0;
        int j = 0;
        while (i < one.Length && j < other.Length)
        {
            int order = one[i].Element.CompareTo(other[j].Element);
            merged.Add(order < 0 ? one[i] : order > 0 ? other[j] : Merge(one[i], other[j]));
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }

        merged.AddRange(one[i..]);
        merged.AddRange(other[j..]);
        return FieldSet.FromSorted(merged);
    }

    public static FieldSet Matching(FieldSet set, IReadOnlyList<string[]> paths)
    {
        List<FieldEntry> kept = [];
        foreach (FieldEntry entry in set.Entries)
        {
            string[][] below =
            [
                .. paths.Where(path => path[0] == "*" || path[0] == entry.Element.FieldName).Select(path => path[1..]),
            ];
            if (below.Length == 0)
            {
                continue;
            }

            FieldSet? children = entry.Children is null || below.Any(path => path.Length == 0)
                ? entry.Children
                : NullIfEmpty(Matching(entry.Children, below));
            if (entry.IsMember || children is not null)
            {
                kept.Add(new(entry.Element, entry.IsMember, children));
            }
        }

        return kept.Count == 0 ? FieldSet.Empty : FieldSet.FromSorted(kept);
    }

    public static FieldEntry Merge(FieldEntry left, FieldEntry right) => new(
        left.Element,
        left.IsMember || right.IsMember,
        left.Children is null ? right.Children : right.Children is null ? left.Children
            : Union(left.Children, right.Children));

    public static FieldSet Intersect(FieldSet left, FieldSet right)
    {
        ReadOnlySpan<FieldEntry> one = left.Entries;
        ReadOnlySpan<FieldEntry> other = right.Entries;
        List<FieldEntry>? common = null;
        int i = 0;
        int j = 0;
        while (i < one.Length && j < other.Length)
        {
            int order = one[i].Element.CompareTo(other[j].Element);
            if (order == 0)
            {
                FieldSet? children = one[i].Children is { } mine && other[j].Children is { } theirs
                    ? NullIfEmpty(Intersect(mine, theirs))
                    : null;
                bool isMember = one[i].IsMember && other[j].IsMember;
                if (isMember || children is not null)
                {
                    (common ??= []).Add(new(one[i].Element, isMember, children));
                }
            }

            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }

        return common is null ? FieldSet.Empty : FieldSet.FromSorted(common);
    }

    public static FieldSet Except(FieldSet left, FieldSet right, bool recursive)
    {
        if (left.IsEmpty || right.IsEmpty)
        {
            return left;
        }

        ReadOnlySpan<FieldEntry> one = left.Entries;
        ReadOnlySpan<FieldEntry> other = right.Entries;
        List<FieldEntry>? rest = null;
        int j = 0;
        for (int i = 0; i < one.Length; i++)
        {
            while (j < other.Length && other[j].Element.CompareTo(one[i].Element) < 0)
            {
                j++;
            }

            FieldEntry entry = one[i];
            bool isMember = entry.IsMember;
            FieldSet? children = entry.Children;
            if (j < other.Length && other[j].Element == entry.Element)
            {
                isMember &= !other[j].IsMember;
                children = Below(entry, other[j], recursive);
            }

            if (rest is null && isMember == entry.IsMember && ReferenceEquals(children, entry.Children))
            {
                continue;
            }

            // The first difference: what came before stays as it was.
            rest ??= [.. one[..i]];
            if (isMember || children is not null)
            {
                rest.Add(new(entry.Element, isMember, children));
            }
        }

        return rest is null ? left : FieldSet.FromSorted(rest);
    }

    public static FieldSet Leaves(FieldSet set)
    {
        List<FieldEntry> leaves = new(set.Entries.Length);
        foreach (FieldEntry entry in set.Entries)
        {
            leaves.Add(
                new(entry.Element, entry.IsMember && entry.Children is null, entry.Children is { } below ? Leaves(below)
                    : null));
        }

        return FieldSet.FromSorted(leaves);
    }

    private static FieldSet? Below(FieldEntry entry, FieldEntry taken, bool recursive)
    {
        if (recursive && taken.IsMember)
        {
            return null;
        }

        return entry.Children is null || taken.Children is null
            ? entry.Children
            : NullIfEmpty(Except(entry.Children, taken.Children, recursive));
    }

    private static FieldSet? NullIfEmpty(FieldSet set) => set.IsEmpty ? null : set;
}
