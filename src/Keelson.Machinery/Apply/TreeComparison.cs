using System.Runtime.InteropServices;
using Keelson.Machinery.Trees;

namespace Keelson.Machinery.Apply;

/// <summary>What changed between two versions of an object; no field is in more than one set.</summary>
internal sealed record TreeChanges(FieldSet Added, FieldSet Modified, FieldSet Removed)
{
    public bool IsNone => Added.IsEmpty && Modified.IsEmpty && Removed.IsEmpty;

    public TreeChanges Within(FieldManagerTarget target) => target.OwnsEverything
        ? this
        : new(target.Owned(Added), target.Owned(Modified), target.Owned(Removed));
}

/// <summary>
/// Compares two trees of one schema. Each of the three results grows on a stack: a level pushes its entries, and when
/// it is done they become one entry of the level above.
/// </summary>
internal sealed class TreeComparison
{
    private readonly List<FieldEntry> _added = [];
    private readonly List<FieldEntry> _modified = [];
    private readonly List<FieldEntry> _removed = [];

    [Flags]
    private enum Own : byte
    {
        None = 0,
        Added = 1,
        Modified = 2,
        Removed = 4,
    }

    /// <summary>The changes from <paramref name="left"/> to <paramref name="right"/>.</summary>
    /// <exception cref="TypedValueException">A list element can't be told apart from others.</exception>
    public static TreeChanges Compare(MergeShape shape, Tree left, Tree right)
    {
        TreeComparison comparison = new();
        comparison.Walk(shape, left, right);
        return new(Take(comparison._added, 0), Take(comparison._modified, 0), Take(comparison._removed, 0));
    }

    /// <summary>Compares one place and says what the place itself is; its children are left on the stacks.</summary>
    private Own Walk(MergeShape shape, Tree? left, Tree? right)
    {
        if (ReferenceEquals(left, right))
        {
            return Own.None;
        }

        if (right is null)
        {
            return Walk(shape, shape.KindFor(left!), left, null, out _);
        }

        MergeKind kind = shape.KindFor(right);
        if (left is not null && shape.KindFor(left) is var other && other != kind)
        {
            // An open place changed its kind: the old one goes with all it holds, the new one comes.
            Own gone = Walk(shape, other, left, right, out _);
            return gone | Walk(shape, kind, left, right, out _);
        }

        return Walk(shape, kind, left, right, out _);
    }

    private Own Walk(MergeShape shape, MergeKind kind, Tree? left, Tree? right, out bool isLeaf)
    {
        isLeaf = true;
        switch (kind)
        {
            case MergeKind.Map:
                ObjectTree? fields = left as ObjectTree;
                ObjectTree? others = right as ObjectTree;
                if (shape.IsAtomic(kind)
                    || ((fields is null || fields.Count == 0) && (others is null || others.Count == 0)))
                {
                    break;
                }

                isLeaf = false;
                WalkFields(shape, fields, others);
                break;
            case MergeKind.List:
                List<Tree>? items = (left as ListTree)?.Items;
                List<Tree>? otherItems = (right as ListTree)?.Items;
                if (shape.IsAtomic(kind)
                    || ((items is null || items.Count == 0) && (otherItems is null || otherItems.Count == 0)))
                {
                    break;
                }

                isLeaf = false;
                WalkItems(shape, items ?? [], otherItems ?? []);
                break;
        }

        if (left is null || right is null)
        {
            return left is null ? Own.Added : Own.Removed;
        }

        return isLeaf && !left.DeepEquals(right) ? Own.Modified : Own.None;
    }

    private void WalkFields(MergeShape shape, ObjectTree? left, ObjectTree? right)
    {
        ReadOnlySpan<KeyValuePair<string, Tree>> fields = left is null ? default : left.AsSpan();
        ReadOnlySpan<KeyValuePair<string, Tree>> others = right is null ? default : right.AsSpan();
        int matched = 0;
        for (int i = 0; i < fields.Length; i++)
        {
            int at = right is null ? -1 : right.Find(fields[i].Key, matched);
            Tree? other = null;
            if (at >= 0)
            {
                other = others[at].Value;
                matched = at + 1;
            }

            if (!ReferenceEquals(other, fields[i].Value))
            {
                shape.TryChild(fields[i].Key, out MergeShape child, out _);
                Visit(PathElement.OfField(fields[i].Key), child, fields[i].Value, other);
            }
        }

        int hint = 0;
        for (int i = 0; i < others.Length; i++)
        {
            int at = left is null ? -1 : left.Find(others[i].Key, hint);
            if (at >= 0)
            {
                hint = at + 1;
                continue;
            }

            shape.TryChild(others[i].Key, out MergeShape child, out _);
            Visit(PathElement.OfField(others[i].Key), child, null, others[i].Value);
        }
    }

    private void WalkItems(MergeShape shape, List<Tree> left, List<Tree> right)
    {
        ElementIndex lefts = ElementIndex.Of(shape, left);
        ElementIndex rights = ElementIndex.Of(shape, right);
        MergeShape child = shape.Element;
        for (int i = 0; i < left.Count; i++)
        {
            if (lefts.IsFirst(i))
            {
                PathElement element = lefts.Elements[i];
                VisitItems(element, child, lefts.Group(i), left, rights.GroupOf(element, i), right);
            }
        }

        for (int i = 0; i < right.Count; i++)
        {
            if (rights.IsFirst(i) && lefts.GroupOf(rights.Elements[i], i).Length == 0)
            {
                VisitItems(rights.Elements[i], child, [], left, rights.Group(i), right);
            }
        }
    }

