using Keelson.Store.Etcd.Protos;

namespace Keelson.Store.Etcd.Watching;

/// <summary>
/// One watch over the shared stream. The reader uses <see cref="IStoreWatch"/>'s members; all others belong to the
/// multiplexer, which calls them under its lock.
/// </summary>
internal sealed class EtcdWatch(WatchMultiplexer multiplexer, WatchRequest request, TimeProvider time) : IStoreWatch
{
    // Above this the reader is behind, and etcd keeps its events until it has caught up.
    private const long QueuedBytesMax = 16L << 20;

    // etcd looks every 100 ms for watches that are behind: after this much silence they have what there is.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(250);

    private readonly BatchQueue queue = new();
    private readonly List<StoreEvent> fragments = [];
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long heldProgress;
    private long heldSince;
    private volatile bool suspended;

    public WatchRequest Request { get; } = request;

    /// <inheritdoc/>
    public long StartRevision { get; private set; }

    /// <summary>Completes when etcd has the watch for the first time.</summary>
    public Task Opened => opened.Task;

    /// <summary>The watch's number on the stream as it is now; 0: not on it.</summary>
    public long Id { get; set; }

    /// <summary>Where to go on when the watch is made again: behind all that came. 0: now, wherever that is.</summary>
    public long NextRevision { get; private set; } = request.FromRevision;

    /// <summary>The revision up to which the reader wants to be told that it has everything; 0: none.</summary>
    public long OwedProgress { get; private set; }

    /// <summary>An answer about progress came and waits for silence.</summary>
    public bool HoldsProgress => heldProgress > 0;

    /// <summary>The reader is behind and etcd was told to stop sending.</summary>
    public bool IsSuspended
    {
        get => suspended;
        set => suspended = value;
    }

    public bool IsFull => queue.Bytes > QueuedBytesMax;

    /// <inheritdoc/>
    public async ValueTask<WatchBatch> ReadAsync(CancellationToken cancellationToken = default)
    {
        WatchBatch batch = await queue.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (suspended && queue.Bytes <= QueuedBytesMax / 2)
        {
            multiplexer.Resume(this);
        }

        return batch;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        multiplexer.Close(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>etcd has the watch, for the first time or again.</summary>
    public void OnCreated(long revision)
    {
        if (NextRevision == 0)
        {
            NextRevision = revision + 1;
        }

        if (StartRevision == 0)
        {
            StartRevision = NextRevision;
        }

        opened.TrySetResult();
    }

    /// <summary>Events, or word from etcd that there are none. Parts of a response are put together first.</summary>
    public void OnResponse(WatchResponse response)
    {
        foreach (Event happened in response.Events)
        {
            fragments.Add(EtcdMessages.Event(happened));
        }

        if (response.Fragment)
        {
            return;
        }

        if (fragments.Count == 0)
        {
            Deliver(response.Header.Revision);
            return;
        }

        // The header's revision is the store's; what lies between the last event and it may not have been sent yet.
        long revision = fragments[^1].Item.ModRevision;
        NextRevision = Math.Max(NextRevision, revision + 1);
        queue.Add(new WatchBatch { Revision = revision, Events = [.. fragments] });
        fragments.Clear();
        heldSince = time.GetTimestamp();
        if (OwedProgress > 0 && revision >= OwedProgress)
        {
            Deliver(revision);
        }
    }

    /// <summary>The reader wants to be told when it has everything up to here.</summary>
    public void OweProgress(long revision) => OwedProgress = Math.Max(OwedProgress, revision);

    /// <summary>The answer to a progress request that covers all watches of the stream.</summary>
    /// <param name="revision">How far etcd says the stream is.</param>
    /// <param name="inOrder">Whether the answer can't have overtaken events; if not, silence has to prove it.</param>
    public void OnProgress(long revision, bool inOrder)
    {
        if (inOrder)
        {
            NextRevision = Math.Max(NextRevision, revision + 1);
        }

        if (OwedProgress == 0 || revision < OwedProgress)
        {
            return;
        }

        if (inOrder)
        {
            Deliver(revision);
        }
        else if (heldProgress == 0)
        {
            heldProgress = revision;
            heldSince = time.GetTimestamp();
        }
    }

    /// <summary>Delivers the answer that waits, if it was silent for long enough.</summary>
    public void ReleaseProgress()
    {
        if (heldProgress > 0 && time.GetElapsedTime(heldSince) >= Settling)
        {
            // Silence is no proof: the reader is told, but a new stream begins behind the last event as before.
            long next = NextRevision;
            Deliver(heldProgress);
            NextRevision = next;
        }
    }

    /// <summary>The stream is gone; half a response is worth nothing.</summary>
    public void OnDetached()
    {
        Id = 0;
        fragments.Clear();
        heldProgress = 0;
    }

    /// <summary>History that the watch needs is gone.</summary>
    public void OnCompacted(long compactRevision)
    {
        opened.TrySetResult();
        queue.End(new WatchBatch
        {
            Outcome = StoreOutcome.Compacted,
            Revision = NextRevision - 1,
            CompactRevision = compactRevision,
        });
    }

    /// <summary>There will be no more batches.</summary>
    public void OnFailed(StoreUnavailableException reason)
    {
        opened.TrySetException(reason);
        _ = opened.Task.Exception;
        queue.Fail(reason);
    }

    private void Deliver(long revision)
    {
        NextRevision = Math.Max(NextRevision, revision + 1);
        queue.Add(new WatchBatch { Revision = revision });
        if (OwedProgress <= revision)
        {
            OwedProgress = 0;
            heldProgress = 0;
        }
    }
}
