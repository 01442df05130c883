using System.Collections.Concurrent;
using Keelson.Api.Kinds;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Server.Storage;

namespace Keelson.Server.InProcess;

/// <summary>Informers over the server's own caches: they hold no second copy of anything.</summary>
public sealed class CacheInformers : IInformers, IAsyncDisposable
{
    private readonly ObjectStorage _storage;
    private readonly ConcurrentDictionary<ApiKind, Lazy<ICacheFollower>> _informers = [];
    private readonly ConcurrentDictionary<ApiKind, Lazy<ICacheFollower>> _feeds = [];

    internal CacheInformers(ObjectStorage storage) => _storage = storage;

    /// <inheritdoc/>
    public IInformer<T> Of<T>()
        where T : class, IKind<T> =>
        (IInformer<T>)_informers.GetOrAdd(
            KindOf<T>.Kind, kind => new(() => new CacheInformer<T>(_storage.CacheOf(kind), kind))).Value;

    /// <inheritdoc/>
    public IMetadataFeed MetadataOf(ApiKind kind) =>
        (IMetadataFeed)_feeds.GetOrAdd(kind, one => new(() => new CacheMetadataFeed(_storage.CacheOf(one)))).Value;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (Lazy<ICacheFollower> one in _informers.Values.Concat(_feeds.Values))
        {
            await one.Value.DisposeAsync();
        }
    }
}

/// <summary>Something that follows a cache until it is disposed.</summary>
internal interface ICacheFollower : IAsyncDisposable;
