namespace Keelson.Store;

/// <summary>
/// A revisioned key-value store with etcd v3's semantics. Every change of the store makes one revision, one higher than
/// the last; a new store is at revision 1. All methods may be called from any thread. Reads are linearizable: they see
/// every write acknowledged before they began.
/// </summary>
/// <remarks>
/// What a caller has to expect comes back as a <see cref="StoreOutcome"/> in the result;
/// <see cref="StoreUnavailableException"/> is thrown when the store can't answer at all.
/// </remarks>
public interface IStore : IAsyncDisposable
{
    /// <summary>
    /// The newest revision this store knows of: for an embedded store the newest there is, for a remote one the newest
    /// it has heard of. Never goes back, costs no more than a field.
    /// </summary>
    long CurrentRevision { get; }

    /// <summary>The newest compacted revision known; 0 if none. Reads at it succeed, reads before it don't.</summary>
    long CompactRevision { get; }

    /// <summary>
    /// True if observers have been handed everything up to <see cref="CurrentRevision"/> whenever it is read: who looks
    /// at what an observer built needs no check that it is fresh. So for an embedded store, not for a remote one.
    /// </summary>
    bool ObserversAreCurrent { get; }

    /// <summary>Leases: keys that go away on their own.</summary>
    IStoreLeases Leases { get; }

    /// <summary>What operators need: status, backup, defragmentation.</summary>
    IStoreMaintenance Maintenance { get; }

    /// <summary>Reads one key as of <paramref name="revision"/>; 0 means the newest.</summary>
    ValueTask<GetResult> GetAsync(string key, long revision = 0, CancellationToken cancellationToken = default);

    /// <summary>Reads keys in ordinal order.</summary>
    ValueTask<RangeResult> RangeAsync(RangeRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes a key if it stands at <paramref name="expectedModRevision"/> (0: if it does not exist). The store keeps
    /// the array itself; the caller must not change it any more.
    /// </summary>
    /// <returns>Ok with the new revision, or Conflict with what is there instead.</returns>
    ValueTask<WriteResult> PutIfAsync(
        string key,
        byte[] value,
        long expectedModRevision,
        long lease = 0,
        CancellationToken cancellationToken = default);

    /// <summary>Deletes a key if it stands at <paramref name="expectedModRevision"/>, which must not be 0.</summary>
    /// <returns>Ok with the revision of the deletion, or Conflict with what is there instead.</returns>
    ValueTask<WriteResult> DeleteIfAsync(
        string key, long expectedModRevision, CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs a transaction: all of its writes get one revision; if it changes nothing, there is no new revision.
    /// </summary>
    ValueTask<TxnResult> TxnAsync(TxnRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Opens a watch. When the task completes, the watch stands: with <see cref="WatchRequest.FromRevision"/> 0 it gets
    /// every event behind the revision that <see cref="IStoreWatch.StartRevision"/> minus one names. A slow reader
    /// delays nobody; it is served from history when it gets behind.
    /// </summary>
    ValueTask<IStoreWatch> WatchAsync(WatchRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Opens a watch whose batches are handed to <paramref name="observer"/> by the store's own thread, one call after
    /// the other. An embedded store makes the call before it acknowledges the writes in the batch, so who saw a write
    /// acknowledged finds it wherever the observer put it. The first batch, empty if there is nothing to tell, comes
    /// before this method returns and says where the observer stands. Disposing the result ends it; no call begins
    /// after that.
    /// </summary>
    ValueTask<IAsyncDisposable> ObserveAsync(
        WatchRequest request, IStoreObserver observer, CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes every watch and observer that is open send a progress batch, an empty one, whose revision is at least
    /// what <see cref="CurrentRevision"/> is now, once it has delivered everything up to there.
    /// </summary>
    ValueTask RequestProgressAsync(CancellationToken cancellationToken = default);

    /// <summary>Forgets all versions that only revisions before <paramref name="revision"/> can see.</summary>
    /// <returns>Ok, Compacted (not newer than the last compaction) or FutureRevision.</returns>
    ValueTask<CompactResult> CompactAsync(long revision, CancellationToken cancellationToken = default);
}

/// <summary>What operators do with a store.</summary>
public interface IStoreMaintenance
{
    /// <summary>Size and position of the store. For a remote store, also makes sure that it answers.</summary>
    ValueTask<StoreStatus> StatusAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes a consistent copy of the store, in the implementation's own format, while writers go on.
    /// </summary>
    /// <returns>The revision that the copy stands at, or 0 if the implementation can't tell.</returns>
    ValueTask<long> SnapshotAsync(Stream destination, CancellationToken cancellationToken = default);

    /// <summary>Gives space on disk back that compaction has freed.</summary>
    ValueTask DefragmentAsync(CancellationToken cancellationToken = default);
}

/// <summary>Size and position of a store.</summary>
public sealed record StoreStatus
{
    /// <summary>The newest revision.</summary>
    public required long Revision { get; init; }

    /// <summary>The newest compacted revision; 0 if none.</summary>
    public long CompactRevision { get; init; }

    /// <summary>How many keys exist now; -1 if the implementation can't tell.</summary>
    public long KeyCount { get; init; } = -1;

    /// <summary>Bytes the store takes on disk (in memory, for a store without disk).</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Bytes of <see cref="SizeBytes"/> that hold data; the rest defragmentation gives back.</summary>
    public required long SizeInUseBytes { get; init; }

    /// <summary>What the store is and which version, for people: <c>embedded 1</c>, <c>etcd 3.6.5</c>.</summary>
    public required string Version { get; init; }
}
