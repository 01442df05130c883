using Keelson.Machinery.Schema;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Validation;

namespace Keelson.Machinery.Patches;

/// <summary>
/// Strategic Merge Patch: like JSON Merge Patch, but lists that the schema says so merge element by element, and
/// directives (<c>$patch</c>, <c>$retainKeys</c>, <c>$setElementOrder/…</c>, <c>$deleteFromPrimitiveList/…</c>) say
/// what a merge can't.
/// </summary>
public static class StrategicMergePatch
{
    internal const string Marker = "$patch";
    internal const string Delete = "delete";
    internal const string Replace = "replace";
    private const string Merge = "merge";
    private const string RetainKeys = "$retainKeys";
    private const string DeleteFromPrimitiveList = "$deleteFromPrimitiveList";
    private const string SetElementOrder = "$setElementOrder";

    /// <summary>The patched object; neither input is changed.</summary>
    /// <exception cref="PatchException">The patch is malformed or does not apply.</exception>
    public static ObjectTree Apply(TypeSchema schema, ObjectTree document, ObjectTree patch) =>
        MergeFields(schema, document.DeepClone(), patch.DeepClone());

    internal static PatchException UnknownType(Tree directive, ObjectTree patch) =>
        new(PatchFailure.Internal, $"unknown patch type: {GoTree.Verb(directive)} in map: {GoTree.Verb(patch)}");

    internal static PatchException NoMergeKey(ObjectTree element, string key) =>
        new(PatchFailure.Internal, $"map: {GoTree.Verb(element)} does not contain declared merge key: {key}");

    internal static PatchException WrongType(string expected, Tree actual) =>
        new(PatchFailure.Internal, $"expected a {expected}, but received a {GoTree.TypeVerb(actual)}");

    /// <summary>Merges into <paramref name="original"/>; both arguments are used up.</summary>
    internal static ObjectTree MergeFields(TypeSchema schema, ObjectTree original, ObjectTree patch)
    {
        if (patch[Marker] is { } directive)
        {
            return FollowDirective(directive, patch);
        }

        Retain(original, patch);
        MergeOrderedLists(schema, original, patch);
        foreach (KeyValuePair<string, Tree> field in patch.AsSpan())
        {
            bool isDeletion = field.Key.StartsWith(DeleteFromPrimitiveList, StringComparison.Ordinal);
            string name = isDeletion ? FieldOf(field.Key, DeleteFromPrimitiveList) : field.Key;
            if (field.Value is NullTree)
            {
                original.Remove(name);
            }
            else
            {
                MergeField(schema, original, name, field.Value, isDeletion);
            }
        }

        return original;
    }

    private static void MergeField(TypeSchema schema, ObjectTree original, string name, Tree value, bool isDeletion)
    {
        Tree? old = original[name];
        switch (old, value)
        {
            case (ObjectTree oldNode, ObjectTree node):
                FieldSchema field = Lookup(schema, name);
                original[name] = Strategy(field) == Replace ? node : MergeFields(field.Type, oldNode, node);
                break;
            case (ListTree oldList, ListTree list):
                field = Lookup(schema, name);
                original[name] = Strategy(field) == Merge || isDeletion
                    ? new ListTree(
                        StrategicList.Merge(ElementOf(field), oldList.Items, list.Items, field.PatchMergeKey,
                            isDeletion))
                    : list;
                break;
            default:
                if (isDeletion && (old is null || old.GetType() != value.GetType()))
                {
                    break;
                }

                if (WithoutDirectives(WithoutNulls(value)) is { } kept)
                {
                    original[name] = kept;
                }
                else
                {
                    original.Remove(name);
                }

                break;
        }
    }

    private static ObjectTree FollowDirective(Tree directive, ObjectTree patch)
    {
        switch ((directive as TextTree)?.Value)
        {
            case Replace:
                patch.Remove(Marker);
                return patch;
            case Delete:
                return new();
            default:
                throw UnknownType(directive, patch);
        }
    }

    /// <summary>Keeps no other fields than those listed, to which the patch must belong.</summary>
    private static void Retain(ObjectTree original, ObjectTree patch)
    {
        if (patch[RetainKeys] is not { } directive)
        {
            return;
        }

        patch.Remove(RetainKeys);
        PatchException malformed = new(PatchFailure.BadRequest, "invalid patch format of retainKeys");
        HashSet<string> kept =
            [.. (directive as ListTree ?? throw malformed).Items.OfType<TextTree>().Select(static text => text.Value)];
        foreach (KeyValuePair<string, Tree> field in patch.AsSpan())
        {
            if (field.Value is not NullTree && !IsParallel(field.Key) && !kept.Contains(field.Key))
            {
                throw malformed;
            }
        }

        foreach (string name in original.Fields.Select(static field => field.Key).Where(name => !kept.Contains(name))
            .ToArray())
        {
            original.Remove(name);
        }
    }

