using System.Buffers.Binary;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Wire;
using Keelson.Server.Metrics;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Http;

/// <summary>Writes a watch's events to its client until the time is up, the client goes, or falls too far behind.</summary>
internal sealed class WatchStream(ResourceCall call, ObjectWatch watch, ListQuery query, ObjectStorage storage, ApiServerConfig config)
{
    /// <summary>Watches without a timeout end after 30 to 60 minutes, so that clients spread over servers again.</summary>
    private readonly TimeProvider clock = config.Clock;

    /// <summary>Upstream sends a bookmark about every minute, and one shortly before the end.</summary>
    private static readonly TimeSpan BookmarkEvery = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan BookmarkBeforeEnd = TimeSpan.FromSeconds(2);

    private readonly PipeWriter _body = call.Http.Response.BodyWriter;
    private readonly WatchSeries? _series = call.Http.Features.Get<WatchSeries>();
    private bool _columnsSent;

    /// <summary>A stream with one error event.</summary>
    public static async Task WriteErrorAsync(ResourceCall call, Status error)
    {
        call.Http.Response.StatusCode = 200;
        call.Http.Response.ContentType = call.Media.StreamContentType;
        byte[] bytes = call.Media.Format == WireFormat.Protobuf
            ? Frame("ERROR", ProtoEnvelope.Write("v1", "Status", error.WriteProto))
            : AnswerWriter.Json(json =>
            {
                json.Raw("{\"type\":\"ERROR\",\"object\":"u8);
                error.WriteJson(json);
                json.Raw("}\n"u8);
            });
        await call.Http.Response.BodyWriter.WriteAsync(bytes, call.Aborted);
    }

    /// <summary>Runs the watch.</summary>
    public async Task RunAsync()
    {
        call.Http.Response.StatusCode = 200;
        call.Http.Response.ContentType = call.Media.StreamContentType;
        await call.Http.Response.StartAsync(call.Aborted);
        await _body.FlushAsync(call.Aborted);
        long start = clock.GetTimestamp();
        TimeSpan lasts = query.TimeoutSeconds is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : DefaultTimeout();
        TimeSpan nextBookmark = NextBookmark(TimeSpan.Zero, lasts);
        List<WatchItem> items = [];
        while (!call.Aborted.IsCancellationRequested)
        {
            Task changed = watch.Changed;
            long seen = storage.Revision;
            items.Clear();
            watch.Read(items);
            if (watch.IsLost)
            {
                // The client was too slow for what the server keeps. It will list again.
                return;
            }

            if (items.Count > 0 && !await WriteAsync(items))
            {
                return;
            }

            if (watch.HasMore)
            {
                continue;
            }

            watch.AdvanceTo(seen);
            TimeSpan elapsed = clock.GetElapsedTime(start);
            if (elapsed >= lasts)
            {
                return;
            }

            if (query.AllowBookmarks && elapsed >= nextBookmark)
            {
                if (!await WriteAsync([new WatchItem(WatchEventType.Bookmark, null, watch.Revision)]))
                {
                    return;
                }

                nextBookmark = NextBookmark(elapsed, lasts);
            }

            TimeSpan wait = (query.AllowBookmarks && nextBookmark < lasts ? nextBookmark : lasts) - elapsed;
            await WaitAsync(changed, wait);
        }
    }

    private static TimeSpan NextBookmark(TimeSpan elapsed, TimeSpan lasts)
    {
        TimeSpan regular = elapsed + BookmarkEvery;
        TimeSpan last = lasts - BookmarkBeforeEnd;
        return regular < last || elapsed >= last ? regular : last > elapsed ? last : regular;
    }

