using System.Globalization;
using System.Threading.Channels;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Client.Events;

/// <summary>
/// Writes events about objects, as <c>kubectl describe</c> shows them. An event that happens again is counted on the
/// one that is there; many similar ones become one; an object that causes too many is heard less (upstream's
/// EventCorrelator and its numbers). Callers never wait: when writing can't keep up, events are lost.
/// </summary>
public sealed class EventRecorder : IAsyncDisposable
{
    private const int LongestQueue = 1000;

    private readonly Channel<Event> _queue = Channel.CreateBounded<Event>(
        new BoundedChannelOptions(LongestQueue) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly IApiClient _client;
    private readonly EventSource _source;
    private readonly TimeProvider _clock;
    private readonly EventCorrelator _correlator;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _writer;

    /// <summary>A recorder that writes until it is disposed.</summary>
    /// <param name="client">The identity to write with.</param>
    /// <param name="component">Who reports: <c>deployment-controller</c>.</param>
    /// <param name="host">The node it runs on; empty for the control plane.</param>
    /// <param name="clock">The clock.</param>
    public EventRecorder(IApiClient client, string component, string host, TimeProvider clock)
    {
        _client = client;
        _source = new EventSource { Component = component, Host = host };
        _clock = clock;
        _correlator = new(clock);
        _writer = Task.Run(WriteAsync);
    }

    /// <summary>Something that is as it should be.</summary>
    public void Normal(IObject about, string reason, string message) => Record(about, "Normal", reason, message);

    /// <summary>Something that somebody may have to look at.</summary>
    public void Warning(IObject about, string reason, string message) => Record(about, "Warning", reason, message);

    /// <summary>An event of a type.</summary>
    public void Record(IObject about, string type, string reason, string message) =>
        Record(ReferenceTo(about), type, reason, message);

    /// <summary>An event about something that is referred to, with a field path for instance.</summary>
    /// <param name="about">What it is about.</param>
    /// <param name="type">Normal or Warning.</param>
    /// <param name="reason">One word for what happened.</param>
    /// <param name="message">What happened, for people.</param>
    /// <param name="host">The node it happened on, where that is another than the recorder's.</param>
    /// <param name="annotations">What it carries for programs.</param>
    public void Record(
        ObjectReference about,
        string type,
        string reason,
        string message,
        string? host = null,
        ApiMap<string> annotations = default)
    {
        Time now = Time.Now(_clock);
        long ticks = (_clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks;
        string stamp = (ticks * TimeSpan.NanosecondsPerTick).ToString("x", CultureInfo.InvariantCulture);
        _queue.Writer.TryWrite(new Event
        {
            Metadata = ObjectMeta.Empty with
            {
                Name = $"{about.Name}.{stamp}",
                Namespace = about.Namespace.Length == 0 ? "default" : about.Namespace,
                Annotations = annotations,
            },
            InvolvedObject = about,
            Reason = reason,
            Message = message,
            FirstTimestamp = now,
            LastTimestamp = now,
            Count = 1,
            Type = type,
            Source = host is null ? _source : _source with { Host = host },
            ReportingComponent = _source.Component,
            ReportingInstance = host ?? _source.Host,
        });
    }

    /// <summary>A reference to an object.</summary>
    public static ObjectReference ReferenceTo(IObject obj) => new()
    {
        ApiVersion = obj.KindInfo.ApiVersion,
        Kind = obj.KindInfo.Kind,
        Namespace = obj.Metadata.Namespace,
        Name = obj.Metadata.Name,
        Uid = obj.Metadata.Uid,
        ResourceVersion = obj.Metadata.ResourceVersion,
    };

    /// <summary>Ends; what waits is lost.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _writer;
        _stop.Dispose();
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (Event one in _queue.Reader.ReadAllAsync(_stop.Token))
            {
                if (_correlator.Correlate(one) is { } correlated)
                {
                    await StoreAsync(correlated);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private async Task StoreAsync(Event one)
    {
        if (one.Count > 1)
        {
            ApiResult<Event> counted = await _client.ModifyAsync<Event>(
                one.Metadata.Namespace,
                one.Metadata.Name,
                stored => stored with { Count = one.Count, LastTimestamp = one.LastTimestamp, Message = one.Message },
                _stop.Token);
            if (counted.Error is not { Code: 404 })
            {
                return;
            }
        }

        ApiResult<Event> created = await _client.CreateAsync(
            one with { Metadata = one.Metadata with { ResourceVersion = "" } }, _stop.Token);
        if (created.TryGet(out Event? stored, out _))
        {
            _correlator.Stored(stored);
        }
    }
}
