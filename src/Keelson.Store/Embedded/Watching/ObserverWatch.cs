namespace Keelson.Store.Embedded.Watching;

/// <summary>A watch whose batches the writer hands over itself.</summary>
internal sealed class ObserverWatch(
    WatchHub hub, WatchRequest request, long startRevision, IStoreObserver observer, Action<string>? onNotice)
    : Watcher(request, startRevision), IAsyncDisposable
{
    private readonly List<StoreEvent> _pending = [];

    public bool IsEnded { get; set; }

    /// <summary>Keeps an event for the batch to come; true if it is the first.</summary>
    public bool Add(in StoreEvent change)
    {
        _pending.Add(Shape(change));
        return _pending.Count == 1;
    }

    /// <summary>Hands over what was kept, or a progress batch if nothing was.</summary>
    public void Deliver(long revision)
    {
        WatchBatch batch = new() { Revision = revision, Events = [.. _pending] };
        _pending.Clear();
        Deliver(batch);
    }

    public void Deliver(WatchBatch batch)
    {
        if (IsEnded)
        {
            return;
        }
        try
        {
            observer.OnBatch(batch);
        }
        catch (Exception exception)
        {
            // It has missed events now, and must begin anew. The store itself is as it should be.
            onNotice?.Invoke($"an observer of the store failed and was dropped: {exception}");
            hub.Close(this);
            Lose(new StoreUnavailableException("the observer failed", exception));
        }
    }

    public void Lose(StoreUnavailableException reason)
    {
        IsEnded = true;
        try
        {
            observer.OnLost(reason);
        }
        catch (Exception exception)
        {
            onNotice?.Invoke($"an observer of the store failed while it was told of its end: {exception}");
        }
    }

    public ValueTask DisposeAsync()
    {
        hub.Close(this);
        return ValueTask.CompletedTask;
    }
}