    private static byte[] Frame(string type, byte[] envelope)
    {
        ProtoBuffer proto = new(envelope.Length + 32);

        // WatchEvent{type = 1, object = 2: RawExtension{raw = 1: envelope}}, itself in an envelope, after its length.
        byte[] framed = ProtoEnvelope.Write("v1", "WatchEvent", one =>
        {
            int extension = one.Length;
            int raw = one.Length;
            one.Raw(envelope);
            one.Header(1, raw);
            one.Header(2, extension);
            one.Field(1, type);
        });
        proto.Raw(framed);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, framed.Length);
        proto.Raw(length);
        return proto.ToArray();
    }

    private TimeSpan DefaultTimeout() => config.Limits.MinRequestTimeout * (1 + Random.Shared.NextDouble());

    private async Task WaitAsync(Task changed, TimeSpan wait)
    {
        try
        {
            await changed.WaitAsync(wait, clock, call.Aborted);
        }
        catch (TimeoutException)
        {
            // The time of a bookmark or of the end has come.
        }
        catch (OperationCanceledException)
        {
            // The client is gone; the loop sees it.
        }
    }

    /// <summary>Writes events and hands them to the connection; false when the client is gone.</summary>
    private async ValueTask<bool> WriteAsync(List<WatchItem> items)
    {
        foreach (WatchItem item in items)
        {
            if (item.Type == WatchEventType.Bookmark && !query.AllowBookmarks)
            {
                continue;
            }

            if (item.Object is { } obj && call.Media is { Conversion: Conversion.None, Format: WireFormat.Json } && call.Kind.Stored == call.Kind)
            {
                WriteJson(item.Type, obj);
            }
            else
            {
                Write(Encode(item));
            }
        }

        FlushResult flushed = await _body.FlushAsync(call.Aborted);
        return !flushed.IsCompleted && !flushed.IsCanceled;
    }

    private void WriteJson(WatchEventType type, StoredObject obj)
    {
        ReadOnlySpan<byte> head = type switch
        {
            WatchEventType.Added => "{\"type\":\"ADDED\",\"object\":"u8,
            WatchEventType.Modified => "{\"type\":\"MODIFIED\",\"object\":"u8,
            _ => "{\"type\":\"DELETED\",\"object\":"u8,
        };
        Span<byte> span = _body.GetSpan(head.Length + obj.Size + 2);
        head.CopyTo(span);
        int at = head.Length;
        at += obj.CopyTo(span[at..]);
        span[at++] = (byte)'}';
        span[at++] = (byte)'\n';
        _body.Advance(at);
        _series?.Sent(at);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_body.GetSpan(bytes.Length));
        _body.Advance(bytes.Length);
        _series?.Sent(bytes.Length);
    }

    private byte[] Encode(WatchItem item)
    {
        string type = item.Type switch
        {
            WatchEventType.Added => "ADDED",
            WatchEventType.Modified => "MODIFIED",
            WatchEventType.Deleted => "DELETED",
            _ => "BOOKMARK",
        };
        IObject? record = item.Object is null ? BookmarkOf(item) : call.Kind.FromStored(item.Object.Record);
        if (call.Media.Format == WireFormat.Protobuf)
        {
            byte[] envelope = call.Media.Conversion == Conversion.None
                ? ProtoEnvelope.Write(record)
                : ProtoEnvelope.Write(new PartialObjectMetadata { Metadata = record.Metadata });
            return Frame(type, envelope);
        }

        byte[] json = AnswerWriter.Json(one =>
        {
            one.Raw(Encoding.ASCII.GetBytes($"{{\"type\":\"{type}\",\"object\":"));
            WriteObject(one, item, record);
            one.Raw("}\n"u8);
        });
        return call.Media.Format == WireFormat.Yaml ? Keelson.Machinery.Yaml.YamlWriter.Write(Keelson.Machinery.Trees.TreeReader.Read(json)) : json;
    }

    private void WriteObject(JsonBuffer json, WatchItem item, IObject record)
    {
        switch (call.Media.Conversion)
        {
            case Conversion.None when item.Object is null:
                WriteBookmark(json, item);
                break;
            case Conversion.None:
                record.WriteJson(json);
                break;
            case Conversion.Table:
                string meta = $"{{\"resourceVersion\":\"{record.Metadata.ResourceVersion}\"}}";
                MetadataForms.WriteTable(
                    json, call.Kind, item.Object is null ? [] : [record], meta, call.TableForm, new(Time.Now(clock)), !_columnsSent);
                _columnsSent = true;
                break;
            default:
                MetadataForms.WritePartial(json, record.Metadata, call.Media.ConversionVersion);
                break;
        }
    }

    private IObject BookmarkOf(WatchItem item)
    {
        IObject empty = call.Kind.DecodeJson("{}"u8);
        ObjectMeta meta = ObjectMeta.Empty with { ResourceVersion = item.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        if (item.EndsInitial)
        {
            meta = meta with { Annotations = ApiMap<string>.Empty.With("k8s.io/initial-events-end", "true") };
        }

        return empty.WithMetadata(meta);
    }

    private void WriteBookmark(JsonBuffer json, WatchItem item) => BookmarkOf(item).WriteJson(json);
}
