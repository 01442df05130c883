using System.Collections.Concurrent;
using Keelson.Api.Kinds;

namespace Keelson.Client.Informers.Remote;

/// <summary>How informers follow a server elsewhere.</summary>
public sealed record RemoteInformersConfig
{
    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The source of chance.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>The field selector by which a kind is followed; empty for all of it. Who may not see everything says
    /// so here: a node follows its own pods.</summary>
    public Func<ApiKind, string> FieldSelector { get; init; } = static _ => "";

    /// <summary>Told when a kind can't be followed.</summary>
    public Action<string> Log { get; init; } = static _ => { };
}

/// <summary>Informers over a client: each has its own copy of a kind's objects.</summary>
public sealed class RemoteInformers(IApiClient client, RemoteInformersConfig config) : IInformers, IAsyncDisposable
{
    private readonly ConcurrentDictionary<ApiKind, Lazy<IAsyncDisposable>> _informers = [];
    private readonly ConcurrentDictionary<ApiKind, Lazy<RemoteMetadataFeed>> _feeds = [];

    /// <inheritdoc/>
    public IInformer<T> Of<T>()
        where T : class, IKind<T> =>
        (IInformer<T>)_informers.GetOrAdd(KindOf<T>.Kind, _ => new(() => new RemoteInformer<T>(client, config))).Value;

    /// <inheritdoc/>
    public IMetadataFeed MetadataOf(ApiKind kind) =>
        _feeds.GetOrAdd(kind, one => new(() => new RemoteMetadataFeed(client, one, config))).Value;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (Lazy<IAsyncDisposable> one in _informers.Values)
        {
            await one.Value.DisposeAsync();
        }

        foreach (Lazy<RemoteMetadataFeed> one in _feeds.Values)
        {
            await one.Value.DisposeAsync();
        }
    }
}
