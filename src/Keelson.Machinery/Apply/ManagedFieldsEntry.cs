using Keelson.Machinery.Trees;
using Keelson.Machinery.Values;

namespace Keelson.Machinery.Apply;

/// <summary>
/// One entry of <c>metadata.managedFields</c> as it is stored. The API record of the same name converts to and from it;
/// here it is so that machinery knows no kinds.
/// </summary>
public sealed record ManagedFieldsEntry
{
    /// <summary>The operation of an entry made by server-side apply.</summary>
    public const string Apply = "Apply";

    /// <summary>The operation of an entry made by any other write.</summary>
    public const string Update = "Update";

    /// <summary>Who wrote.</summary>
    public string Manager { get; init; } = "";

    /// <summary><see cref="Apply"/> or <see cref="Update"/>.</summary>
    public string Operation { get; init; } = "";

    /// <summary>The version of the object that the fields are named in.</summary>
    public string ApiVersion { get; init; } = "";

    /// <summary>When the manager last changed something; absent when it never did.</summary>
    public Time? Time { get; init; }

    /// <summary>Always <c>FieldsV1</c>.</summary>
    public string FieldsType { get; init; } = "";

    /// <summary>The fields.</summary>
    public RawJson FieldsV1 { get; init; }

    /// <summary>The subresource written through; empty for the main resource.</summary>
    public string Subresource { get; init; } = "";

    internal ManagerKey Key => new(Manager, Operation, Operation == Apply ? "" : ApiVersion, Subresource);

    /// <summary>Reads <c>metadata.managedFields</c> of an object; absent when it has none.</summary>
    public static ApiList<ManagedFieldsEntry> ReadFrom(ObjectTree tree) =>
        (tree["metadata"] as ObjectTree)?["managedFields"] is ListTree list
            ? list.Items.OfType<ObjectTree>().Select(Read).ToApiList()
            : default;

    /// <summary>Replaces <c>metadata.managedFields</c> of an object, which is removed for an absent list.</summary>
    public static void WriteTo(ObjectTree tree, ApiList<ManagedFieldsEntry> entries)
    {
        if (tree["metadata"] is not ObjectTree metadata)
        {
            tree["metadata"] = metadata = new();
        }

        metadata.Remove("managedFields");
        if (!entries.IsAbsent)
        {
            metadata["managedFields"] = new ListTree([.. entries.Select(static entry => entry.ToTree())]);
        }
    }

    /// <summary>The entry as a tree, fields in upstream's order.</summary>
    public ObjectTree ToTree()
    {
        ObjectTree tree = new(7);
        Set(tree, "manager", Manager);
        Set(tree, "operation", Operation);
        Set(tree, "apiVersion", ApiVersion);
        if (Time is { } time)
        {
            tree["time"] = new TextTree(time.ToString());
        }

        Set(tree, "fieldsType", FieldsType);
        if (!FieldsV1.IsAbsent)
        {
            tree["fieldsV1"] = TreeReader.Read(FieldsV1.AsSpan());
        }

        Set(tree, "subresource", Subresource);
        return tree;
    }

    private static ManagedFieldsEntry Read(ObjectTree tree) => new()
    {
        Manager = tree.TextAt("manager"),
        Operation = tree.TextAt("operation"),
        ApiVersion = tree.TextAt("apiVersion"),
        Time = Values.Time.TryParse(tree.TextAt("time"), out Time time) ? time : null,
        FieldsType = tree.TextAt("fieldsType"),
        FieldsV1 = tree["fieldsV1"] is { } fields and not NullTree ? new(fields.ToJson()) : default,
        Subresource = tree.TextAt("subresource"),
    };

    private static void Set(ObjectTree tree, string name, string value)
    {
        if (value.Length > 0)
        {
            tree[name] = new TextTree(value);
        }
    }
}

/// <summary>
/// What tells managers apart. An applier is the same whatever version it applies in, an updater is another one for
/// each.
/// </summary>
internal readonly record struct ManagerKey(string Manager, string Operation, string ApiVersion, string Subresource)
{
    public static ManagerKey For(string manager, string operation, string apiVersion, string subresource) => new(
        manager.Length == 0 ? "unknown" : manager,
        operation,
        operation == ManagedFieldsEntry.Apply ? "" : apiVersion,
        subresource);

    /// <summary>Upstream's identifier, a JSON text; managers are sorted by it.</summary>
    public string Identifier
    {
        get
        {
            Wire.JsonBuffer json = new(128);
            json.Open();
            Write(json, "manager", Manager);
            Write(json, "operation", Operation);
            Write(json, "apiVersion", ApiVersion);
            Write(json, "subresource", Subresource);
            json.Close();
            return System.Text.Encoding.UTF8.GetString(json.Written);
        }
    }

    /// <summary>How a conflict names the manager: <c>"kubectl" with subresource "scale" using apps/v1</c>.</summary>
    public override string ToString()
    {
        string text = Validation.GoText.Quote(Manager);
        text += Subresource.Length > 0 ? " with subresource " + Validation.GoText.Quote(Subresource) : "";
        return Operation == ManagedFieldsEntry.Update ? $"{text} using {ApiVersion}" : text;
    }

    private static void Write(Wire.JsonBuffer json, string name, string value)
    {
        if (value.Length > 0)
        {
            json.Key(name);
            json.Value(value);
        }
    }
}
