using Keelson.Store.Embedded.Disk;
using Keelson.Store.Embedded.Index;
using Keelson.Store.Embedded.Log;
using Keelson.Store.Embedded.Watching;
using Keelson.Store.Embedded.Writing;

namespace Keelson.Store.Embedded;

/// <summary>
/// The store that Keelson brings along: everything in memory, every write in a log on the disk before it is
/// acknowledged. Without a directory it is the same store in memory only.
/// </summary>
public sealed class EmbeddedStore : IStore
{
    private readonly StoreState _state;
    private readonly WatchHub _hub;
    private readonly CommitPipeline _pipeline;
    private readonly StoreUpkeep _upkeep;
    private readonly EmbeddedStoreOptions _options;
    private readonly IDisposable? _directoryLock;

    private EmbeddedStore(EmbeddedStoreOptions options, IDisk? disk, RecoveredStore? found, IDisposable? directoryLock)
    {
        _options = options;
        _directoryLock = directoryLock;
        _state = found?.State ?? new StoreState();
        _hub = new WatchHub(_state, options.OnNotice);
        _pipeline = new CommitPipeline(
            new CommitGroup(_state, options, isLogged: found is not null), found?.Log, _hub);
        Compactor compactor = new(_state, options, disk, found?.Log, found?.StoreId ?? 0)
        {
            SnapshotBytes = found?.SnapshotBytes ?? 0,
        };
        _upkeep = new StoreUpkeep(_state, options, _pipeline, _hub, compactor);
        Leases = new EmbeddedLeases(_state, _pipeline);
        Maintenance = new EmbeddedMaintenance(_state, _upkeep, compactor, found?.Log);
    }

    /// <inheritdoc/>
    public long CurrentRevision => _hub.CurrentRevision;

    /// <inheritdoc/>
    public long CompactRevision => _state.Index.CompactRevision;

    /// <inheritdoc/>
    public bool ObserversAreCurrent => true;

    /// <inheritdoc/>
    public IStoreLeases Leases { get; }

    /// <inheritdoc/>
    public IStoreMaintenance Maintenance { get; }

    internal CommitPipeline Pipeline => _pipeline;

    internal StoreUpkeep Upkeep => _upkeep;

    /// <summary>Opens the store in a directory, or begins one there; without a directory, one in memory.</summary>
    /// <exception cref="StoreLockedException">Another process has it open.</exception>
    /// <exception cref="StoreDamagedException">A file of it is damaged.</exception>
    public static EmbeddedStore Open(EmbeddedStoreOptions options)
    {
        IDisk? disk = options.Disk ?? (options.Directory is { } directory ? new RealDisk(directory) : null);
        if (disk is null)
        {
            return new EmbeddedStore(options, null, null, null);
        }
        IDisposable directoryLock = disk.Lock();
        try
        {
            using RecoveryHeap heap = RecoveryHeap.Reserve(disk);
            RecoveredStore found = new Recovery(disk, options, nowMs: 0).Run();
            return new EmbeddedStore(options, disk, found, directoryLock);
        }
        catch
        {
            directoryLock.Dispose();
            throw;
        }
    }

    /// <summary>A store in memory only, for tests.</summary>
    public static EmbeddedStore InMemory(TimeProvider? timeProvider = null) =>
        Open(new EmbeddedStoreOptions { TimeProvider = timeProvider ?? TimeProvider.System });

