using Keelson.Store;
using Keelson.Store.Embedded;

namespace Keelson.Cluster.Simulator;

/// <summary>
/// A store whose answers are there when a call returns: the caller waits for the store's own thread, so that when an
/// answer comes does not depend on the machine.
/// </summary>
internal sealed class LockstepStore(EmbeddedStore inner) : IStore
{
    public long CurrentRevision => inner.CurrentRevision;

    public long CompactRevision => inner.CompactRevision;

    public bool ObserversAreCurrent => inner.ObserversAreCurrent;

    public IStoreLeases Leases => inner.Leases;

    public IStoreMaintenance Maintenance => inner.Maintenance;

    public ValueTask<GetResult> GetAsync(string key, long revision, CancellationToken cancellationToken) =>
        Now(inner.GetAsync(key, revision, cancellationToken));

    public ValueTask<RangeResult> RangeAsync(RangeRequest request, CancellationToken cancellationToken) =>
        Now(inner.RangeAsync(request, cancellationToken));

    public ValueTask<WriteResult> PutIfAsync(
        string key, byte[] value, long expectedModRevision, long lease, CancellationToken cancellationToken) =>
        Now(inner.PutIfAsync(key, value, expectedModRevision, lease, cancellationToken));

    public ValueTask<WriteResult> DeleteIfAsync(
        string key, long expectedModRevision, CancellationToken cancellationToken) =>
        Now(inner.DeleteIfAsync(key, expectedModRevision, cancellationToken));

    public ValueTask<TxnResult> TxnAsync(TxnRequest request, CancellationToken cancellationToken) =>
        Now(inner.TxnAsync(request, cancellationToken));

    public ValueTask<IStoreWatch> WatchAsync(WatchRequest request, CancellationToken cancellationToken) =>
        Now(inner.WatchAsync(request, cancellationToken));

    public ValueTask<IAsyncDisposable> ObserveAsync(
        WatchRequest request, IStoreObserver observer, CancellationToken cancellationToken) =>
        Now(inner.ObserveAsync(request, observer, cancellationToken));

    public ValueTask RequestProgressAsync(CancellationToken cancellationToken) =>
        inner.RequestProgressAsync(cancellationToken);

    public ValueTask<CompactResult> CompactAsync(long revision, CancellationToken cancellationToken) =>
        Now(inner.CompactAsync(revision, cancellationToken));

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static ValueTask<T> Now<T>(ValueTask<T> task)
    {
        SpinWait spin = default;
        while (!task.IsCompleted)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        return task;
    }
}
