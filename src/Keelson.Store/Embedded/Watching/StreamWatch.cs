using Keelson.Store.Embedded.Index;

namespace Keelson.Store.Embedded.Watching;

/// <summary>Where a watch that somebody reads stands.</summary>
internal enum StreamWatchState
{
    /// <summary>No event it wants lies before it: the writer names the place when there is one.</summary>
    Synced,

    /// <summary>It reads the history from its cursor on; the writer leaves it alone.</summary>
    Behind,

    /// <summary>It is over: compacted, closed by its reader, or lost with the store.</summary>
    Ended,
}

/// <summary>
/// A watch that somebody reads. It has no queue: what it is to deliver stands in the history, and its reader fetches it
/// from there. So however slow the reader, nothing piles up and the writer does not wait.
/// </summary>
internal sealed class StreamWatch(WatchHub hub, WatchRequest request, long startRevision)
    : Watcher(request, startRevision), IStoreWatch
{
    private readonly SemaphoreSlim _signal = new(0);

    // The rest is guarded by the hub's lock.

    public StreamWatchState State { get; set; } = StreamWatchState.Synced;

    /// <summary>While behind: the next event to look at.</summary>
    public HistoryCursor Cursor { get; set; }

    /// <summary>Its reader is to be told how far it has come.</summary>
    public bool IsProgressWanted { get; set; }

    /// <summary>Once ended: the batch that says so, unless it ended otherwise.</summary>
    public WatchBatch? LastBatch { get; set; }

    /// <summary>Once ended: why there are no more batches.</summary>
    public Exception? EndReason { get; set; }

    public async ValueTask<WatchBatch> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryRead() is { } batch)
            {
                return batch;
            }
            await _signal.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The next batch if there is one now.</summary>
    public WatchBatch? TryRead() => hub.Read(this);

    public ValueTask DisposeAsync()
    {
        hub.Close(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Has the reader look again.</summary>
    public void Signal()
    {
        // One permit is enough to wake it; it looks at everything each time.
        if (_signal.CurrentCount == 0)
        {
            _signal.Release();
        }
    }
}