    /// <summary>
    /// Makes the files of a store out of a snapshot (<see cref="IStoreMaintenance.SnapshotAsync"/>), in a directory
    /// that has none. The revisions go on where the snapshot's ended; there is no history before it.
    /// </summary>
    /// <returns>The revision that the restored store is at.</returns>
    /// <exception cref="StoreDamagedException">The snapshot is damaged or incomplete.</exception>
    public static Task<long> RestoreAsync(
        string directory, Stream snapshot, CancellationToken cancellationToken = default) =>
        SnapshotRestore.RunAsync(new RealDisk(directory), snapshot, new EmbeddedStoreOptions(), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<GetResult> GetAsync(string key, long revision = 0, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _pipeline.ThrowIfUnavailable();
        if (!TxnCheck.IsKey(key))
        {
            return new(new GetResult { Outcome = StoreOutcome.EmptyKey, Revision = _state.ReadableRevision });
        }
        while (true)
        {
            long readable = _state.ReadableRevision;
            StoreOutcome outcome = Check(revision, readable);
            KeyVersion? item = outcome == StoreOutcome.Ok
                ? _state.Index.Get(key, revision > 0 ? revision : readable)
                : null;
            long compacted = _state.Index.CompactRevision;
            if (outcome == StoreOutcome.Ok && (revision > 0 ? revision : readable) < compacted)
            {
                // Compaction came while this was reading. What is newest now is readable again.
                continue;
            }
            return new(new GetResult
            {
                Outcome = outcome,
                Revision = readable,
                Item = item,
                CompactRevision = outcome == StoreOutcome.Compacted ? compacted : 0,
            });
        }
    }

    /// <inheritdoc/>
    public ValueTask<RangeResult> RangeAsync(RangeRequest request, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _pipeline.ThrowIfUnavailable();
        if (!TxnCheck.IsKey(request.Keys.Start))
        {
            return new(new RangeResult { Outcome = StoreOutcome.EmptyKey, Revision = _state.ReadableRevision });
        }
        while (true)
        {
            long readable = _state.ReadableRevision;
            long at = request.Revision > 0 ? request.Revision : readable;
            StoreOutcome outcome = Check(request.Revision, readable);
            RangeResult result = outcome == StoreOutcome.Ok ? _state.Index.Range(request, at) : new RangeResult();
            long compacted = _state.Index.CompactRevision;
            if (outcome == StoreOutcome.Ok && at < compacted)
            {
                continue;
            }
            return new(result with
            {
                Outcome = outcome,
                Revision = readable,
                CompactRevision = outcome == StoreOutcome.Compacted ? compacted : 0,
            });
        }
    }

    /// <inheritdoc/>
    public ValueTask<WriteResult> PutIfAsync(
        string key,
        byte[] value,
        long expectedModRevision,
        long lease = 0,
        CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _pipeline.ThrowIfUnavailable();
        ArgumentNullException.ThrowIfNull(value);
        StoreOutcome outcome =
            !TxnCheck.IsKey(key) ? StoreOutcome.EmptyKey
            : key.Length + value.Length > _options.RequestBytesMax ? StoreOutcome.TooLarge
            : StoreOutcome.Ok;
        if (outcome != StoreOutcome.Ok)
        {
            return new(new WriteResult { Outcome = outcome, Revision = _state.ReadableRevision });
        }
        return IsStale(key, expectedModRevision, out WriteResult conflict)
            ? new(conflict)
            : _pipeline.SubmitAsync(new PutIfRequest(key, value, expectedModRevision, lease));
    }

    /// <inheritdoc/>
    public ValueTask<WriteResult> DeleteIfAsync(
        string key, long expectedModRevision, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _pipeline.ThrowIfUnavailable();
        if (!TxnCheck.IsKey(key))
        {
            return new(new WriteResult { Outcome = StoreOutcome.EmptyKey, Revision = _state.ReadableRevision });
        }
        return IsStale(key, expectedModRevision, out WriteResult conflict)
            ? new(conflict)
            : _pipeline.SubmitAsync(new DeleteIfRequest(key, expectedModRevision));
    }

    /// <inheritdoc/>
    public ValueTask<TxnResult> TxnAsync(TxnRequest request, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        StoreOutcome outcome = TxnCheck.Check(request, _options);
        return outcome == StoreOutcome.Ok
            ? _pipeline.SubmitAsync(new TxnWriteRequest(request))
            : new(new TxnResult { Outcome = outcome, Revision = _state.ReadableRevision });
    }

    /// <inheritdoc/>
    public ValueTask<IStoreWatch> WatchAsync(WatchRequest request, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(_hub.Open(request));
    }

    /// <inheritdoc/>
    public ValueTask<IAsyncDisposable> ObserveAsync(
        WatchRequest request, IStoreObserver observer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(_hub.Observe(request, observer));
    }

    /// <inheritdoc/>
    public ValueTask RequestProgressAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _hub.RequestProgress(onlyPeriodic: false);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<CompactResult> CompactAsync(long revision, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _pipeline.SubmitAsync(new CompactRequest(revision));
    }

    /// <summary>Commits what was asked for before, then closes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        await _upkeep.StopAsync().ConfigureAwait(false);
        _pipeline.Dispose();
        _directoryLock?.Dispose();
    }

    private StoreOutcome Check(long revision, long readable) =>
        revision > readable ? StoreOutcome.FutureRevision
        : revision > 0 && revision < _state.Index.CompactRevision ? StoreOutcome.Compacted
        : StoreOutcome.Ok;

    // Revisions only grow, so a key beyond the expected one never comes back to it: no need to queue for that answer.
    private bool IsStale(string key, long expectedModRevision, out WriteResult conflict)
    {
        long readable = _state.ReadableRevision;
        KeyVersion? current = _state.Index.Get(key, readable);
        conflict = new WriteResult { Outcome = StoreOutcome.Conflict, Revision = readable, Current = current };
        return current is not null && current.ModRevision > expectedModRevision
            && _state.Index.CompactRevision <= readable;
    }
}
