using Keelson.Api.Meta.V1;
using Keelson.Client.Informers;
using Keelson.Server.Storage;

namespace Keelson.Server.InProcess;

/// <summary>The changes of metadata in a cache. Records are decoded for the callbacks and not kept.</summary>
internal sealed class CacheMetadataFeed : IMetadataFeed, ICacheFollower
{
    private readonly Lock _gate = new();
    private readonly CacheFollower _follower;
    private Action<ObjectMeta?, ObjectMeta?>[] _callbacks = [];
    private ObjectSnapshot _snapshot;

    public CacheMetadataFeed(ObjectCache cache)
    {
        _snapshot = cache.Snapshot;
        _follower = new(cache, _snapshot, cache.Events.PositionAfter(_snapshot.Revision), Deliver);
    }

    public Task Synced => Task.CompletedTask;

    public void Subscribe(Action<ObjectMeta?, ObjectMeta?> changed)
    {
        lock (_gate)
        {
            foreach (StoredObject obj in _snapshot.All)
            {
                changed(null, obj.Metadata);
            }

            _callbacks = [.. _callbacks, changed];
        }
    }

    public ValueTask DisposeAsync() => _follower.DisposeAsync();

    private void Deliver(ObjectSnapshot snapshot, IReadOnlyList<ObjectEvent> changes)
    {
        lock (_gate)
        {
            _snapshot = snapshot;
            foreach (ObjectEvent change in changes)
            {
                ObjectMeta? old = change.Previous?.Metadata;
                ObjectMeta? now = change.Object?.Metadata;
                foreach (Action<ObjectMeta?, ObjectMeta?> callback in _callbacks)
                {
                    callback(old, now);
                }
            }
        }
    }
}
