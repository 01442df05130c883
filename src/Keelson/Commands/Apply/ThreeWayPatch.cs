using Keelson.Clusters;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Trees;

namespace Keelson.Commands.Apply;

/// <summary>
/// What has to change so that an object says what a file says: fields that the file has and the object has otherwise,
/// and those that the file had when it was applied before and has no more. What others set stays.
/// </summary>
internal static class ThreeWayPatch
{
    private const string PatchMarker = "$patch";

    /// <summary>A strategic merge patch, for kinds with a schema; empty when nothing has to change.</summary>
    /// <param name="schema">The kind's schema.</param>
    /// <param name="original">What was applied before.</param>
    /// <param name="modified">What is applied now.</param>
    /// <param name="current">The object as it is.</param>
    public static ObjectTree Strategic(
        TypeSchema schema, ObjectTree original, ObjectTree modified, ObjectTree current) =>
        Fields(schema, original, modified, current);

    /// <summary>A JSON merge patch, for kinds whose lists are replaced whole.</summary>
    public static ObjectTree Merge(ObjectTree original, ObjectTree modified, ObjectTree current) =>
        Fields(null, original, modified, current);

    private static ObjectTree Fields(
        TypeSchema? schema, ObjectTree original, ObjectTree modified, ObjectTree current)
    {
        ObjectTree patch = new();
        foreach ((string name, Tree value) in modified.Fields)
        {
            FieldSchema? field = schema?.Field(name);
            TypeSchema? type = field?.Type ?? (schema?.Type == SchemaType.Map ? schema.Element : null);
            string strategy = field?.PatchStrategy ?? "";
            Tree? now = current[name];
            if (value is NullTree)
            {
                // Generators write times that are not set as null.
                if (now is not null and not NullTree && name != "creationTimestamp")
                {
                    patch[name] = NullTree.Instance;
                }
            }
            else if (value is ObjectTree node && now is ObjectTree there && strategy != "replace")
            {
                ObjectTree below = Fields(type, original[name] as ObjectTree ?? new ObjectTree(), node, there);
                if (below.Count > 0)
                {
                    Retain(strategy, below, node);
                    patch[name] = below;
                }
            }
            else if (value is ListTree list && now is ListTree present && schema is not null
                && strategy.Contains("merge", StringComparison.Ordinal))
            {
                Lists(patch, field!, original[name] as ListTree ?? new ListTree(), list, present);
            }
            else if (now is null || !value.DeepEquals(now))
            {
                patch[name] = value;
            }
        }

        foreach ((string name, Tree _) in original.Fields)
        {
            if (!modified.Contains(name))
            {
                patch[name] = NullTree.Instance;
            }
        }

        return patch;
    }

    /// <summary>Of alternatives only those stay that the file names.</summary>
    private static void Retain(string strategy, ObjectTree patch, ObjectTree modified)
    {
        if (strategy.Contains("retainKeys", StringComparison.Ordinal))
        {
            patch["$retainKeys"] = new ListTree(
                [.. modified.Fields.Select(one => one.Key).Order(StringComparer.Ordinal)
                    .Select(key => new TextTree(key))]);
        }
    }

    private static void Lists(
        ObjectTree patch, FieldSchema field, ListTree original, ListTree modified, ListTree current)
    {
        if (field.PatchMergeKey.Length == 0)
        {
            Sets(patch, field.Name, original, modified, current);
            return;
        }

        string key = field.PatchMergeKey;
        List<Tree> changes = [];
        foreach (ObjectTree item in modified.Items.OfType<ObjectTree>())
        {
            if (Find(current, key, item[key]) is not { } there)
            {
                changes.Add(item);
                continue;
            }

            ObjectTree before = Find(original, key, item[key]) ?? new ObjectTree();
            ObjectTree below = Fields(field.Type.Element, before, item, there);
            if (below.Count > 0)
            {
                Retain(field.PatchStrategy, below, item);
                below[key] = item[key]!;
                changes.Add(below);
            }
        }

        changes.AddRange(
            from item in original.Items.OfType<ObjectTree>()
            where item[key] is not null && Find(modified, key, item[key]) is null
            select new ObjectTree { [PatchMarker] = new TextTree("delete"), [key] = item[key]! });
        List<Tree> wanted = [.. modified.Items.OfType<ObjectTree>().Select(item => item[key]).OfType<Tree>()];
        List<Tree> present = [.. current.Items.OfType<ObjectTree>().Select(item => item[key]).OfType<Tree>()
            .Where(one => wanted.Any(other => other.DeepEquals(one)))];
        bool isOrdered = present.Count != wanted.Count
            || present.Zip(wanted).All(pair => pair.First.DeepEquals(pair.Second));
        if (changes.Count > 0 || !isOrdered)
        {
            patch["$setElementOrder/" + field.Name] = new ListTree(
                [.. wanted.Select(value => new ObjectTree { [key] = value })]);
            patch[field.Name] = new ListTree(changes);
            if (changes.Count == 0)
            {
                patch.Remove(field.Name);
            }
        }
    }

    private static void Sets(ObjectTree patch, string name, ListTree original, ListTree modified, ListTree current)
    {
        List<Tree> added = [.. modified.Items.Where(one => !Contains(current, one))];
        List<Tree> removed = [.. original.Items.Where(one => !Contains(modified, one))];
        if (removed.Count > 0)
        {
            patch["$deleteFromPrimitiveList/" + name] = new ListTree(removed);
        }

        if (added.Count > 0 || removed.Count > 0)
        {
            patch["$setElementOrder/" + name] = new ListTree([.. modified.Items]);
        }

        if (added.Count > 0)
        {
            patch[name] = new ListTree(added);
        }
    }

    private static bool Contains(ListTree list, Tree value) => list.Items.Any(one => one.DeepEquals(value));

    private static ObjectTree? Find(ListTree list, string key, Tree? value) => value is null
        ? null
        : list.Items.OfType<ObjectTree>().FirstOrDefault(one => one[key] is { } own && own.DeepEquals(value));
}
