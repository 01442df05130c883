using System.IO.Pipelines;
using System.Text;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Wire;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Http;

/// <summary>Writes lists: as JSON by copying each object's bytes straight into the connection's buffer.</summary>
internal static class ListWriter
{
    /// <summary>How much is written before the connection gets a chance to send and to push back.</summary>
    private const int FlushBytes = 64 * 1024;

    /// <summary>Writes a page as JSON, item by item, so that memory does not grow with the list.</summary>
    public static async Task WriteJsonAsync(HttpContext http, Stream? compressed, ApiKind kind, ObjectPage page)
    {
        PipeWriter body = compressed is null ? http.Response.BodyWriter : PipeWriter.Create(compressed, new StreamPipeWriterOptions(leaveOpen: true));
        Write(body, Encoding.UTF8.GetBytes($"{{\"kind\":\"{kind.Info.Kind}List\",\"apiVersion\":\"{kind.Info.ApiVersion}\",\"metadata\":{Meta(page)},\"items\":["));
        int skip = TypePrefix(kind).Length;
        bool converts = kind.Stored != kind;
        bool first = true;
        int pending = 0;
        foreach (StoredObject obj in page.Items)
        {
            if (!first)
            {
                Write(body, ","u8);
            }

            first = false;
            if (converts)
            {
                byte[] json = AnswerWriter.Json(kind.FromStored(obj.Record).WriteJson);
                Write(body, "{"u8);
                Write(body, json.AsSpan(1 + skip));
                pending += json.Length;
            }
            else
            {
                int size = obj.Size;
                body.Advance(obj.CopyTo(body.GetSpan(size), skip));
                pending += size;
            }

            if (pending >= FlushBytes)
            {
                pending = 0;
                FlushResult flushed = await body.FlushAsync(http.RequestAborted);
                if (flushed.IsCompleted)
                {
                    return;
                }
            }
        }

        Write(body, "]}"u8);
        await body.FlushAsync(http.RequestAborted);
    }

    /// <summary>The whole page as a protobuf envelope.</summary>
    public static byte[] Protobuf(ApiKind kind, ObjectPage page) => ProtoEnvelope.Write(kind.Info.ApiVersion, kind.Info.Kind + "List", proto =>
    {
        List<StoredObject> items = [.. page.Items];
        for (int i = items.Count - 1; i >= 0; i--)
        {
            int mark = proto.Length;
            if (kind.Stored == kind)
            {
                proto.Raw(items[i].ProtoMessage);
            }
            else
            {
                kind.FromStored(items[i].Record).WriteProto(proto);
            }

            proto.Header(2, mark);
        }

        int meta = proto.Length;
        MetaOf(page).WriteProto(proto);
        proto.Header(1, meta);
    });

    /// <summary>The list's metadata as JSON.</summary>
    public static string Meta(ObjectPage page) => Encoding.UTF8.GetString(AnswerWriter.Json(MetaOf(page).WriteJson));

    /// <summary>The list's metadata.</summary>
    public static ListMeta MetaOf(ObjectPage page) => new()
    {
        ResourceVersion = page.Revision == 0 ? "" : page.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Continue = page.Continue,
        RemainingItemCount = page.Remaining,
    };

    /// <summary>What a stored object begins with behind its brace, and items of lists leave out.</summary>
    public static string TypePrefix(ApiKind kind) => $"\"kind\":\"{kind.Info.Kind}\",\"apiVersion\":\"{kind.Info.ApiVersion}\",";

    private static void Write(PipeWriter body, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(body.GetSpan(bytes.Length));
        body.Advance(bytes.Length);
    }
}
