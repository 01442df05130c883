using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Machinery.Values;
using Keelson.Scheduler.Framework;
using Event = Keelson.Api.Events.V1.Event;

namespace Keelson.Scheduler.Events;

/// <summary>
/// Writes events of <c>events.k8s.io</c>. One that happens again about the same object, unchanged, becomes a series of
/// the first. Callers never wait: when writing can't keep up, events are lost.
/// </summary>
internal sealed class SchedulingEvents : IAsyncDisposable
{
    private const int LongestQueue = 8192;
    private const int Writers = 4;

    /// <summary>The longest note the API takes.</summary>
    private const int LongestNote = 1024;

    /// <summary>After six minutes without a repetition the next one is an event of its own.</summary>
    private static readonly TimeSpan SeriesEnd = TimeSpan.FromMinutes(6);

    private readonly Channel<Pending> _queue = Channel.CreateBounded<Pending>(
        new BoundedChannelOptions(LongestQueue) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly CancellationTokenSource _stop = new();
    private readonly IApiClient _client;
    private readonly string _host;
    private readonly TimeProvider _clock;
    private readonly EventSeriesCache _series = new(SeriesEnd);
    private readonly Task[] _writers;

    public SchedulingEvents(IApiClient client, string host, TimeProvider clock)
    {
        _client = client;
        _host = host;
        _clock = clock;
        _writers = [.. Enumerable.Range(0, Writers).Select(_ => Task.Run(WriteAsync))];
    }

    /// <summary>A sink for the events of one profile.</summary>
    public IEventSink For(string schedulerName) => new Sink(this, schedulerName);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_writers);
        _stop.Dispose();
    }

    private static string Cut(string note) =>
        note.Length <= LongestNote ? note : string.Concat(note.AsSpan(0, LongestNote - 4), " ...");

    private static ObjectReference ReferenceTo(IObject obj) => new()
    {
        ApiVersion = obj.KindInfo.ApiVersion,
        Kind = obj.KindInfo.Kind,
        Namespace = obj.Metadata.Namespace,
        Name = obj.Metadata.Name,
        Uid = obj.Metadata.Uid,
        ResourceVersion = obj.Metadata.ResourceVersion,
    };

    private Event EventOf(in Pending pending, DateTimeOffset now)
    {
        string stamp = ((now - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick)
            .ToString("x", CultureInfo.InvariantCulture);
        ObjectMeta about = pending.Regarding.Metadata;
        return Event.Empty with
        {
            Metadata = ObjectMeta.Empty with
            {
                Name = $"{about.Name}.{stamp}",
                Namespace = about.Namespace.Length == 0 ? "default" : about.Namespace,
            },
            EventTime = pending.At,
            Regarding = ReferenceTo(pending.Regarding),
            Related = pending.Related is null ? null : ReferenceTo(pending.Related),
            ReportingController = pending.Controller,
            ReportingInstance = $"{pending.Controller}-{_host}",
            Action = pending.Action,
            Reason = pending.Reason,
            Note = Cut(pending.Note),
            Type = pending.Type,
        };
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (Pending pending in _queue.Reader.ReadAllAsync(_stop.Token))
            {
                DateTimeOffset now = _clock.GetUtcNow();
                Event one = EventOf(pending, now);
                if (pending.Type != "Normal" && _series.Repeats(one, now, out Event? first, out int count))
                {
                    await CountAsync(first, count);
                }
                else
                {
                    await _client.CreateAsync(one, _stop.Token);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private async Task CountAsync(Event? first, int count)
    {
        // The series is opened by its second event; further ones are counted and written by the way.
        if (first is null)
        {
            return;
        }

        JsonObject patch = new()
        {
            ["series"] = new JsonObject
            {
                ["count"] = count,
                ["lastObservedTime"] = _clock.GetUtcNow().UtcDateTime
                    .ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
            },
        };
        await _client.PatchAsync<Event>(first.Metadata.Namespace, first.Metadata.Name, patch, _stop.Token);
    }

    private readonly record struct Pending(
        IObject Regarding, IObject? Related, string Controller, string Type, string Reason, string Action, string Note,
        MicroTime At);

    private sealed class Sink(SchedulingEvents events, string schedulerName) : IEventSink
    {
        public void Record(
            IObject regarding, IObject? related, string type, string reason, string action, string note) =>
            events._queue.Writer.TryWrite(
                new(regarding, related, schedulerName, type, reason, action, note, new(events._clock.GetUtcNow())));
    }
}
