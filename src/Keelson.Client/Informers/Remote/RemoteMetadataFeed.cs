using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Client.Informers.Remote;

/// <summary>The changes of a kind's metadata. What is there is kept, for the old side of a change, and for who joins
/// late.
/// </summary>
internal sealed class RemoteMetadataFeed : IMetadataFeed, IFollower, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, ObjectMeta> _known = [];
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private Action<ObjectMeta?, ObjectMeta?>[] _callbacks = [];

    public RemoteMetadataFeed(IApiClient client, ApiKind kind, RemoteInformersConfig config)
    {
        ListAndWatch follow = new(client, kind, metadataOnly: true, config);
        _running = Task.Run(() => follow.RunAsync(this, _stop.Token));
    }

    public Task Synced => _synced.Task;

    public void Subscribe(Action<ObjectMeta?, ObjectMeta?> changed)
    {
        lock (_gate)
        {
            foreach (ObjectMeta meta in _known.Values)
            {
                changed(null, meta);
            }

            _callbacks = [.. _callbacks, changed];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    void IFollower.Replace(IReadOnlyList<IObject> objects, string resourceVersion)
    {
        lock (_gate)
        {
            HashSet<ObjectKey> present = [.. objects.Select(ObjectKey.Of)];
            foreach (IObject obj in objects)
            {
                Put(obj);
            }

            foreach (ObjectKey gone in _known.Keys.Where(key => !present.Contains(key)).ToArray())
            {
                Remove(gone);
            }
        }

        _synced.TrySetResult();
    }

    void IFollower.Change(in WatchNotice notice)
    {
        lock (_gate)
        {
            if (notice.Type == WatchNoticeType.Deleted)
            {
                Remove(ObjectKey.Of(notice.Object!));
            }
            else
            {
                Put(notice.Object!);
            }
        }
    }

    void IFollower.Reach(string resourceVersion)
    {
        // Nobody waits for versions of metadata.
    }

    private void Put(IObject obj)
    {
        ObjectKey key = ObjectKey.Of(obj);
        ObjectMeta? old = _known.GetValueOrDefault(key);
        if (old?.ResourceVersion != obj.Metadata.ResourceVersion)
        {
            // Who wrote which field is much, and nobody here asks for it.
            ObjectMeta now = obj.Metadata with { ManagedFields = ObjectMeta.Empty.ManagedFields };
            _known[key] = now;
            Tell(old, now);
        }
    }

    private void Remove(ObjectKey key)
    {
        if (_known.Remove(key, out ObjectMeta? old))
        {
            Tell(old, null);
        }
    }

    private void Tell(ObjectMeta? old, ObjectMeta? now)
    {
        foreach (Action<ObjectMeta?, ObjectMeta?> callback in _callbacks)
        {
            callback(old, now);
        }
    }
}
