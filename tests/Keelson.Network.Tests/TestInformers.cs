using Keelson.Api.Kinds;
using Keelson.Client;
using Keelson.Client.Informers;

namespace Keelson.Network.Tests;

/// <summary>Informers of a cluster that a test changes as it likes.</summary>
internal sealed class TestInformers : IInformers
{
    private readonly Dictionary<ApiKind, object> _informers = [];

    public IInformer<T> Of<T>()
        where T : class, IKind<T> => Get<T>();

    public IMetadataFeed MetadataOf(ApiKind kind) => throw new NotSupportedException();

    public void Put<T>(T obj)
        where T : class, IKind<T> => Get<T>().Put(obj);

    public void Delete<T>(string @namespace, string name)
        where T : class, IKind<T> => Get<T>().Delete(new(@namespace, name));

    private TestInformer<T> Get<T>()
        where T : class, IKind<T>
    {
        lock (_informers)
        {
            if (!_informers.TryGetValue(KindOf<T>.Kind, out object? informer))
            {
                _informers.Add(KindOf<T>.Kind, informer = new TestInformer<T>());
            }

            return (TestInformer<T>)informer;
        }
    }

    private sealed class TestInformer<T> : IInformer<T>
        where T : class, IKind<T>
    {
        private readonly SortedDictionary<string, T> _objects = new(StringComparer.Ordinal);
        private readonly InformerSubscribers<T> _subscribers = new();

        public Task Synced => Task.CompletedTask;

        public int Count => _objects.Count;

        public T? Find(string @namespace, string name)
        {
            lock (_subscribers.Gate)
            {
                return _objects.GetValueOrDefault(@namespace + "/" + name);
            }
        }

        public IEnumerable<T> List(string @namespace = "")
        {
            lock (_subscribers.Gate)
            {
                return
                [
                    .. _objects.Values.Where(one => @namespace.Length == 0 || one.Metadata.Namespace == @namespace),
                ];
            }
        }

        public IInformerIndex<T> Index(string name, Func<T, IEnumerable<string>> keys) =>
            _subscribers.Index(name, keys, () => _objects.Values);

        public void Subscribe(Action<T?, T?> changed) => _subscribers.Subscribe(changed, () => _objects.Values);

        public ValueTask ReachedAsync(long resourceVersion, CancellationToken cancellationToken) =>
            ValueTask.CompletedTask;

        public void Put(T obj)
        {
            lock (_subscribers.Gate)
            {
                string key = obj.Metadata.Namespace + "/" + obj.Metadata.Name;
                T? old = _objects.GetValueOrDefault(key);
                _objects[key] = obj;
                _subscribers.Deliver(old, obj);
            }
        }

        public void Delete(ObjectKey key)
        {
            lock (_subscribers.Gate)
            {
                if (_objects.Remove(key.Namespace + "/" + key.Name, out T? old))
                {
                    _subscribers.Deliver(old, null);
                }
            }
        }
    }
}
