using System.Buffers;
using System.Text;
using Keelson.Api.Kinds;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;

namespace Keelson.Server.Http;

/// <summary>
/// A form that lists are answered in. The objects are written one after the other, so that what a list takes of memory
/// does not grow with it.
/// </summary>
internal abstract class ListForm
{
    /// <summary>The form that a call negotiated.</summary>
    public static ListForm Of(ResourceCall call, ObjectPage page) => (call.Media.Conversion, call.Media.Format) switch
    {
        (Conversion.None, WireFormat.Protobuf) => new ProtoListForm(call.Kind, page, call.Aborted),
        (Conversion.None, _) => new JsonListForm(call.Kind, page),
        (Conversion.Table, _) => new TableListForm(call.Kind, page, call.TableForm, call.Now),
        (_, WireFormat.Protobuf) => new PartialProtoListForm(page, call.Media.ConversionVersion, call.Aborted),
        _ => new PartialListForm(page, call.Media.ConversionVersion),
    };

    /// <summary>Writes what comes before the objects.</summary>
    public abstract void Begin(IBufferWriter<byte> body);

    /// <summary>Writes an object; gives the number of bytes, about.</summary>
    public abstract int Item(IBufferWriter<byte> body, StoredObject obj, bool isFirst);

    /// <summary>Writes what comes behind the objects.</summary>
    public abstract void End(IBufferWriter<byte> body, bool isEmpty);

    protected static void Text(IBufferWriter<byte> body, string text)
    {
        Span<byte> span = body.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        body.Advance(Encoding.UTF8.GetBytes(text, span));
    }
}

/// <summary>The kind's own list: each object's JSON, copied.</summary>
internal sealed class JsonListForm(ApiKind kind, ObjectPage page) : ListForm
{
    private readonly int _skip = ListWriter.TypePrefix(kind).Length;

    /// <summary>True when items are copies of what is stored.</summary>
    public bool IsCopy { get; } = kind.Stored == kind;

    public override void Begin(IBufferWriter<byte> body) =>
        Text(body, $"{{\"kind\":\"{kind.Info.Kind}List\",\"apiVersion\":\"{kind.Info.ApiVersion}\",\"metadata\":{ListWriter.Meta(page)},\"items\":[");

    public override int Item(IBufferWriter<byte> body, StoredObject obj, bool isFirst)
    {
        if (!isFirst)
        {
            body.Write(","u8);
        }

        if (IsCopy)
        {
            return obj.Write(body, _skip) + 1;
        }

        byte[] json = AnswerWriter.Json(kind.FromStored(obj.Record).WriteJson);
        body.Write("{"u8);
        body.Write(json.AsSpan(1 + _skip));
        return json.Length;
    }

    public override void End(IBufferWriter<byte> body, bool isEmpty) => body.Write("]}"u8);
}

/// <summary>A table: each object's kept row, its ages filled in.</summary>
internal sealed class TableListForm(ApiKind kind, ObjectPage page, TableForm form, Time now) : ListForm
{
    public override void Begin(IBufferWriter<byte> body) =>
        body.Write(AnswerWriter.Json(json => MetadataForms.WriteTableHead(json, kind, ListWriter.Meta(page), form, withColumns: true)));

    public override int Item(IBufferWriter<byte> body, StoredObject obj, bool isFirst)
    {
        if (!isFirst)
        {
            body.Write(","u8);
        }

        return MetadataForms.WriteRow(body, kind, obj, form, now) + 1;
    }

    public override void End(IBufferWriter<byte> body, bool isEmpty) => body.Write("]}"u8);
}

/// <summary>PartialObjectMetadataList: each object's metadata, cut out of its JSON. Without items upstream shows
/// null.</summary>
internal sealed class PartialListForm(ObjectPage page, string version) : ListForm
{
    private readonly byte[] _head =
        Encoding.UTF8.GetBytes(
            $"{{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/{version}\",\"metadata\":");

    public override void Begin(IBufferWriter<byte> body) =>
        Text(body, $"{{\"kind\":\"PartialObjectMetadataList\",\"apiVersion\":\"meta.k8s.io/{version}\",\"metadata\":{ListWriter.Meta(page)},\"items\":");

    public override int Item(IBufferWriter<byte> body, StoredObject obj, bool isFirst)
    {
        body.Write(isFirst ? "["u8 : ","u8);
        body.Write(_head);
        int written = obj.WriteMetadata(body);
        body.Write("}"u8);
        return written + _head.Length + 2;
    }

    public override void End(IBufferWriter<byte> body, bool isEmpty) => body.Write(isEmpty ? "null}"u8 : "]}"u8);
}
