using System.Buffers;
using System.Text;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;
using Keelson.Server.Storage;

namespace Keelson.Server.Http;

/// <summary>Objects in the forms that meta.k8s.io offers for all kinds: Table and PartialObjectMetadata.</summary>
internal static class MetadataForms
{
    // What TableContext.Mark becomes.
    private static ReadOnlySpan<byte> MarkInJson => "\\u0001\\u0001"u8;

    [ThreadStatic]
    private static JsonBuffer? scratch;

    /// <summary>Writes <c>PartialObjectMetadata</c>.</summary>
    public static void WritePartial(JsonBuffer json, ObjectMeta meta, string version)
    {
        json.Raw(Encoding.UTF8.GetBytes($"{{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/{version}\",\"metadata\":"));
        meta.WriteJson(json);
        json.Close();
    }

    /// <summary>Writes a <c>Table</c> of one object.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="kind">The kind, for its columns.</param>
    /// <param name="row">The object.</param>
    /// <param name="meta">The list metadata as JSON.</param>
    /// <param name="form">Version and what each row carries.</param>
    /// <param name="context">For ages.</param>
    public static void WriteTable(
        JsonBuffer json, ApiKind kind, IObject row, string meta, TableForm form, TableContext context)
    {
        WriteTableHead(json, kind, meta, form, withColumns: true);
        WriteRow(json, kind, row, form, context);
        json.Raw("]}"u8);
    }

    /// <summary>Writes a <c>Table</c> up to its first row; <c>]}</c> ends it.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="kind">The kind, for its columns.</param>
    /// <param name="meta">The list metadata as JSON.</param>
    /// <param name="form">Version and what each row carries.</param>
    /// <param name="withColumns">False leaves the definitions out, as in all but the first event of a watch.</param>
    public static void WriteTableHead(JsonBuffer json, ApiKind kind, string meta, TableForm form, bool withColumns)
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
    }

    /// <summary>Writes the row of a stored object, out of what is kept of it; gives the number of bytes.</summary>
    public static int WriteRow(IBufferWriter<byte> body, ApiKind kind, StoredObject obj, TableForm form, Time now)
    {
        bool isConverted = kind.Stored != kind && form.Include == "Object";
        if (isConverted || obj.Row(MakeRow) is not { } row)
        {
            return WriteRow(body, kind, kind.FromStored(obj.Record), form, new TableContext(now));
        }

        int written = row.Write(body, now);
        switch (form.Include)
        {
            case "None":
                body.Write("null}"u8);
                return written + 5;
            case "Object":
                written += obj.Write(body);
                body.Write("}"u8);
                return written + 1;
            default:
                body.Write(form.Version == "v1"
                    ? "{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":"u8
                    : "{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1beta1\",\"metadata\":"u8);
                written += obj.WriteMetadata(body);
                body.Write("}}"u8);
                return written + 80;
        }
    }

    private static int WriteRow(
        IBufferWriter<byte> body, ApiKind kind, IObject row, TableForm form, TableContext context)
    {
        JsonBuffer json = scratch ??= new(1024);
        json.Clear();
        WriteRow(json, kind, row, form, context);
        body.Write(json.Written);
        return json.Length;
    }

    /// <summary>The part of a row that can be kept: the cells with gaps for ages; null when they depend on the time
    /// otherwise.</summary>
    private static TableRow? MakeRow(ApiKind kind, IObject obj)
    {
        List<Time> ages = [];
        TableContext context = TableContext.WithMarks(ages);
        JsonBuffer json = scratch ??= new(1024);
        json.Clear();
        WriteCells(json, kind, obj, context);
        return context.UsesTime ? null : TableRow.TryCut(json.Written, MarkInJson, ages);
    }

    private static void WriteColumns(JsonBuffer json, ApiKind kind)
    {
        json.OpenList();
        foreach (TableColumn column in kind.Stored.Columns)
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

    /// <summary>
    /// Cells and metadata are those of the stored version, as upstream's are of its internal one: what an older version
    /// keeps in annotations is not seen here.
    /// </summary>
    private static void WriteRow(JsonBuffer json, ApiKind kind, IObject row, TableForm form, TableContext context)
    {
        IObject stored = kind.Stored == kind ? row : kind.ToStored(row);
        WriteCells(json, kind.Stored, stored, context);
        switch (form.Include)
        {
            case "None":
                json.Null();
                break;
            case "Object":
                row.WriteJson(json);
                break;
            default:
                WritePartial(json, stored.Metadata, form.Version);
                break;
        }

        json.Close();
    }

    /// <summary>Writes a row up to its object.</summary>
    private static void WriteCells(JsonBuffer json, ApiKind kind, IObject row, TableContext context)
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
                json.Raw(
                    Encoding.ASCII.GetBytes(number.ToString(null, System.Globalization.CultureInfo.InvariantCulture)));
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
