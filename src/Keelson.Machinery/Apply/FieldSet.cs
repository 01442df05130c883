using System.Runtime.InteropServices;
using Keelson.Machinery.Schema;

namespace Keelson.Machinery.Apply;

/// <summary>
/// A set of fields of an object: a tree of path elements, sorted at each level, where an element may be a member
/// itself, lead to members below, or both. Immutable; a set never holds an element that is neither.
/// </summary>
/// <example><c>{"f:metadata":{"f:labels":{".":{},"f:a":{}}}}</c> holds <c>.metadata.labels</c> and
/// <c>.metadata.labels.a</c>.</example>
public sealed class FieldSet : IEquatable<FieldSet>
{
    private readonly FieldEntry[] _entries;

    private FieldSet(FieldEntry[] entries) => _entries = entries;

    /// <summary>The set of nothing.</summary>
    public static FieldSet Empty { get; } = new([]);

    /// <summary>True when there are no members.</summary>
    public bool IsEmpty => _entries.Length == 0;

    /// <summary>How many members.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach (FieldEntry entry in _entries)
            {
                count += (entry.IsMember ? 1 : 0) + (entry.Children?.Count ?? 0);
            }

            return count;
        }
    }

    internal ReadOnlySpan<FieldEntry> Entries => _entries;

    /// <summary>The canonical JSON, kept once it was written.</summary>
    internal byte[]? Encoded { get; set; }

    /// <summary>The schema against which the set was last found to need no change.</summary>
    internal TypeSchema? AgreesWith { get; set; }

    /// <summary>A set of paths of plain field names: <c>FieldSet.Of(["status"], ["spec", "replicas"])</c>.</summary>
    public static FieldSet Of(params ReadOnlySpan<string[]> paths)
    {
        FieldSet set = Empty;
        foreach (string[] path in paths)
        {
            set = set.Union(Of(Array.ConvertAll(path, PathElement.OfField)));
        }

        return set;
    }

    /// <summary>The set of one path.</summary>
    public static FieldSet Of(params ReadOnlySpan<PathElement> path)
    {
        FieldSet? set = null;
        for (int i = path.Length - 1; i >= 0; i--)
        {
            set = new([new(path[i], set is null, set)]);
        }

        return set ?? Empty;
    }

    /// <summary>True when the path is a member.</summary>
    public bool Contains(params ReadOnlySpan<PathElement> path)
    {
        FieldSet? at = this;
        for (int i = 0; i < path.Length && at is not null; i++)
        {
            int index = at.IndexOf(path[i]);
            if (index < 0 || i == path.Length - 1)
            {
                return index >= 0 && at._entries[index].IsMember;
            }

            at = at._entries[index].Children;
        }

        return false;
    }

    /// <summary>Everything that is in either set.</summary>
    public FieldSet Union(FieldSet other) => FieldSetAlgebra.Union(this, other);

    /// <summary>What is in both sets.</summary>
    public FieldSet Intersect(FieldSet other) => FieldSetAlgebra.Intersect(this, other);

    /// <summary>What is in this set only. A parent in the other set does not take children away.</summary>
    public FieldSet Except(FieldSet other) => FieldSetAlgebra.Except(this, other, recursive: false);

    /// <summary>What is in this set only; a field in the other set takes everything below with it.</summary>
    public FieldSet ExceptRecursive(FieldSet other) => FieldSetAlgebra.Except(this, other, recursive: true);

    /// <summary>
    /// What lies on or below paths of field names, where <c>*</c> stands for any element: members on the way to them
    /// count, too.
    /// </summary>
    public FieldSet Matching(IReadOnlyList<string[]> paths) => FieldSetAlgebra.Matching(this, paths);

    /// <summary>The members that have no members below them.</summary>
    public FieldSet Leaves() => FieldSetAlgebra.Leaves(this);

    /// <summary>The paths of all members: those of a level first, then those below.</summary>
    public IEnumerable<IReadOnlyList<PathElement>> Paths() => Paths([]);

    /// <inheritdoc/>
    public bool Equals(FieldSet? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (other is null || _entries.Length != other._entries.Length)
        {
            return false;
        }

        for (int i = 0; i < _entries.Length; i++)
        {
            FieldEntry one = _entries[i];
            FieldEntry two = other._entries[i];
            if (one.IsMember != two.IsMember || one.Element != two.Element || !Equals(one.Children, two.Children))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FieldSet other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (FieldEntry entry in _entries)
        {
            hash.Add(entry.Element);
        }

        return hash.ToHashCode();
    }

    /// <summary>The members, one path a line.</summary>
    public override string ToString() =>
        string.Join('\n', Paths().Select(path => string.Concat(path.Select(one => one.ToString()))));

    /// <summary>Makes a set of entries in any order; <see cref="Empty"/> for none. Equal elements are merged.</summary>
    internal static FieldSet FromUnsorted(Span<FieldEntry> entries)
    {
        if (entries.Length == 0)
        {
            return Empty;
        }

        bool sorted = true;
        bool distinct = true;
        for (int i = 1; i < entries.Length && sorted; i++)
        {
            int order = entries[i - 1].Element.CompareTo(entries[i].Element);
            sorted = order <= 0;
            distinct &= order != 0;
        }

        if (!sorted)
        {
            entries.Sort(static (left, right) => left.Element.CompareTo(right.Element));
            for (int i = 1; i < entries.Length && distinct; i++)
            {
                distinct = entries[i - 1].Element != entries[i].Element;
            }
        }

        return new(distinct ? entries.ToArray() : Distinct(entries));
    }

    /// <summary>Takes over entries that are sorted and distinct.</summary>
    internal static FieldSet FromSorted(List<FieldEntry> entries) =>
        entries.Count == 0 ? Empty : new([.. CollectionsMarshal.AsSpan(entries)]);

    internal int IndexOf(PathElement element)
    {
        int low = 0;
        int high = _entries.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            int order = _entries[middle].Element.CompareTo(element);
            if (order == 0)
            {
                return middle;
            }

            if (order < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return -1;
    }

    private static FieldEntry[] Distinct(ReadOnlySpan<FieldEntry> sorted)
    {
        List<FieldEntry> entries = new(sorted.Length);
        foreach (FieldEntry entry in sorted)
        {
            if (entries.Count > 0 && entries[^1].Element == entry.Element)
            {
                entries[^1] = FieldSetAlgebra.Merge(entries[^1], entry);
            }
            else
            {
                entries.Add(entry);
            }
        }

        return [.. entries];
    }

    private IEnumerable<IReadOnlyList<PathElement>> Paths(PathElement[] prefix)
    {
        foreach (FieldEntry entry in _entries)
        {
            if (entry.IsMember)
            {
                yield return [.. prefix, entry.Element];
            }
        }

        foreach (FieldEntry entry in _entries)
        {
            foreach (IReadOnlyList<PathElement> path in entry.Children?.Paths([.. prefix, entry.Element]) ?? [])
            {
                yield return path;
            }
        }
    }
}

/// <summary>One element of a level: a member, a parent of members, or both.</summary>
internal readonly struct FieldEntry(PathElement element, bool isMember, FieldSet? children)
{
    public PathElement Element { get; } = element;

    public bool IsMember { get; } = isMember;

    /// <summary>Never an empty set.</summary>
    public FieldSet? Children { get; } = children;
}
