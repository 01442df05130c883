using System.Text;
using Keelson.Machinery.Apply;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Values;

namespace Keelson.Machinery.Tests.Apply;

/// <summary>One object under field management, the way the server drives it: what an API record can't hold is
/// dropped.</summary>
internal sealed class ManagedStore
{
    private readonly FieldManager _manager;
    private readonly ObjectTree _empty;

    public ManagedStore(
        string apiVersion,
        string kind,
        TypeSchema schema,
        string emptyFields = "",
        string subresource = "",
        FieldSet? reset = null)
    {
        _empty = Json($$$"""{"kind":"{{{kind}}}","apiVersion":"{{{apiVersion}}}","metadata":{}{{{emptyFields}}}}""");
        Live = new(_empty, default);
        _manager = new(new()
        {
            ApiVersion = apiVersion,
            Kind = kind,
            Schema = schema,
            Empty = _empty,
            Subresource = subresource,
            ResetFields = reset ?? FieldSet.Empty,
        });
    }

    public ManagedObject Live { get; set; }

    public Time Now { get; set; } = new(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));

    public static ManagedStore ConfigMap() => new("v1", "ConfigMap", TestSchemas.ConfigMap);

    public static ManagedStore PodTemplate() =>
        new(
            "v1",
            "PodTemplate",
            TestSchemas.PodTemplate,
            ",\"template\":{\"metadata\":{},\"spec\":{\"containers\":null}}");

    public static ObjectTree Json(string json) => TreeReader.ReadObject(Encoding.UTF8.GetBytes(json));

    /// <summary>A create or update; the fields are those besides kind, version and identity.</summary>
    public void Write(string manager, string fields, string? managedFields = null)
    {
        ObjectTree tree = Json(fields);
        tree["kind"] = _empty["kind"]!;
        tree["apiVersion"] = _empty["apiVersion"]!;
        tree["metadata"] ??= new ObjectTree();
        ((ObjectTree)tree["metadata"]!)["name"] = new TextTree("a");
        ((ObjectTree)tree["metadata"]!)["uid"] = new TextTree("u");
        if (managedFields is not null)
        {
            ((ObjectTree)tree["metadata"]!)["managedFields"] = TreeReader.Read(Encoding.UTF8.GetBytes(managedFields));
        }

        ApiList<ManagedFieldsEntry> sent = ManagedFieldsEntry.ReadFrom(tree);
        Live = new(Stored(tree), _manager.Update(Live, new(tree, sent), manager, Now));
    }

    public ApplyResult Apply(string manager, string fields, bool force = false)
    {
        ObjectTree config = Json(fields);
        config["kind"] = _empty["kind"]!;
        config["apiVersion"] = _empty["apiVersion"]!;
        config["metadata"] ??= new ObjectTree();
        ((ObjectTree)config["metadata"]!)["name"] = new TextTree("a");
        ApplyResult result = _manager.Apply(Live, config, manager, force, Now);
        if (result is ApplyResult.Applied applied)
        {
            ObjectTree stored = Stored(applied.Object);
            ((ObjectTree)stored["metadata"]!)["uid"] = new TextTree("u");
            Live = new(stored, applied.ManagedFields);
        }

        return result;
    }

    /// <summary>The managed fields, one a line: manager, operation, fields.</summary>
    public string Owners() => string.Join('\n', Live.ManagedFields.Select(entry =>
        $"{entry.Manager} {entry.Operation} {entry.FieldsV1}").Order(StringComparer.Ordinal));

    public string Field(string name) => Live.Tree[name] is { } tree ? Encoding.UTF8.GetString(tree.ToJson()) : "absent";

    /// <summary>What a record keeps: no nulls, no managed fields, no empty maps at the top.</summary>
    private static ObjectTree Stored(ObjectTree tree)
    {
        ObjectTree copy = (ObjectTree)WithoutNulls(tree.DeepClone())!;
        ((ObjectTree)copy["metadata"]!).Remove("managedFields");
        return copy;
    }

    private static Tree? WithoutNulls(Tree tree)
    {
        if (tree is ObjectTree node)
        {
            foreach (KeyValuePair<string, Tree> field in node.Fields.ToArray())
            {
                if (WithoutNulls(field.Value) is null)
                {
                    node.Remove(field.Key);
                }
            }
        }
        else if (tree is ListTree list)
        {
            list.Items.ForEach(item => WithoutNulls(item));
        }

        return tree is NullTree ? null : tree;
    }
}
