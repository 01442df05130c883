using Keelson.Machinery.Schema;

namespace Keelson.Machinery.Apply;

/// <summary>
/// Brings a stored field set in line with a schema that changed since: where a map, struct or list is atomic now, its
/// owner owns it as a whole and nothing below.
/// </summary>
internal static class SchemaReconciliation
{
    public static FieldSet Reconcile(FieldSet set, TypeSchema schema)
    {
        if (ReferenceEquals(set.AgreesWith, schema))
        {
            return set;
        }

        FieldSet agreed = Level(new(schema), set) ?? set;
        agreed.AgreesWith = schema;
        return agreed;
    }

    /// <summary>The level in line with the shape of its owner; null when it is so already.</summary>
    private static FieldSet? Level(MergeShape shape, FieldSet set)
    {
        FieldEntry[]? changed = null;
        ReadOnlySpan<FieldEntry> entries = set.Entries;
        for (int i = 0; i < entries.Length; i++)
        {
            FieldEntry entry = entries[i];
            if (entry.Children is null || !TryShape(shape, entry.Element, out MergeShape child))
            {
                continue;
            }

            MergeKind kind = child.Type.Type switch
            {
                SchemaType.Object or SchemaType.Map => MergeKind.Map,
                SchemaType.List => MergeKind.List,
                _ => MergeKind.Scalar,
            };
            if (kind != MergeKind.Scalar && child.IsAtomic(kind))
            {
                changed ??= entries.ToArray();
                changed[i] = new(entry.Element, true, null);
            }
            else if (kind != MergeKind.Scalar && Level(child, entry.Children) is { } below)
            {
                changed ??= entries.ToArray();
                changed[i] = new(entry.Element, entry.IsMember, below);
            }
        }

        return changed is null ? null : FieldSet.FromUnsorted(changed);
    }

    private static bool TryShape(MergeShape shape, PathElement element, out MergeShape child)
    {
        if (element.Kind == PathElementKind.Field)
        {
            return shape.TryChild(element.FieldName, out child, out _);
        }

        child = shape.Element;
        return shape.Type.Type == SchemaType.List;
    }
}
