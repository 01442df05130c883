using System.Collections.Immutable;
using Keelson.Api.Kinds;

namespace Keelson.Client.Informers.Remote;

/// <summary>An informer with a store of its own: by namespace and name, in order, read without locks.</summary>
internal sealed class RemoteInformer<T> : IInformer<T>, IFollower, IAsyncDisposable
    where T : class, IKind<T>
{
    private static readonly ImmutableSortedDictionary<string, T> NoObjects =
        ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);

    private readonly InformerSubscribers<T> _subscribers = new();
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, T>> _objects =
        ImmutableSortedDictionary.Create<string, ImmutableSortedDictionary<string, T>>(StringComparer.Ordinal);

    private int _count;

    public RemoteInformer(IApiClient client, RemoteInformersConfig config)
    {
        ListAndWatch follow = new(client, KindOf<T>.Kind, metadataOnly: false, config);
        _running = Task.Run(() => follow.RunAsync(this, _stop.Token));
    }

    public Task Synced => _synced.Task;

    public int Count => Volatile.Read(ref _count);

    public T? Find(string @namespace, string name) =>
        Volatile.Read(ref _objects).TryGetValue(@namespace, out ImmutableSortedDictionary<string, T>? named)
            && named.TryGetValue(name, out T? found) ? found : null;

    public IEnumerable<T> List(string @namespace = "")
    {
        var objects = Volatile.Read(ref _objects);
        return @namespace.Length == 0
            ? objects.Values.SelectMany(static named => named.Values)
            : objects.TryGetValue(@namespace, out ImmutableSortedDictionary<string, T>? named) ? named.Values : [];
    }

    public IInformerIndex<T> Index(string name, Func<T, IEnumerable<string>> keys) =>
        _subscribers.Index(name, keys, () => List());

    public void Subscribe(Action<T?, T?> changed) => _subscribers.Subscribe(changed, () => List());

    public ValueTask ReachedAsync(long resourceVersion, CancellationToken cancellationToken) =>
        _subscribers.ReachedAsync(resourceVersion, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    void IFollower.Replace(IReadOnlyList<IObject> objects, string resourceVersion)
    {
        lock (_subscribers.Gate)
        {
            HashSet<ObjectKey> present = [];
            foreach (IObject obj in objects)
            {
                present.Add(ObjectKey.Of(obj));
                Put((T)obj);
            }

            foreach (T gone in List().Where(one => !present.Contains(ObjectKey.Of(one))).ToArray())
            {
                Remove(ObjectKey.Of(gone));
            }

            _subscribers.Reach(ResourceVersions.Number(resourceVersion));
        }

        _synced.TrySetResult();
    }

    void IFollower.Change(in WatchNotice notice)
    {
        lock (_subscribers.Gate)
        {
            if (notice.Type == WatchNoticeType.Deleted)
            {
                Remove(ObjectKey.Of(notice.Object!));
            }
            else
            {
                Put((T)notice.Object!);
            }

            _subscribers.Reach(ResourceVersions.Number(notice.ResourceVersion));
        }
    }

    void IFollower.Reach(string resourceVersion)
    {
        lock (_subscribers.Gate)
        {
            _subscribers.Reach(ResourceVersions.Number(resourceVersion));
        }
    }

    private void Put(T obj)
    {
        ObjectKey key = ObjectKey.Of(obj);
        ImmutableSortedDictionary<string, T> named = _objects.GetValueOrDefault(key.Namespace, NoObjects);
        T? old = named.GetValueOrDefault(key.Name);
        if (old is not null && old.Metadata.ResourceVersion == obj.Metadata.ResourceVersion)
        {
            return;
        }

        Volatile.Write(ref _objects, _objects.SetItem(key.Namespace, named.SetItem(key.Name, obj)));
        Volatile.Write(ref _count, old is null ? _count + 1 : _count);
        _subscribers.Deliver(old, obj);
    }

    private void Remove(ObjectKey key)
    {
        ImmutableSortedDictionary<string, T> named = _objects.GetValueOrDefault(key.Namespace, NoObjects);
        if (!named.TryGetValue(key.Name, out T? old))
        {
            return;
        }

        named = named.Remove(key.Name);
        Volatile.Write(
            ref _objects,
            named.IsEmpty ? _objects.Remove(key.Namespace) : _objects.SetItem(key.Namespace, named));
        Volatile.Write(ref _count, _count - 1);
        _subscribers.Deliver(old, null);
    }
}
