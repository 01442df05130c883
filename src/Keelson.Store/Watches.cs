using System.Collections.Immutable;

namespace Keelson.Store;

/// <summary>What to watch.</summary>
public readonly record struct WatchRequest(KeyRange Keys)
{
    /// <summary>
    /// The first revision whose events are wanted: may lie in the past, as far back as the compacted revision, or in
    /// the future. 0: everything from now on.
    /// </summary>
    public long FromRevision { get; init; }

    /// <summary>Events carry the version before them.</summary>
    public bool PreviousValues { get; init; }

    /// <summary>
    /// The watch says how far it has come from time to time even when nothing happens to its keys (about every ten
    /// minutes with etcd, unless configured otherwise), not only after <see cref="IStore.RequestProgressAsync"/>.
    /// </summary>
    public bool ProgressNotifications { get; init; }
}

/// <summary>A key was put or deleted.</summary>
/// <param name="Item">The new version; for a deletion its key and ModRevision, see <see
/// cref="KeyValue.IsDeletion"/>.</param>
/// <param name="Previous">
/// The version before; null if the key did not exist, if the watch did not ask, or (history only) if it is compacted.
/// </param>
public readonly record struct StoreEvent(KeyValue Item, KeyValue? Previous)
{
    /// <summary>True if the key was deleted, false if it was put.</summary>
    public bool IsDeletion => Item.IsDeletion;
}

/// <summary>Events that a watch delivers together.</summary>
public sealed record WatchBatch
{
    /// <summary>
    /// Ok; or Compacted: history before <see cref="CompactRevision"/> is gone, and the watch is over.
    /// </summary>
    public StoreOutcome Outcome { get; init; }

    /// <summary>
    /// Everything up to this revision has been delivered, with this batch. For a batch with events it is at least the
    /// revision of the last one.
    /// </summary>
    public long Revision { get; init; }

    /// <summary>
    /// Events in order of their revisions, within one revision in the order they were done. All events of one revision
    /// are in one batch. Empty: a progress notification.
    /// </summary>
    public ImmutableArray<StoreEvent> Events { get; init; } = [];

    /// <summary>When the outcome is Compacted: the oldest revision from which a new watch may start.</summary>
    public long CompactRevision { get; init; }
}

/// <summary>An open watch: read by one reader at a time.</summary>
public interface IStoreWatch : IAsyncDisposable
{
    /// <summary>The first revision whose events the watch delivers.</summary>
    long StartRevision { get; }

    /// <summary>
    /// The next batch. After a batch whose outcome is not Ok the watch is over and keeps returning that batch. Throws
    /// <see cref="StoreUnavailableException"/> when the store goes away.
    /// </summary>
    ValueTask<WatchBatch> ReadAsync(CancellationToken cancellationToken = default);
}

/// <summary>
/// Takes batches on the store's own thread: must be quick, must not wait, must not throw, must not write.
/// </summary>
public interface IStoreObserver
{
    /// <summary>
    /// One batch, as <see cref="IStoreWatch.ReadAsync"/> would return it, including the last one (Compacted).
    /// </summary>
    void OnBatch(WatchBatch batch);

    /// <summary>The store went away; there will be no more batches.</summary>
    void OnLost(StoreUnavailableException reason);
}
