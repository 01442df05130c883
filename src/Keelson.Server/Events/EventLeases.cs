using Keelson.Store;

namespace Keelson.Server.Events;

/// <summary>
/// The leases that events hang on, so that they go away on their own. One lease serves many events: a lease lives a
/// little longer than events are to, and is used until that little is over.
/// </summary>
internal sealed class EventLeases(IStore store, TimeSpan timeToLive, TimeProvider clock)
{
    /// <summary>How much longer an event may live than it should: a twentieth, and a minute at most, as
    /// upstream.</summary>
    private const long LongestReuseSeconds = 60;
    private const int MostEvents = 1000;

    private readonly long _seconds = (long)timeToLive.TotalSeconds;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private long _id;
    private DateTimeOffset _end;
    private int _events;

    /// <summary>The lease for an event that is written now; 0 when events are kept for good.</summary>
    public async ValueTask<long> TakeAsync(CancellationToken cancellationToken)
    {
        if (_seconds <= 0)
        {
            return 0;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            DateTimeOffset now = clock.GetUtcNow();
            bool lastsLongEnough = now.AddSeconds(_seconds) < _end;
            if (lastsLongEnough && ++_events <= MostEvents)
            {
                return _id;
            }

            long seconds = _seconds + Math.Min(_seconds / 20, LongestReuseSeconds);
            _id = (await store.Leases.GrantAsync(seconds, 0, cancellationToken)).Id;
            _end = now.AddSeconds(seconds);
            _events = 1;
            return _id;
        }
        finally
        {
            _turn.Release();
        }
    }
}
