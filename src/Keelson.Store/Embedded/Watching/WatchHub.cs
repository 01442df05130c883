using Keelson.Store.Embedded.Index;

namespace Keelson.Store.Embedded.Watching;

/// <summary>
/// Publishes commits: lets readers see them, hands them to observers, wakes watches. One lock orders all of that; the
/// writer holds it for the moments that matching and the observers take, readers of watches only to change their state.
/// </summary>
internal sealed class WatchHub(StoreState state, Action<string>? onNotice)
{
    // A batch is cut, between revisions, when it has this many events, as upstream's API server cuts lists.
    private const int BatchEventsMax = 500;

    private readonly Lock _lock = new();
    private readonly List<Watcher> _found = [];
    private readonly List<ObserverWatch> _touched = [];
    private WatchTable _table = WatchTable.Empty;
    private StoreUnavailableException? _lost;
    private long _currentRevision = state.ReadableRevision;

    /// <summary>The newest revision that observers have been handed.</summary>
    public long CurrentRevision => Volatile.Read(ref _currentRevision);

    private EventHistory History => state.Index.History;

    /// <summary>Lets everything up to <paramref name="revision"/> be seen; its events begin at the mark.</summary>
    public void Publish(HistoryCursor mark, long revision)
    {
        lock (_lock)
        {
            History.Publish();
            state.ReadableRevision = revision;
            if (!_table.All.IsEmpty)
            {
                Dispatch(mark, revision);
            }
            Volatile.Write(ref _currentRevision, revision);
        }
    }

    /// <summary>Ends watches that have not read what is compacted now.</summary>
    public void OnCompacted(long revision)
    {
        lock (_lock)
        {
            foreach (Watcher watcher in _table.All)
            {
                if (watcher is StreamWatch { State: StreamWatchState.Behind } watch
                    && IsCompacted(watch.Cursor, revision))
                {
                    End(watch, CompactedBatch(revision));
                }
            }
        }
    }

    public IStoreWatch Open(WatchRequest request)
    {
        lock (_lock)
        {
            ThrowIfLost();
            StreamWatch watch = new(this, request, StartOf(request));
            if (watch.StartRevision < state.Index.FirstEventRevision)
            {
                End(watch, CompactedBatch(state.Index.FirstEventRevision));
                return watch;
            }
            if (watch.StartRevision <= state.ReadableRevision)
            {
                watch.State = StreamWatchState.Behind;
                watch.Cursor = History.Find(watch.StartRevision);
            }
            _table = _table.With(watch);
            return watch;
        }
    }

    /// <summary>Hands the observer what has happened, then makes it see what will.</summary>
    public IAsyncDisposable Observe(WatchRequest request, IStoreObserver observer)
    {
        ObserverWatch watch;
        HistoryCursor cursor;
        lock (_lock)
        {
            ThrowIfLost();
            watch = new ObserverWatch(this, request, StartOf(request), observer, onNotice);
            cursor = History.Find(watch.StartRevision);
        }
        // Nearly all of a long history without the lock; the writer goes on and makes a little more of it.
        if (watch.StartRevision < state.Index.FirstEventRevision || !TryCatchUp(watch, ref cursor))
        {
            watch.Deliver(CompactedBatch(state.Index.FirstEventRevision));
            watch.IsEnded = true;
            return watch;
        }
        lock (_lock)
        {
            ThrowIfLost();
            while (History.TryRead(ref cursor, out StoreEvent change))
            {
                if (watch.Wants(change))
                {
                    watch.Add(change);
                }
            }
            watch.Deliver(state.ReadableRevision);
            if (!watch.IsEnded)
            {
                _table = _table.With(watch);
            }
        }
        return watch;
    }

    /// <summary>What there is to read for a watch now; null if it has to wait for its signal.</summary>
    public WatchBatch? Read(StreamWatch watch)
    {
        while (true)
        {
            HistoryCursor cursor;
            lock (_lock)
            {
                if (watch.State == StreamWatchState.Ended)
                {
                    return watch.LastBatch ?? throw watch.EndReason!;
                }
                if (watch.State == StreamWatchState.Synced)
                {
                    return TakeProgress(watch);
                }
                cursor = watch.Cursor;
            }
            List<StoreEvent> events = [];
            long revision = Collect(watch, ref cursor, events);
            lock (_lock)
            {
                if (watch.State == StreamWatchState.Ended)
                {
                    continue;
                }
                watch.Cursor = cursor;
                if (History.IsAtEnd(cursor))
                {
                    watch.State = StreamWatchState.Synced;
                    watch.Cursor = default;
                    revision = state.ReadableRevision;
                }
            }
            if (events.Count > 0)
            {
                return new WatchBatch { Revision = revision, Events = [.. events] };
            }
        }
    }

