namespace Keelson.Store.Etcd.Watching;

/// <summary>Hands a watch's batches to an observer, one after the other.</summary>
internal sealed class Observation : IAsyncDisposable
{
    private readonly EtcdWatch watch;
    private readonly IStoreObserver observer;
    private readonly CancellationTokenSource stop = new();
    private readonly Task pump;
    private volatile int pumpThread;

    public Observation(EtcdWatch watch, IStoreObserver observer)
    {
        this.watch = watch;
        this.observer = observer;
        pump = Task.Run(PumpAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);

        // An observer that ends itself out of its own call must not wait for that call.
        if (pumpThread != Environment.CurrentManagedThreadId)
        {
            await pump.ConfigureAwait(false);
        }

        await watch.DisposeAsync().ConfigureAwait(false);
    }

    private async Task PumpAsync()
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                WatchBatch batch = await watch.ReadAsync(stop.Token).ConfigureAwait(false);
                Call(batch);
                if (batch.Outcome != StoreOutcome.Ok)
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Disposed.
        }
        catch (StoreUnavailableException lost)
        {
            observer.OnLost(lost);
        }
    }

    private void Call(WatchBatch batch)
    {
        if (stop.IsCancellationRequested)
        {
            return;
        }

        pumpThread = Environment.CurrentManagedThreadId;
        observer.OnBatch(batch);
        pumpThread = 0;
    }
}
