using Keelson.Machinery.Trees;

namespace Keelson.Machinery.Apply;

/// <summary>Takes fields away from an object, sharing what stays.</summary>
internal static class TreePrune
{
    /// <summary>
    /// The object without the fields of the set; null stands in for a value of which nothing is left.
    /// </summary>
    public static Tree Remove(MergeShape shape, Tree tree, FieldSet fields)
    {
        MergeKind kind = shape.KindFor(tree);
        if (kind == MergeKind.Scalar)
        {
            return tree;
        }

        if (shape.IsAtomic(kind))
        {
            return NullTree.Instance;
        }

        return tree switch
        {
            ObjectTree node when kind == MergeKind.Map => RemoveFields(shape, node, fields),
            ListTree list when kind == MergeKind.List => RemoveItems(shape, list, fields),
            _ => NullTree.Instance,
        };
    }

    /// <summary>
    /// The set with every struct field that leads to a member made a member itself: who owns <c>spec.a</c> also owns
    /// <c>spec</c>, but not a map or list element that is only on the way.
    /// </summary>
    public static FieldSet WithNamedFields(MergeShape shape, FieldSet set)
    {
        List<FieldEntry> entries = new(set.Entries.Length);
        foreach (FieldEntry entry in set.Entries)
        {
            if (entry.Children is null)
            {
                entries.Add(entry);
                continue;
            }

            bool isNamed = false;
            MergeShape child = shape.Element;
            if (entry.Element.Kind == PathElementKind.Field)
            {
                shape.TryChild(entry.Element.FieldName, out child, out isNamed);
            }

            entries.Add(new(entry.Element, entry.IsMember || isNamed, WithNamedFields(child, entry.Children)));
        }

        return FieldSet.FromSorted(entries);
    }

    private static Tree RemoveFields(MergeShape shape, ObjectTree node, FieldSet fields)
    {
        ObjectTree rest = new(node.Count);
        foreach (KeyValuePair<string, Tree> field in node.AsSpan())
        {
            int at = fields.IndexOf(PathElement.OfField(field.Key));
            if (at < 0)
            {
                rest.Append(field.Key, field.Value);
                continue;
            }

            FieldEntry entry = fields.Entries[at];
            if (!entry.IsMember)
            {
                shape.TryChild(field.Key, out MergeShape child, out _);
                rest.Append(field.Key, Remove(child, field.Value, entry.Children!));
            }
        }

        return rest.Count > 0 ? rest : NullTree.Instance;
    }

    private static Tree RemoveItems(MergeShape shape, ListTree list, FieldSet fields)
    {
        List<Tree> rest = new(list.Items.Count);
        for (int i = 0; i < list.Items.Count; i++)
        {
            int at = fields.IndexOf(ElementIndex.Element(shape, list.Items[i], i));
            if (at < 0)
            {
                rest.Add(list.Items[i]);
                continue;
            }

            FieldEntry entry = fields.Entries[at];
            if (!entry.IsMember)
            {
                rest.Add(Remove(shape.Element, list.Items[i], entry.Children!));
            }
        }

        return rest.Count > 0 ? new ListTree(rest) : NullTree.Instance;
    }
}