    /// <summary>Has watches, all or those that want it from time to time, told how far they have come.</summary>
    public void RequestProgress(bool onlyPeriodic)
    {
        lock (_lock)
        {
            foreach (Watcher watcher in _table.All)
            {
                if (onlyPeriodic && !watcher.ProgressNotifications)
                {
                    continue;
                }
                if (watcher is ObserverWatch observer)
                {
                    observer.Deliver(state.ReadableRevision);
                }
                else if (watcher is StreamWatch watch)
                {
                    watch.IsProgressWanted = true;
                    watch.Signal();
                }
            }
        }
    }

    public void Close(Watcher watcher)
    {
        lock (_lock)
        {
            _table = _table.Without(watcher);
            if (watcher is ObserverWatch observer)
            {
                observer.IsEnded = true;
            }
            else if (watcher is StreamWatch { State: not StreamWatchState.Ended } watch)
            {
                watch.EndReason = new ObjectDisposedException(nameof(IStoreWatch));
                End(watch, null);
            }
        }
    }

    /// <summary>Ends every watch: the store goes away.</summary>
    public void Lose(StoreUnavailableException reason)
    {
        lock (_lock)
        {
            if (_lost is not null)
            {
                return;
            }
            _lost = reason;
            WatchTable table = _table;
            _table = WatchTable.Empty;
            foreach (Watcher watcher in table.All)
            {
                if (watcher is ObserverWatch observer)
                {
                    observer.Lose(reason);
                }
                else if (watcher is StreamWatch watch)
                {
                    watch.EndReason = reason;
                    End(watch, null);
                }
            }
        }
    }

    private static WatchBatch CompactedBatch(long revision) =>
        new() { Outcome = StoreOutcome.Compacted, CompactRevision = revision };

    private void Dispatch(HistoryCursor mark, long revision)
    {
        _touched.Clear();
        HistoryCursor cursor = mark;
        for (HistoryCursor place = cursor; History.TryRead(ref cursor, out StoreEvent change); place = cursor)
        {
            _found.Clear();
            _table.Find(change, _found);
            foreach (Watcher watcher in _found)
            {
                if (watcher is ObserverWatch observer)
                {
                    if (observer.Add(change))
                    {
                        _touched.Add(observer);
                    }
                }
                else if (watcher is StreamWatch { State: StreamWatchState.Synced } watch)
                {
                    watch.State = StreamWatchState.Behind;
                    watch.Cursor = place;
                    watch.Signal();
                }
            }
        }
        foreach (ObserverWatch observer in _touched)
        {
            observer.Deliver(revision);
        }
    }

    // The events a watch wants from the cursor on, whole revisions, and the revision they reach.
    private long Collect(Watcher watch, ref HistoryCursor cursor, List<StoreEvent> events)
    {
        long revision = 0;
        HistoryCursor ahead = cursor;
        while (History.TryRead(ref ahead, out StoreEvent change))
        {
            if (events.Count >= BatchEventsMax && change.Item.ModRevision != revision)
            {
                break;
            }
            revision = change.Item.ModRevision;
            if (watch.Wants(change))
            {
                events.Add(watch.Shape(change));
            }
            cursor = ahead;
        }
        return revision;
    }

    // False if compaction came first.
    private bool TryCatchUp(ObserverWatch watch, ref HistoryCursor cursor)
    {
        List<StoreEvent> events = [];
        while (true)
        {
            HistoryCursor before = cursor;
            events.Clear();
            long revision = Collect(watch, ref cursor, events);
            if (IsCompacted(before, state.Index.CompactRevision))
            {
                return false;
            }
            if (events.Count > 0)
            {
                watch.Deliver(new WatchBatch { Revision = revision, Events = [.. events] });
            }
            if (events.Count < BatchEventsMax || watch.IsEnded)
            {
                return true;
            }
        }
    }

    private bool IsCompacted(HistoryCursor cursor, long compactRevision) =>
        History.TryRead(ref cursor, out StoreEvent next) && next.Item.ModRevision < compactRevision;

    private WatchBatch? TakeProgress(StreamWatch watch)
    {
        if (!watch.IsProgressWanted)
        {
            return null;
        }
        watch.IsProgressWanted = false;
        return new WatchBatch { Revision = state.ReadableRevision };
    }

    private void End(StreamWatch watch, WatchBatch? lastBatch)
    {
        watch.State = StreamWatchState.Ended;
        watch.LastBatch = lastBatch;
        watch.Cursor = default;
        _table = _table.Without(watch);
        watch.Signal();
    }

    private long StartOf(in WatchRequest request) =>
        request.FromRevision > 0 ? request.FromRevision : state.ReadableRevision + 1;

    private void ThrowIfLost()
    {
        if (_lost is not null)
        {
            throw _lost;
        }
    }
}