    /// <summary>Merges the lists whose order the patch gives, and takes them out of it.</summary>
    private static void MergeOrderedLists(TypeSchema schema, ObjectTree original, ObjectTree patch)
    {
        List<string> directives = [];
        foreach (KeyValuePair<string, Tree> field in patch.AsSpan())
        {
            if (field.Key.StartsWith(SetElementOrder, StringComparison.Ordinal))
            {
                directives.Add(field.Key);
            }
        }

        foreach (string directive in directives)
        {
            List<Tree> order = AsList(patch[directive]!);
            patch.Remove(directive);
            string name = FieldOf(directive, SetElementOrder);
            List<Tree>? old = original[name] is { } oldValue ? AsList(oldValue) : null;
            List<Tree>? changes = patch[name] is { } change ? AsList(change) : null;
            FieldSchema field = Lookup(schema, name);
            string key = field.PatchMergeKey;
            StrategicList.CheckOrder(changes ?? [], order, key);
            List<Tree>? merged = (old, changes) switch
            {
                (null, null) => null,
                (_, null) => old,
                (null, _) => changes,
                _ => Strategy(field) == Merge
                    ? StrategicList.Merge(ElementOf(field), [.. old], changes, key, isDeletion: false)
                    : changes,
            };
            if (merged is not null)
            {
                original[name] = new ListTree(StrategicList.Order(merged, order, old ?? [], key));
                patch.Remove(name);
            }
        }
    }

    private static List<Tree> AsList(Tree tree) => (tree as ListTree)?.Items ?? throw WrongType("[]interface {}", tree);

    private static bool IsParallel(string name) =>
        name.StartsWith(DeleteFromPrimitiveList, StringComparison.Ordinal)
            || name.StartsWith(SetElementOrder, StringComparison.Ordinal);

    /// <summary>The list that a directive is about: what follows the slash.</summary>
    private static string FieldOf(string name, string prefix)
    {
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash == prefix.Length)
        {
            return name[(slash + 1)..];
        }

        string list = prefix == SetElementOrder ? "setElementOrder list" : "primitive list";
        throw new PatchException(PatchFailure.BadRequest, "invalid patch format of " + list);
    }

    private static FieldSchema Lookup(TypeSchema schema, string name)
    {
        if (schema.Type is SchemaType.Map)
        {
            throw new PatchException(
                PatchFailure.Internal, "merging an object in json but data type is not struct, instead is: map");
        }

        string type = schema.Name[(schema.Name.LastIndexOf('.') + 1)..];
        return schema.Field(name) ?? throw new PatchException(
            PatchFailure.Internal,
                $"unable to find api field in struct {type} for the json field {GoText.Quote(name)}");
    }

    private static TypeSchema ElementOf(FieldSchema field) => field.Type.Element ?? field.Type;

    /// <summary>The strategy besides retainKeys, which says something to the client only.</summary>
    private static string Strategy(FieldSchema field) => field.PatchStrategy switch
    {
        "" or "retainKeys" => "",
        { } both => both.Split(',').FirstOrDefault(static one => one != "retainKeys") ?? "",
    };

    private static Tree WithoutNulls(Tree tree)
    {
        if (tree is ObjectTree node)
        {
            foreach (KeyValuePair<string, Tree> field in node.Fields.ToArray())
            {
                if (WithoutNulls(field.Value) is NullTree)
                {
                    node.Remove(field.Key);
                }
            }
        }
        else if (tree is ListTree list)
        {
            list.Items.ForEach(static item => WithoutNulls(item));
        }

        return tree;
    }

    /// <summary>The value less everything that carries a directive: there is nothing to which it could apply.</summary>
    private static Tree? WithoutDirectives(Tree tree)
    {
        switch (tree)
        {
            case ObjectTree node:
                if (node.Contains(Marker))
                {
                    return null;
                }

                foreach (KeyValuePair<string, Tree> field in node.Fields.ToArray())
                {
                    if (WithoutDirectives(field.Value) is { } kept)
                    {
                        node[field.Key] = kept;
                    }
                    else
                    {
                        node.Remove(field.Key);
                    }
                }

                return node;
            case ListTree list:
                return new ListTree([.. list.Items.Select(WithoutDirectives).OfType<Tree>()]);
            default:
                return tree;
        }
    }
}
