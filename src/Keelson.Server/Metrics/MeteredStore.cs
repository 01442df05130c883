using System.Diagnostics;
using Keelson.Api.Kinds;
using Keelson.Store;

namespace Keelson.Server.Metrics;

/// <summary>Counts and times what the store is asked, by upstream's operations and by resource.</summary>
internal sealed class MeteredStore : IStore
{
    private readonly IStore _inner;
    private readonly StorageMetrics _metrics;
    private readonly int _rootLength;
    private readonly Dictionary<string, KindInfo>.AlternateLookup<ReadOnlySpan<char>> _byPrefix;

    /// <summary>A store whose keys begin with <paramref name="root"/>, a slash, and a kind's storage prefix.</summary>
    public MeteredStore(IStore inner, StorageMetrics metrics, string root)
    {
        (_inner, _metrics, _rootLength) = (inner, metrics, root.Length + 1);
        Dictionary<string, KindInfo> byPrefix = new(StringComparer.Ordinal);
        foreach (ApiKind kind in ApiKinds.All.Where(one => one.Info.StoragePrefix.Length > 0 && one.Stored == one))
        {
            byPrefix.TryAdd(kind.Info.StoragePrefix, kind.Info);
        }

        _byPrefix = byPrefix.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <inheritdoc/>
    public long CurrentRevision => _inner.CurrentRevision;

    /// <inheritdoc/>
    public long CompactRevision => _inner.CompactRevision;

    /// <inheritdoc/>
    public bool ObserversAreCurrent => _inner.ObserversAreCurrent;

    /// <inheritdoc/>
    public IStoreLeases Leases => _inner.Leases;

    /// <inheritdoc/>
    public IStoreMaintenance Maintenance => _inner.Maintenance;

    /// <inheritdoc/>
    public async ValueTask<GetResult> GetAsync(
        string key, long revision = 0, CancellationToken cancellationToken = default)
    {
        long start = Stopwatch.GetTimestamp();
        GetResult result = await _inner.GetAsync(key, revision, cancellationToken);
        Record("get", key, start);
        return result;
    }

    /// <inheritdoc/>
    public async ValueTask<RangeResult> RangeAsync(RangeRequest request, CancellationToken cancellationToken = default)
    {
        long start = Stopwatch.GetTimestamp();
        RangeResult result = await _inner.RangeAsync(request, cancellationToken);
        Record("list", request.Keys.Start, start);
        return result;
    }

    /// <inheritdoc/>
    public async ValueTask<WriteResult> PutIfAsync(
        string key, byte[] value, long expectedModRevision, long lease = 0,
            CancellationToken cancellationToken = default)
    {
        long start = Stopwatch.GetTimestamp();
        WriteResult result = await _inner.PutIfAsync(key, value, expectedModRevision, lease, cancellationToken);
        Record(expectedModRevision == 0 ? "create" : "update", key, start);
        return result;
    }

    /// <inheritdoc/>
    public async ValueTask<WriteResult> DeleteIfAsync(
        string key, long expectedModRevision, CancellationToken cancellationToken = default)
    {
        long start = Stopwatch.GetTimestamp();
        WriteResult result = await _inner.DeleteIfAsync(key, expectedModRevision, cancellationToken);
        Record("delete", key, start);
        return result;
    }

    /// <inheritdoc/>
    public ValueTask<TxnResult> TxnAsync(TxnRequest request, CancellationToken cancellationToken = default) =>
        _inner.TxnAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IStoreWatch> WatchAsync(WatchRequest request, CancellationToken cancellationToken = default) =>
        _inner.WatchAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IAsyncDisposable> ObserveAsync(
        WatchRequest request, IStoreObserver observer, CancellationToken cancellationToken = default) =>
        _inner.ObserveAsync(request, observer, cancellationToken);

    /// <inheritdoc/>
    public ValueTask RequestProgressAsync(CancellationToken cancellationToken = default) =>
        _inner.RequestProgressAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CompactResult> CompactAsync(long revision, CancellationToken cancellationToken = default) =>
        _inner.CompactAsync(revision, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    private void Record(string operation, string key, long start)
    {
        KindInfo? kind = KindAt(key);
        _metrics.StoreRequest(
            operation, kind?.Group ?? "", kind?.Resource ?? "", Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    /// <summary>The kind of a key: a storage prefix is one segment or two.</summary>
    private KindInfo? KindAt(string key)
    {
        if (key.Length <= _rootLength)
        {
            return null;
        }

        ReadOnlySpan<char> rest = key.AsSpan(_rootLength);
        int first = rest.IndexOf('/');
        if (first < 0)
        {
            return null;
        }

        if (_byPrefix.TryGetValue(rest[..first], out KindInfo? kind))
        {
            return kind;
        }

        int second = rest[(first + 1)..].IndexOf('/');
        return second >= 0 && _byPrefix.TryGetValue(rest[..(first + 1 + second)], out kind) ? kind : null;
    }
}
