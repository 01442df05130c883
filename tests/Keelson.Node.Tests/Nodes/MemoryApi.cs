using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Keelson.Api.Authentication.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Machinery.Patches;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Wire;

namespace Keelson.Nodes.Tests.Nodes;

/// <summary>Objects in memory behind a client's calls, with tokens for whoever asks.</summary>
internal sealed class MemoryApi(TimeProvider clock) : IApiClient, IInformers
{
    private readonly ConcurrentDictionary<(KindInfo Kind, string Namespace, string Name), IObject> _objects = new();
    private readonly Dictionary<Type, object> _informers = [];
    private int _version;

    /// <summary>True while nobody can reach it.</summary>
    public bool IsAway { get; set; }

    /// <summary>How many tokens were asked for.</summary>
    public int TokenCount { get; private set; }

    /// <summary>Puts an object there, whatever was there before.</summary>
    public T Put<T>(T obj)
        where T : IObject
    {
        string version = Interlocked.Increment(ref _version).ToString(CultureInfo.InvariantCulture);
        IObject stored = obj.WithMetadata(obj.Metadata with
        {
            ResourceVersion = version,
            Uid = obj.Metadata.Uid.Length > 0 ? obj.Metadata.Uid : "uid-" + obj.Metadata.Name,
        });
        _objects[(obj.KindInfo, obj.Metadata.Namespace, obj.Metadata.Name)] = stored;
        return (T)stored;
    }

    /// <summary>Takes an object away.</summary>
    public void Remove<T>(string @namespace, string name)
        where T : class, IKind<T> => _objects.TryRemove((KindOf<T>.Kind.Info, @namespace, name), out _);

    /// <summary>An object; null when there is none.</summary>
    public T? Find<T>(string @namespace, string name)
        where T : class, IKind<T> =>
        _objects.TryGetValue((KindOf<T>.Kind.Info, @namespace, name), out IObject? found) ? (T)found : null;

