using Keelson.Store.Embedded.Watching;

namespace Keelson.Store.Tests.Embedded.Simulation;

/// <summary>
/// Watches a range through crashes and compactions, as a client would, and checks that it gets what the model says
/// happened: each event once, in order, none missing.
/// </summary>
internal sealed class SimulatedWatcher(KeyRange keys, bool isObserver, long startRevision) : IStoreObserver
{
    private long _next = startRevision;
    private IAsyncDisposable? _watch;
    private bool _isOver;
    private StoreModel _model = null!;

    public override string ToString() => $"{(isObserver ? "observer" : "watch")} of {keys.Start} at {_next}";

    /// <summary>Opens the watch on a store, from where the last one ended.</summary>
    public void Open(IStore store, StoreModel model)
    {
        _model = model;
        WatchRequest request = new(keys) { FromRevision = _next, PreviousValues = true };
        _isOver = false;
        _watch = isObserver
            ? store.ObserveAsync(request, this).AsTask().GetAwaiter().GetResult()
            : store.WatchAsync(request).AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Gets what there is; an observer has it already.</summary>
    public void Read(IStore store, StoreModel model, int batchesMax)
    {
        _model = model;
        if (_watch is null || _isOver)
        {
            Open(store, model);
        }
        while (!_isOver && _watch is StreamWatch stream && batchesMax-- > 0 && stream.TryRead() is { } batch)
        {
            OnBatch(batch);
        }
    }

    /// <summary>Checks that it has everything.</summary>
    public void CheckDrained(IStore store, StoreModel model)
    {
        // It may learn of one compaction and, having begun anew, of the next.
        for (int i = 0; i < 3; i++)
        {
            Read(store, model, int.MaxValue);
        }
        Assert.Equal(
            $"{this}", $"{this}" + StoreModel.Describe(model.Events(keys, _next, long.MaxValue)));
    }

    /// <summary>Observers are told before a write is acknowledged, so what they are held against comes first.</summary>
    public void Expect(StoreModel model) => _model = model;

    public void OnBatch(WatchBatch batch)
    {
        if (batch.Outcome == StoreOutcome.Compacted)
        {
            // Rightly so only if what it had not got yet is compacted. It lists and goes on, as a client would.
            Assert.True(_next < batch.CompactRevision, $"{this} is told of compaction at {batch.CompactRevision}");
            Assert.True(batch.CompactRevision <= _model.CompactRevision);
            _next = batch.CompactRevision;
            _isOver = true;
            return;
        }
        Assert.Equal(
            StoreModel.Describe(_model.Events(keys, _next, batch.Revision).Select(Compacted)),
            StoreModel.Describe(batch.Events.Select(Compacted)));
        _next = Math.Max(_next, batch.Revision + 1);
    }

    public void OnLost(StoreUnavailableException reason) => _isOver = true;

    // The version before an event is not known any more if it was compacted before the log was read again.
    private StoreEvent Compacted(StoreEvent change) =>
        change.Item.ModRevision <= _model.CompactRevision ? change with { Previous = null } : change;
}