    /// <summary>
    /// Compares what two lists hold under one element; upstream bears with duplicates in stored objects.
    /// </summary>
    private void VisitItems(
        PathElement element, MergeShape child, ReadOnlySpan<int> lefts, List<Tree> left, ReadOnlySpan<int> rights,
            List<Tree> right)
    {
        if (lefts.Length <= 1 && rights.Length <= 1)
        {
            Visit(element, child, lefts.Length == 1 ? left[lefts[0]] : null, rights.Length == 1 ? right[rights[0]]
                : null);
            return;
        }

        if (lefts.Length >= 2 && rights.Length >= 2)
        {
            bool equal = lefts.Length == rights.Length;
            for (int i = 0; i < lefts.Length && equal; i++)
            {
                equal = left[lefts[i]].DeepEquals(right[rights[i]]);
            }

            if (!equal)
            {
                _modified.Add(new(element, true, null));
            }

            return;
        }

        if (lefts.Length >= 2)
        {
            if (rights.Length == 1)
            {
                Visit(element, child, null, right[rights[0]]);
            }

            _removed.Add(new(element, true, null));
            return;
        }

        if (lefts.Length == 1)
        {
            Visit(element, child, left[lefts[0]], null);
        }

        _added.Add(new(element, true, null));
    }

    private void Visit(PathElement element, MergeShape shape, Tree? left, Tree? right)
    {
        int added = _added.Count;
        int modified = _modified.Count;
        int removed = _removed.Count;
        Own own = Walk(shape, left, right);
        Close(_added, added, element, (own & Own.Added) != 0);
        Close(_modified, modified, element, (own & Own.Modified) != 0);
        Close(_removed, removed, element, (own & Own.Removed) != 0);
    }

    private static void Close(List<FieldEntry> stack, int bottom, PathElement element, bool isMember)
    {
        FieldSet? children = stack.Count > bottom ? Take(stack, bottom) : null;
        if (isMember || children is not null)
        {
            stack.Add(new(element, isMember, children));
        }
    }

    private static FieldSet Take(List<FieldEntry> stack, int bottom)
    {
        if (stack.Count == bottom)
        {
            return FieldSet.Empty;
        }

        FieldSet set = FieldSet.FromUnsorted(CollectionsMarshal.AsSpan(stack)[bottom..]);
        CollectionsMarshal.SetCount(stack, bottom);
        return set;
    }
}

/// <summary>The elements of a list by path element; one entry for duplicates, in the order of the list.</summary>
internal readonly struct ElementIndex
{
    /// <summary>Below this a look along the list beats a hash table.</summary>
    private const int HashedFrom = 12;

    private readonly Dictionary<PathElement, int[]>? _groups;
    private readonly int[] _places;

    private ElementIndex(PathElement[] elements)
    {
        Elements = elements;
        _places = new int[elements.Length];
        _groups = null;
        for (int i = 0; i < _places.Length; i++)
        {
            _places[i] = i;
        }

        if (elements.Length < HashedFrom && !HasDuplicates(elements))
        {
            return;
        }

        Dictionary<PathElement, int[]> groups = new(elements.Length);
        for (int i = 0; i < elements.Length; i++)
        {
            groups[elements[i]] = groups.TryGetValue(elements[i], out int[]? known) ? [.. known, i] : [i];
        }

        _groups = groups;
    }

    /// <summary>The element of every item.</summary>
    public PathElement[] Elements { get; }

    public static ElementIndex Of(MergeShape shape, List<Tree> items)
    {
        if (items.Count == 0)
        {
            return new([]);
        }

        PathElement[] elements = new PathElement[items.Count];
        for (int i = 0; i < elements.Length; i++)
        {
            elements[i] = Element(shape, items[i], i);
        }

        return new(elements);
    }

    /// <summary>The path element of an item; the error names the item's place.</summary>
    public static PathElement Element(MergeShape shape, Tree item, int place)
    {
        try
        {
            return shape.ElementOf(item);
        }
        catch (TypedValueException failure)
        {
            throw new TypedValueException(string.Create(
                System.Globalization.CultureInfo.InvariantCulture, $"element {place}: {failure.Message}"));
        }
    }

    /// <summary>True at the first item of its element.</summary>
    public bool IsFirst(int place) => _groups is null || _groups[Elements[place]][0] == place;

    /// <summary>The places of all items of one item's element.</summary>
    public ReadOnlySpan<int> Group(int place) => _groups is null ? _places.AsSpan(place, 1) : _groups[Elements[place]];

    /// <summary>The places of all items of an element; looks at <paramref name="hint"/> first.</summary>
    public ReadOnlySpan<int> GroupOf(PathElement element, int hint)
    {
        if (_groups is not null)
        {
            return _groups.TryGetValue(element, out int[]? places) ? places : default;
        }

        if (hint < Elements.Length && Elements[hint] == element)
        {
            return _places.AsSpan(hint, 1);
        }

        for (int i = 0; i < Elements.Length; i++)
        {
            if (Elements[i] == element)
            {
                return _places.AsSpan(i, 1);
            }
        }

        return default;
    }

    private static bool HasDuplicates(PathElement[] elements)
    {
        for (int i = 1; i < elements.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (elements[i] == elements[j])
                {
                    return true;
                }
            }
        }

        return false;
    }
}
