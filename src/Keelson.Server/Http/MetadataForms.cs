using System.Text;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Wire;
using Keelson.Server.Storage;

namespace Keelson.Server.Http;

/// <summary>Objects in the forms that meta.k8s.io offers for all kinds: Table and PartialObjectMetadata.</summary>
internal static class MetadataForms
{
    /// <summary>Writes <c>PartialObjectMetadata</c>.</summary>
    public static void WritePartial(JsonBuffer json, ObjectMeta meta, string version)
    {
        json.Raw(Encoding.UTF8.GetBytes($"{{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/{version}\",\"metadata\":"));
        meta.WriteJson(json);
        json.Close();
    }

    /// <summary>Writes <c>PartialObjectMetadataList</c>; without items upstream shows null.</summary>
    public static void WritePartialList(JsonBuffer json, IEnumerable<ObjectMeta> items, string meta, string version)
    {
        json.Raw(Encoding.UTF8.GetBytes($"{{\"kind\":\"PartialObjectMetadataList\",\"apiVersion\":\"meta.k8s.io/{version}\",\"metadata\":{meta},\"items\":"));
        bool any = false;
        foreach (ObjectMeta item in items)
        {
            json.Raw(any ? (byte)',' : (byte)'[');
            any = true;
            WritePartial(json, item, version);
        }

        json.Raw(any ? "]}"u8 : "null}"u8);
    }

    /// <summary>Writes a <c>Table</c>.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="kind">The kind, for its columns.</param>
    /// <param name="rows">The objects.</param>
    /// <param name="meta">The list metadata as JSON.</param>
    /// <param name="form">Version and what each row carries.</param>
    /// <param name="context">For ages.</param>
    /// <param name="withColumns">False leaves the definitions out, as in all but the first event of a watch.</param>
    public static void WriteTable(
        JsonBuffer json, ApiKind kind, IEnumerable<IObject> rows, string meta, TableForm form, TableContext context, bool withColumns)
    {
        json.Raw(Encoding.UTF8.GetBytes($"{{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/{form.Version}\",\"metadata\":{meta},\"columnDefinitions\":"));
        if (withColumns)
        {
            WriteColumns(json, kind);
        }
        else
        {
            json.Null();
        }

        json.Raw(",\"rows\":["u8);
        bool first = true;
        foreach (IObject row in rows)
        {
            if (!first)
            {
                json.Raw((byte)',');
            }

            first = false;
            WriteRow(json, kind, row, form, context);
        }

        json.Raw("]}"u8);
    }

    private static void WriteColumns(JsonBuffer json, ApiKind kind)
    {
        json.OpenList();
        foreach (TableColumn column in kind.Columns)
        {
            json.Separate();
            json.Open();
            json.Name("\"name\":"u8);
            json.Value(column.Name);
            json.Name("\"type\":"u8);
            json.Value(column.Type);
            json.Name("\"format\":"u8);
            json.Value(column.Format);
            json.Name("\"description\":"u8);
            json.Value(column.Description);
            json.Name("\"priority\":"u8);
            json.Value((long)column.Priority);
            json.Close();
        }

        json.CloseList();
    }

    private static void WriteRow(JsonBuffer json, ApiKind kind, IObject row, TableForm form, TableContext context)
    {
        json.Raw("{\"cells\":["u8);
        object?[] cells = kind.Cells(row, context);
        for (int i = 0; i < cells.Length; i++)
        {
            if (i > 0)
            {
                json.Raw((byte)',');
            }

            WriteCell(json, cells[i]);
        }

        json.Raw("]"u8);
        if (kind.RowCondition(row) is { } condition)
        {
            WriteCondition(json, condition);
        }

        json.Raw(",\"object\":"u8);
        switch (form.Include)
        {
            case "None":
                json.Null();
                break;
            case "Object":
                row.WriteJson(json);
                break;
            default:
                WritePartial(json, row.Metadata, form.Version);
                break;
        }

        json.Close();
    }

    private static void WriteCondition(JsonBuffer json, TableRowCondition condition)
    {
        json.Raw(",\"conditions\":[{\"type\":"u8);
        json.Value(condition.Type);
        json.Raw(",\"status\":"u8);
        json.Value(condition.Status);
        json.Raw(",\"reason\":"u8);
        json.Value(condition.Reason);
        json.Raw(",\"message\":"u8);
        json.Value(condition.Message);
        json.Raw("}]"u8);
    }

    private static void WriteCell(JsonBuffer json, object? cell)
    {
        switch (cell)
        {
            case null:
                json.Null();
                break;
            case string text:
                json.Value(text);
                break;
            case bool truth:
                json.Value(truth);
                break;
            case double number:
                json.Value(number);
                break;
            case IFormattable number:
                json.Raw(Encoding.ASCII.GetBytes(number.ToString(null, System.Globalization.CultureInfo.InvariantCulture)));
                break;
            default:
                throw new InvalidOperationException($"A table cell can't be a {cell.GetType().Name}.");
        }
    }
}

/// <summary>How a table is written.</summary>
/// <param name="Version">The version of meta.k8s.io.</param>
/// <param name="Include">What each row carries: None, Metadata or Object.</param>
internal readonly record struct TableForm(string Version, string Include);
