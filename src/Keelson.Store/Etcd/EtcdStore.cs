using Keelson.Rpc;
using Keelson.Store.Etcd.Watching;
using Proto = Keelson.Store.Etcd.Protos;

namespace Keelson.Store.Etcd;

/// <summary>An etcd cluster as a store. Keys and values pass through as they are.</summary>
public sealed class EtcdStore : IStore
{
    private readonly EtcdConnection connection;
    private readonly WatchMultiplexer watches;

    private EtcdStore(EtcdConnection connection, WatchMultiplexer watches, EtcdMaintenance maintenance)
    {
        this.connection = connection;
        this.watches = watches;
        Leases = new EtcdLeases(connection);
        Maintenance = maintenance;
    }

    /// <inheritdoc/>
    public long CurrentRevision => connection.CurrentRevision;

    /// <inheritdoc/>
    public long CompactRevision => connection.CompactRevision;

    /// <inheritdoc/>
    public bool ObserversAreCurrent => false;

    /// <inheritdoc/>
    public IStoreLeases Leases { get; }

    /// <inheritdoc/>
    public IStoreMaintenance Maintenance { get; }

    /// <summary>
    /// Connects. Throws <see cref="StoreUnavailableException"/> when no member answers in
    /// <see cref="EtcdStoreConfig.UnreachableAfter"/>.
    /// </summary>
    public static async Task<EtcdStore> ConnectAsync(
        EtcdStoreConfig config, CancellationToken cancellationToken = default)
    {
        var connection = new EtcdConnection(config);
        try
        {
            // Also tells the revision to begin with.
            await CountAsync(connection, cancellationToken).ConfigureAwait(false);
            var maintenance = new EtcdMaintenance(connection);
            bool exactProgress = await maintenance.ReportsProgressInOrderAsync(cancellationToken).ConfigureAwait(false);
            var watches = new WatchMultiplexer(connection, config, exactProgress);
            return new EtcdStore(connection, watches, maintenance);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<GetResult> GetAsync(
        string key, long revision = 0, CancellationToken cancellationToken = default)
    {
        RangeResult range = await RangeAsync(
            new RangeRequest(KeyRange.Single(key)) { Revision = revision }, cancellationToken).ConfigureAwait(false);
        return new GetResult
        {
            Outcome = range.Outcome,
            Revision = range.Revision,
            Item = range.Items.IsEmpty ? null : range.Items[0],
            CompactRevision = range.CompactRevision,
        };
    }

    /// <inheritdoc/>
    public async ValueTask<RangeResult> RangeAsync(
        RangeRequest request, CancellationToken cancellationToken = default)
    {
        EtcdAnswer<Proto.RangeResponse> answer = await connection.ReadAsync(
            EtcdMethods.Range, EtcdMessages.Range(request), cancellationToken).ConfigureAwait(false);
        if (answer.Outcome == StoreOutcome.Ok)
        {
            return EtcdMessages.Range(answer.Response, connection.Learn(answer.Response.Header));
        }

        return new RangeResult
        {
            Outcome = answer.Outcome,
            Revision = CurrentRevision,
            CompactRevision = answer.Outcome == StoreOutcome.Compacted
                ? await FindCompactRevisionAsync(request.Revision, cancellationToken).ConfigureAwait(false)
                : 0,
        };
    }

    /// <inheritdoc/>
    public ValueTask<WriteResult> PutIfAsync(
        string key, byte[] value, long expectedModRevision, long lease = 0,
        CancellationToken cancellationToken = default) =>
        WriteIfAsync(key, expectedModRevision, EtcdMessages.Put(key, value, lease), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<WriteResult> DeleteIfAsync(
        string key, long expectedModRevision, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfZero(expectedModRevision);
        return WriteIfAsync(
            key, expectedModRevision, EtcdMessages.Delete(KeyRange.Single(key)), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<TxnResult> TxnAsync(TxnRequest request, CancellationToken cancellationToken = default)
    {
        EtcdAnswer<Proto.TxnResponse> answer = await connection.WriteAsync(
            EtcdMethods.Txn, EtcdMessages.Txn(request), cancellationToken).ConfigureAwait(false);
        if (answer.Outcome != StoreOutcome.Ok)
        {
            return new TxnResult { Outcome = answer.Outcome, Revision = CurrentRevision };
        }

        long revision = connection.Learn(answer.Response.Header);
        return new TxnResult
        {
            Revision = revision,
            Succeeded = answer.Response.Succeeded,
            Responses = [.. answer.Response.Responses.Select(response => EtcdMessages.Response(response, revision))],
        };
    }

    /// <inheritdoc/>
    public async ValueTask<IStoreWatch> WatchAsync(
        WatchRequest request, CancellationToken cancellationToken = default) =>
        await watches.OpenAsync(request, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable> ObserveAsync(
        WatchRequest request, IStoreObserver observer, CancellationToken cancellationToken = default)
    {
        EtcdWatch watch = await watches.OpenAsync(request, cancellationToken).ConfigureAwait(false);
        return new Observation(watch, observer);
    }

    /// <inheritdoc/>
    public ValueTask RequestProgressAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        connection.ThrowIfClosed();
        watches.RequestProgress(CurrentRevision);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask<CompactResult> CompactAsync(long revision, CancellationToken cancellationToken = default)
    {
        EtcdAnswer<Proto.CompactionResponse> answer = await connection.WriteAsync(
            EtcdMethods.Compact, new Proto.CompactionRequest { Revision = revision }, cancellationToken)
            .ConfigureAwait(false);
        if (answer.Outcome != StoreOutcome.Ok)
        {
            return new CompactResult { Outcome = answer.Outcome, Revision = CurrentRevision };
        }

        connection.LearnCompaction(revision);
        return new CompactResult { Revision = Math.Max(connection.Learn(answer.Response.Header), CurrentRevision) };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        connection.Dispose();
        await watches.DisposeAsync().ConfigureAwait(false);
    }

    private static async ValueTask CountAsync(EtcdConnection connection, CancellationToken cancellation)
    {
        // One key that nobody has: the cheapest linearizable read.
        var nothing = new Proto.RangeRequest { Key = EtcdMessages.Key("\0"), CountOnly = true };
        EtcdAnswer<Proto.RangeResponse> answer = await connection.ReadAsync(
            EtcdMethods.Range, nothing, cancellation).ConfigureAwait(false);
        connection.Learn(answer.Response.Header);
    }

    private async ValueTask<WriteResult> WriteIfAsync(
        string key, long expectedModRevision, Proto.RequestOp write, CancellationToken cancellation)
    {
        var txn = new Proto.TxnRequest();
        txn.Compare.Add(EtcdMessages.Compare(Compare.ModRevision(key, CompareOperator.Equal, expectedModRevision)));
        txn.Success.Add(write);
        txn.Failure.Add(new Proto.RequestOp { RequestRange = new Proto.RangeRequest { Key = EtcdMessages.Key(key) } });
        EtcdAnswer<Proto.TxnResponse> answer = await connection.WriteAsync(EtcdMethods.Txn, txn, cancellation)
            .ConfigureAwait(false);
        if (answer.Outcome != StoreOutcome.Ok)
        {
            return new WriteResult { Outcome = answer.Outcome, Revision = CurrentRevision };
        }

        long revision = connection.Learn(answer.Response.Header);
        if (answer.Response.Succeeded)
        {
            return new WriteResult { Revision = revision };
        }

        Proto.KeyValue? there = answer.Response.Responses[0].ResponseRange.Kvs.FirstOrDefault();
        return new WriteResult
        {
            Outcome = StoreOutcome.Conflict,
            Revision = revision,
            Current = there is null ? null : EtcdMessages.Item(there),
        };
    }

    // etcd refuses reads of compacted revisions without saying what is left; a watch that begins there is told.
    private async ValueTask<long> FindCompactRevisionAsync(long asked, CancellationToken cancellation)
    {
        if (CompactRevision <= asked)
        {
            await using EtcdWatch probe = await watches.OpenAsync(
                new WatchRequest(KeyRange.Single("\0")) { FromRevision = asked }, cancellation).ConfigureAwait(false);
            await probe.ReadAsync(cancellation).ConfigureAwait(false);
        }

        return CompactRevision;
    }
}