    /// <summary>All objects of a kind.</summary>
    public IEnumerable<T> All<T>()
        where T : class, IKind<T> => _objects.Values.OfType<T>()
            .OrderBy(static one => one.Metadata.Namespace + "/" + one.Metadata.Name, StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask<ApiResult<IObject>> GetAsync(ObjectPath path, CancellationToken cancellationToken) => new(
        IsAway ? ApiErrors.Unavailable("away")
        : _objects.TryGetValue(KeyOf(path), out IObject? found) ? ApiResult<IObject>.Of(found)
        : ApiErrors.NotFound(path.Kind.Info, path.Name));

    /// <inheritdoc/>
    public ValueTask<ApiResult<ObjectList>> ListAsync(
        ApiKind kind, string @namespace, ListRequest request, CancellationToken cancellationToken) => new(
        ApiResult<ObjectList>.Of(new(
            [.. _objects.Where(one => one.Key.Kind == kind.Info).Select(static one => one.Value)], "1", "")));

    /// <inheritdoc/>
    public ValueTask<ApiResult<IObject>> CreateAsync(
        ObjectPath path, IObject obj, WriteRequest request, CancellationToken cancellationToken)
    {
        if (IsAway)
        {
            return new(ApiErrors.Unavailable("away"));
        }

        if (obj is TokenRequest asked)
        {
            return new(ApiResult<IObject>.Of(asked with
            {
                Status = new()
                {
                    Token = $"token-{++TokenCount}-for-{path.Name}-{string.Join('+', asked.Spec.Audiences)}",
                    ExpirationTimestamp = new(clock.GetUtcNow().AddSeconds(asked.Spec.ExpirationSeconds ?? 3600)),
                },
            }));
        }

        var key = (path.Kind.Info, path.Namespace, obj.Metadata.Name);
        return new(_objects.ContainsKey(key)
            ? ApiErrors.AlreadyExists(path.Kind.Info, obj.Metadata.Name)
            : ApiResult<IObject>.Of(Put(obj)));
    }

    /// <inheritdoc/>
    public ValueTask<ApiResult<IObject>> UpdateAsync(
        ObjectPath path, IObject obj, WriteRequest request, CancellationToken cancellationToken) => new(
        IsAway ? ApiErrors.Unavailable("away")
        : !_objects.TryGetValue(KeyOf(path), out IObject? found) ? ApiErrors.NotFound(path.Kind.Info, path.Name)
        : found.Metadata.ResourceVersion != obj.Metadata.ResourceVersion
            ? ApiErrors.Modified(path.Kind.Info, path.Name)
            : ApiResult<IObject>.Of(Put(obj)));

    /// <inheritdoc/>
    public ValueTask<ApiResult<IObject>> PatchAsync(
        ObjectPath path, PatchType type, byte[] patch, WriteRequest request, CancellationToken cancellationToken)
    {
        if (!_objects.TryGetValue(KeyOf(path), out IObject? found))
        {
            return new(ApiErrors.NotFound(path.Kind.Info, path.Name));
        }

        JsonBuffer json = new();
        found.WriteJson(json);
        ObjectTree changed = StrategicMergePatch.Apply(
            path.Kind.Schema, TreeReader.ReadObject(json.Written), TreeReader.ReadObject(patch));
        return new(ApiResult<IObject>.Of(Put(path.Kind.DecodeJson(changed.ToJson()))));
    }

    /// <inheritdoc/>
    public ValueTask<ApiResult<Deletion>> DeleteAsync(
        ObjectPath path, DeleteOptions options, CancellationToken cancellationToken) => new(
        _objects.TryRemove(KeyOf(path), out IObject? gone)
            ? new Deletion(gone, true)
            : ApiErrors.NotFound(path.Kind.Info, path.Name));

    /// <inheritdoc/>
    public ValueTask<ApiResult<int>> DeleteCollectionAsync(
        ApiKind kind,
        string @namespace,
        DeleteOptions options,
        ListRequest request,
        CancellationToken cancellationToken)
    {
        WipedSelectors.Enqueue(request.FieldSelector);
        return new((ApiResult<int>)0);
    }

    /// <summary>Of which fields objects were deleted all at once.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> WipedSelectors { get; } = new();

    /// <summary>A watch that never tells anything: tests ask for pods to be looked at themselves.</summary>
    public async IAsyncEnumerable<WatchNotice> WatchAsync(
        ApiKind kind,
        string @namespace,
        WatchRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellationToken);
        yield break;
    }

    /// <inheritdoc/>
    public IInformer<T> Of<T>()
        where T : class, IKind<T>
    {
        lock (_informers)
        {
            if (!_informers.TryGetValue(typeof(T), out object? informer))
            {
                _informers[typeof(T)] = informer = new Informer<T>(this);
            }

            return (IInformer<T>)informer;
        }
    }

    /// <inheritdoc/>
    public IMetadataFeed MetadataOf(ApiKind kind) => throw new NotSupportedException();

    private static (KindInfo Kind, string Namespace, string Name) KeyOf(ObjectPath path) =>
        (path.Kind.Info, path.Namespace, path.Name);

    /// <summary>Reads of what is there; nobody is called back.</summary>
    private sealed class Informer<T>(MemoryApi api) : IInformer<T>
        where T : class, IKind<T>
    {
        public Task Synced => Task.CompletedTask;

        public int Count => api.All<T>().Count();

        public T? Find(string @namespace, string name) => api.Find<T>(@namespace, name);

        public IEnumerable<T> List(string @namespace = "") =>
            api.All<T>().Where(one => @namespace.Length == 0 || one.Metadata.Namespace == @namespace);

        public IInformerIndex<T> Index(string name, Func<T, IEnumerable<string>> keys) =>
            throw new NotSupportedException();

        public void Subscribe(Action<T?, T?> changed)
        {
            foreach (T one in List())
            {
                changed(null, one);
            }
        }

        public ValueTask ReachedAsync(long resourceVersion, CancellationToken cancellationToken) =>
            ValueTask.CompletedTask;
    }
}
