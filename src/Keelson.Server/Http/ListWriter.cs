using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Wire;
using Keelson.Machinery.Yaml;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Http;

/// <summary>Writes lists object by object, at the pace of the connection.</summary>
internal static class ListWriter
{
    /// <summary>How much is written before the connection gets a chance to send and to push back.</summary>
    private const int FlushBytes = 64 * 1024;

    /// <summary>Answers from this size on are compressed for clients that take gzip, as upstream does.</summary>
    private const int CompressedFrom = 128 * 1024;

    /// <summary>Writes a page in the form that was negotiated.</summary>
    public static async Task WriteAsync(ResourceCall call, ObjectPage page)
    {
        HttpContext http = call.Http;
        ListForm form = ListForm.Of(call, page);
        http.Response.StatusCode = 200;
        http.Response.ContentType = call.Media.Format switch
        {
            WireFormat.Protobuf => MediaType.Protobuf,
            WireFormat.Yaml => MediaType.Yaml,
            _ => MediaType.Json,
        };
        if (call.Media.Format == WireFormat.Yaml
            || (call.Media.Format == WireFormat.Json && AnswerWriter.IsPretty(http)))
        {
            await WriteForPeopleAsync(call, form, page);
        }
        else if (http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal))
        {
            await WriteCompressibleAsync(call, form, page);
        }
        else
        {
            await WritePlainAsync(http.Response.BodyWriter, form, page.Items, http.RequestAborted);
        }
    }

    /// <summary>The list's metadata as JSON.</summary>
    public static string Meta(ObjectPage page) => Encoding.UTF8.GetString(AnswerWriter.Json(MetaOf(page).WriteJson));

    /// <summary>The list's metadata.</summary>
    public static ListMeta MetaOf(ObjectPage page) => new()
    {
        ResourceVersion = page.Revision == 0
            ? ""
            : page.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Continue = page.Continue,
        RemainingItemCount = page.Remaining,
    };

    /// <summary>What a stored object begins with behind its brace, and items of lists leave out.</summary>
    public static string TypePrefix(ApiKind kind) =>
        $"\"kind\":\"{kind.Info.Kind}\",\"apiVersion\":\"{kind.Info.ApiVersion}\",";

    private static async Task WritePlainAsync(
        PipeWriter body, ListForm form, IEnumerable<StoredObject> items, CancellationToken aborted)
    {
        BlockWriter blocks = new(body);
        form.Begin(blocks);
        bool isFirst = true;
        int pending = 0;
        foreach (StoredObject obj in items)
        {
            pending += form.Item(blocks, obj, isFirst);
            isFirst = false;
            if (pending < FlushBytes)
            {
                continue;
            }

            pending = 0;
            blocks.Commit();
            FlushResult flushed = await body.FlushAsync(aborted);
            if (flushed.IsCompleted)
            {
                return;
            }
        }

        form.End(blocks, isFirst);
        blocks.Commit();
        await body.FlushAsync(aborted);
    }

    /// <summary>YAML and indented JSON are made of the whole document.</summary>
    private static Task WriteForPeopleAsync(ResourceCall call, ListForm form, ObjectPage page)
    {
        JsonBuffer json = new(16 * 1024);
        form.Begin(json);
        bool isFirst = true;
        foreach (StoredObject obj in page.Items)
        {
            form.Item(json, obj, isFirst);
            isFirst = false;
        }

        form.End(json, isFirst);
        return AnswerWriter.WriteBytesAsync(call.Http, 200, json.ToArray(), call.Media.Format);
    }

    /// <summary>Begins in memory; what grows beyond the limit goes on compressed.</summary>
    private static async Task WriteCompressibleAsync(ResourceCall call, ListForm form, ObjectPage page)
    {
        HttpContext http = call.Http;
        using PooledBuffer start = new(CompressedFrom + FlushBytes);
        form.Begin(start);
        bool isFirst = true;
        using IEnumerator<StoredObject> items = page.Items.GetEnumerator();
        while (start.Length < CompressedFrom && items.MoveNext())
        {
            form.Item(start, items.Current, isFirst);
            isFirst = false;
        }

        bool isAll = start.Length < CompressedFrom;
        if (isAll)
        {
            form.End(start, isFirst);
        }

        if (start.Length < CompressedFrom)
        {
            await http.Response.BodyWriter.WriteAsync(start.Written, http.RequestAborted);
            return;
        }

        http.Response.Headers.ContentEncoding = "gzip";
        http.Response.Headers.Vary = "Accept-Encoding";
        if (page.Items is ObjectRange range && form is JsonListForm { IsCopy: true })
        {
            await new GzipListWriter(http.Response.BodyWriter, TypePrefix(call.Kind).Length, http.RequestAborted)
                .WriteAsync(form, range);
            return;
        }

        await WriteCompressedAsync(http, form, start, isAll ? null : items);
    }

    private static async Task WriteCompressedAsync(
        HttpContext http, ListForm form, PooledBuffer buffer, IEnumerator<StoredObject>? items)
    {
        await using GZipStream gzip = new(
            http.Response.BodyWriter.AsStream(leaveOpen: true), CompressionLevel.Fastest, leaveOpen: true);
        while (items?.MoveNext() == true)
        {
            form.Item(buffer, items.Current, false);
            if (buffer.Length >= FlushBytes)
            {
                await gzip.WriteAsync(buffer.Written, http.RequestAborted);
                buffer.Clear();
            }
        }

        if (items is not null)
        {
            form.End(buffer, false);
        }

        await gzip.WriteAsync(buffer.Written, http.RequestAborted);
    }
}
