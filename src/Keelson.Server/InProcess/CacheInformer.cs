using Keelson.Api.Kinds;
using Keelson.Client.Informers;
using Keelson.Server.Storage;

namespace Keelson.Server.InProcess;

/// <summary>An informer over a cache: its objects are the cache's own, a moment behind at most.</summary>
internal sealed class CacheInformer<T> : IInformer<T>, ICacheFollower
    where T : class, IKind<T>
{
    private readonly InformerSubscribers<T> _subscribers = new();
    private readonly ObjectCache _cache;
    private readonly ApiKind _kind;
    private readonly CacheFollower _follower;
    private ObjectSnapshot _snapshot;

    public CacheInformer(ObjectCache cache, ApiKind kind)
    {
        _cache = cache;
        _kind = kind;
        cache.KeepsRecords = true;
        _snapshot = cache.Snapshot;
        lock (_subscribers.Gate)
        {
            _subscribers.Reach(_snapshot.Revision);
        }

        _follower = new(cache, _snapshot, cache.Events.PositionAfter(_snapshot.Revision), Deliver);
    }

    public Task Synced => Task.CompletedTask;

    public int Count => Volatile.Read(ref _snapshot).Count;

    public T? Find(string @namespace, string name) =>
        Volatile.Read(ref _snapshot).Find(_cache.KeyOf(@namespace, name)) is { } found ? RecordOf(found) : null;

    public IEnumerable<T> List(string @namespace = "")
    {
        (string from, string to) = _cache.RangeOf(@namespace);
        return Volatile.Read(ref _snapshot).Range(from, to).Select(RecordOf);
    }

    public IInformerIndex<T> Index(string name, Func<T, IEnumerable<string>> keys) =>
        _subscribers.Index(name, keys, () => List());

    public void Subscribe(Action<T?, T?> changed) => _subscribers.Subscribe(changed, () => List());

    public ValueTask ReachedAsync(long resourceVersion, CancellationToken cancellationToken) =>
        _subscribers.ReachedAsync(resourceVersion, cancellationToken);

    public ValueTask DisposeAsync() => _follower.DisposeAsync();

    private void Deliver(ObjectSnapshot snapshot, IReadOnlyList<ObjectEvent> changes)
    {
        lock (_subscribers.Gate)
        {
            Volatile.Write(ref _snapshot, snapshot);
            foreach (ObjectEvent change in changes)
            {
                T? old = change.Previous is { } previous ? RecordOf(previous) : null;
                T? now = change.Object is { } obj ? RecordOf(obj) : null;
                _subscribers.Deliver(old, now);
            }

            _subscribers.Reach(snapshot.Revision);
        }
    }

    private T RecordOf(StoredObject obj) =>
        _kind.Stored == _kind ? (T)obj.KeptRecord : (T)_kind.FromStored(obj.KeptRecord);
}
