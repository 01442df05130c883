using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Wire;
using Keelson.Machinery.Yaml;
using Keelson.Server.Metrics;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Http;

/// <summary>Writes a watch's events to its client until the time is up, the client goes, or falls too far
/// behind.</summary>
internal sealed class WatchStream(
    ResourceCall call, ObjectWatch watch, ListQuery query, ObjectStorage storage, ApiServerConfig config)
{
    private readonly TimeProvider _clock = config.Clock;

    /// <summary>Upstream sends a bookmark about every minute, and one shortly before the end.</summary>
    // Handed to the connection at once, so that it can hold the watch back.
    private const int FlushBytes = 64 * 1024;

    private static readonly TimeSpan BookmarkEvery = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan BookmarkBeforeEnd = TimeSpan.FromSeconds(2);

    /// <summary>Thirty days: longer than any connection lasts, and no timer overflows.</summary>
    private const long LongestSeconds = 30 * 24 * 3600;

    /// <summary>How long after its end a watch may still be busy with a write.</summary>
    private static readonly TimeSpan StuckGrace = TimeSpan.FromSeconds(5);

    private readonly PipeWriter _body = call.Http.Response.BodyWriter;
    private readonly WatchSeries? _series = call.Http.Features.Get<WatchSeries>();
    private readonly BlockWriter _blocks = new(call.Http.Response.BodyWriter);
    private Task? _timer;
    private TimeSpan _timerAt;
    private bool _columnsSent;

    /// <summary>A stream with one error event.</summary>
    public static async Task WriteErrorAsync(ResourceCall call, Status error)
    {
        call.Http.Response.StatusCode = 200;
        call.Http.Response.ContentType = call.Media.StreamContentType;
        PipeWriter body = call.Http.Response.BodyWriter;
        if (call.Media.Format == WireFormat.Protobuf)
        {
            WatchFrames.WriteError(body, error);
        }
        else
        {
            body.Write("{\"type\":\"ERROR\",\"object\":"u8);
            body.Write(AnswerWriter.Json(error.WriteJson));
            body.Write("}\n"u8);
        }

        await body.FlushAsync(call.Aborted);
    }

    /// <summary>Runs the watch.</summary>
    public async Task RunAsync()
    {
        call.Http.Response.StatusCode = 200;
        call.Http.Response.ContentType = call.Media.StreamContentType;
        await call.Http.Response.StartAsync(call.Aborted);
        await _body.FlushAsync(call.Aborted);
        long start = _clock.GetTimestamp();

        // Less than no time is over once what there is has been sent.
        TimeSpan lasts = query.TimeoutSeconds is { } seconds and not 0
            ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, LongestSeconds))
            : DefaultTimeout();
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted);

        // A client that reads nothing holds the stream in a write; it must not hold it longer than any other.
        using CancellationTokenSource stuck = new(lasts + StuckGrace, _clock);
        await using CancellationTokenRegistration cut = stuck.Token.UnsafeRegister(
            static http => ((HttpContext)http!).Abort(), call.Http);
        try
        {
            await RunAsync(start, lasts, over.Token);
        }
        finally
        {
            // The timer of the next bookmark goes with the watch.
            await over.CancelAsync();
        }
    }

    private async Task RunAsync(long start, TimeSpan lasts, CancellationToken over)
    {
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

            TimeSpan elapsed = _clock.GetElapsedTime(start);
            if (elapsed >= lasts)
            {
                return;
            }

            if (watch.HasMore)
            {
                continue;
            }

            watch.AdvanceTo(seen);

            if (query.AllowBookmarks && elapsed >= nextBookmark)
            {
                if (!await WriteAsync([new WatchItem(WatchEventType.Bookmark, null, watch.Revision)]))
                {
                    return;
                }

                nextBookmark = NextBookmark(elapsed, lasts);
            }

            await WaitAsync(
                changed, query.AllowBookmarks && nextBookmark < lasts ? nextBookmark : lasts, elapsed, over);
        }
    }

    private static TimeSpan NextBookmark(TimeSpan elapsed, TimeSpan lasts)
    {
        TimeSpan regular = elapsed + BookmarkEvery;
        TimeSpan last = lasts - BookmarkBeforeEnd;
        return regular < last || elapsed >= last ? regular : last > elapsed ? last : regular;
    }

    /// <summary>Watches without a timeout end at different times, so that clients spread over servers again.</summary>
    private TimeSpan DefaultTimeout() => config.Limits.MinRequestTimeout * (1 + config.Random.NextDouble());

    /// <summary>Waits for a change, or for the time of a bookmark or of the end, which is one timer for many
    /// changes.</summary>
    private Task WaitAsync(Task changed, TimeSpan until, TimeSpan elapsed, CancellationToken over)
    {
        if (_timer is null || _timer.IsCompleted || _timerAt != until)
        {
            _timer = Task.Delay(until - elapsed, _clock, over);
            _timerAt = until;
        }

        return Task.WhenAny(changed, _timer);
    }

    /// <summary>Writes events and hands them to the connection; false when the client is gone.</summary>
    private async ValueTask<bool> WriteAsync(List<WatchItem> items)
    {
        int waiting = 0;
        foreach (WatchItem item in items)
        {
            if (item.Type == WatchEventType.Bookmark && !query.AllowBookmarks)
            {
                continue;
            }

            int size = item.Object is { } obj ? Write(item.Type, obj) : WriteBookmark(item);
            _series?.Sent(size);
            waiting += size;
            if (waiting >= FlushBytes)
            {
                // What a watch begins with may be all that there is: who does not read it must not fill the memory.
                waiting = 0;
                if (!await FlushAsync())
                {
                    return false;
                }
            }
        }

        return waiting == 0 || await FlushAsync();
    }

    private async ValueTask<bool> FlushAsync()
    {
        _blocks.Commit();
        FlushResult flushed = await _body.FlushAsync(call.Aborted);
        return !flushed.IsCompleted && !flushed.IsCanceled;
    }

    /// <summary>Writes an event about an object; gives the number of bytes.</summary>
    private int Write(WatchEventType type, StoredObject obj)
    {
        string version = call.Media.ConversionVersion;
        if (call.Media.Format == WireFormat.Protobuf)
        {
            return call.Media.Conversion == Conversion.None
                ? WatchFrames.Write(_blocks, NameOf(type), call.Kind, obj)
                : WatchFrames.WritePartial(_blocks, NameOf(type), obj.DecodeMetadata(withManagedFields: true), version);
        }

        if (call.Media.Format == WireFormat.Yaml)
        {
            using PooledBuffer json = new(16 * 1024);
            WriteJson(json, type, obj);
            return Copy(YamlWriter.Write(TreeReader.Read(json.Written.Span)));
        }

        return WriteJson(_blocks, type, obj);
    }

    private int WriteJson(IBufferWriter<byte> body, WatchEventType type, StoredObject obj)
    {
        ReadOnlySpan<byte> head = type switch
        {
            WatchEventType.Added => "{\"type\":\"ADDED\",\"object\":"u8,
            WatchEventType.Modified => "{\"type\":\"MODIFIED\",\"object\":"u8,
            _ => "{\"type\":\"DELETED\",\"object\":"u8,
        };
        body.Write(head);
        int written = head.Length + 2;
        switch (call.Media.Conversion)
        {
            case Conversion.None when call.Kind.Stored == call.Kind:
                written += obj.Write(body);
                break;
            case Conversion.None:
                byte[] converted = AnswerWriter.Json(call.Kind.FromStored(obj.Record).WriteJson);
                body.Write(converted);
                written += converted.Length;
                break;
            case Conversion.Table:
                body.Write(TableHead(obj.Revision));
                written += MetadataForms.WriteRow(body, call.Kind, obj, call.TableForm, Time.Now(_clock));
                body.Write("]}"u8);
                break;
            default:
                body.Write(Encoding.ASCII.GetBytes($"{{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/{call.Media.ConversionVersion}\",\"metadata\":"));
                written += obj.WriteMetadata(body);
                body.Write("}"u8);
                break;
        }

        body.Write("}\n"u8);
        return written;
    }

    /// <summary>A table's columns are told once.</summary>
    private byte[] TableHead(long revision)
    {
        string meta = string.Create(CultureInfo.InvariantCulture, $"{{\"resourceVersion\":\"{revision}\"}}");
        bool withColumns = !_columnsSent;
        _columnsSent = true;
        return AnswerWriter.Json(
            json => MetadataForms.WriteTableHead(json, call.Kind, meta, call.TableForm, withColumns));
    }

    private int WriteBookmark(WatchItem item)
    {
        IObject bookmark = BookmarkOf(item);
        if (call.Media.Format == WireFormat.Protobuf)
        {
            return call.Media.Conversion == Conversion.None
                ? WatchFrames.Write(_blocks, "BOOKMARK", bookmark)
                : WatchFrames.WritePartial(_blocks, "BOOKMARK", bookmark.Metadata, call.Media.ConversionVersion);
        }

        byte[] json = AnswerWriter.Json(one =>
        {
            one.Raw("{\"type\":\"BOOKMARK\",\"object\":"u8);
            switch (call.Media.Conversion)
            {
                case Conversion.None:
                    bookmark.WriteJson(one);
                    break;
                case Conversion.Table:
                    one.Raw(TableHead(item.Revision));
                    one.Raw("]}"u8);
                    break;
                default:
                    MetadataForms.WritePartial(one, bookmark.Metadata, call.Media.ConversionVersion);
                    break;
            }

            one.Raw("}\n"u8);
        });
        return Copy(call.Media.Format == WireFormat.Yaml ? YamlWriter.Write(TreeReader.Read(json)) : json);
    }

    private int Copy(ReadOnlySpan<byte> bytes)
    {
        _blocks.Write(bytes);
        return bytes.Length;
    }

    private static string NameOf(WatchEventType type) => type switch
    {
        WatchEventType.Added => "ADDED",
        WatchEventType.Modified => "MODIFIED",
        _ => "DELETED",
    };

    private IObject BookmarkOf(WatchItem item)
    {
        IObject empty = call.Kind.DecodeJson("{}"u8);
        ObjectMeta meta =
            ObjectMeta.Empty with { ResourceVersion = item.Revision.ToString(CultureInfo.InvariantCulture) };
        if (item.EndsInitial)
        {
            meta = meta with { Annotations = ApiMap<string>.Empty.With("k8s.io/initial-events-end", "true") };
        }

        return empty.WithMetadata(meta);
    }
}
