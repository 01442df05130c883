namespace Keelson.Store.Etcd.Watching;

/// <summary>Batches between the stream and the one reader of a watch, and how the watch ended.</summary>
internal sealed class BatchQueue
{
    private readonly Lock guard = new();
    private readonly Queue<WatchBatch> batches = new();
    private TaskCompletionSource? waiting;
    private WatchBatch? last;
    private StoreUnavailableException? failure;
    private long bytes;

    /// <summary>About how much memory the queued batches hold.</summary>
    public long Bytes => Volatile.Read(ref bytes);

    public void Add(WatchBatch batch)
    {
        lock (guard)
        {
            if (last is not null || failure is not null)
            {
                return;
            }

            batches.Enqueue(batch);
            bytes += SizeOf(batch);
            Wake();
        }
    }

    /// <summary>Nothing follows this batch, which readers get again and again.</summary>
    public void End(WatchBatch batch)
    {
        lock (guard)
        {
            last ??= batch;
            Wake();
        }
    }

    /// <summary>Nothing follows; readers get what is queued, then the failure.</summary>
    public void Fail(StoreUnavailableException reason)
    {
        lock (guard)
        {
            failure ??= reason;
            Wake();
        }
    }

    public async ValueTask<WatchBatch> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task arrival;
            lock (guard)
            {
                if (batches.TryDequeue(out WatchBatch? batch))
                {
                    bytes -= SizeOf(batch);
                    return batch;
                }

                if (last is not null)
                {
                    return last;
                }

                if (failure is not null)
                {
                    throw new StoreUnavailableException(failure.Message, failure);
                }

                waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                arrival = waiting.Task;
            }

            await arrival.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    private static long SizeOf(WatchBatch batch)
    {
        // An event's objects take some 200 bytes beside its key and its values.
        long size = 200;
        foreach (StoreEvent happened in batch.Events)
        {
            size += 200 + (2 * happened.Item.Key.Length) + happened.Item.Value.Length
                + (happened.Previous?.Value.Length ?? 0);
        }

        return size;
    }

    private void Wake()
    {
        waiting?.TrySetResult();
        waiting = null;
    }
}
