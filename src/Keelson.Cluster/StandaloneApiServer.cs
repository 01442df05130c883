using Keelson.Server;
using Keelson.Store;
using Keelson.Store.Embedded;
using Keelson.Store.Etcd;

namespace Keelson.Cluster;

/// <summary>Where an API server keeps its objects: in etcd, or in a directory of its own.</summary>
public sealed record ServerStoreConfig
{
    /// <summary>The etcd to use; null for an embedded store.</summary>
    public EtcdStoreConfig? Etcd { get; init; }

    /// <summary>The embedded store's directory.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>How far history goes back (<c>--etcd-compaction-interval</c>); zero: this server compacts
    /// nothing.</summary>
    public TimeSpan CompactionInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where the store says what goes on.</summary>
    public Action<string> Log { get; init; } = static _ => { };

    /// <summary>Called when the store can't go on.</summary>
    public Action<Exception> OnFatal { get; init; } = static _ => { };
}

/// <summary>An API server as a process of its own, with its store.</summary>
public sealed class StandaloneApiServer : IAsyncDisposable
{
    private readonly IStore _store;
    private readonly ApiServer _server;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _compaction;

    private StandaloneApiServer(IStore store, ApiServer server, ServerStoreConfig config)
    {
        _store = store;
        _server = server;
        _compaction = config is { Etcd: not null, CompactionInterval: var interval } && interval > TimeSpan.Zero
            ? CompactAsync(new EtcdCompaction(store, interval, config.Clock), _stop.Token)
            : Task.CompletedTask;
    }

    /// <summary>Where it listens.</summary>
    public int Port => _server.Port;

    /// <summary>Opens the store and starts the server; when the task completes, it answers.</summary>
    /// <param name="storeConfig">Where objects are kept.</param>
    /// <param name="configure">The server's configuration over the opened store.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="StoreUnavailableException">etcd does not answer.</exception>
    public static async Task<StandaloneApiServer> StartAsync(
        ServerStoreConfig storeConfig, Func<IStore, ApiServerConfig> configure, CancellationToken cancellationToken)
    {
        IStore store = storeConfig.Etcd is { } etcd
            ? await EtcdStore.ConnectAsync(etcd, cancellationToken)
            : EmbeddedStore.Open(new EmbeddedStoreOptions
            {
                Directory = storeConfig.DataDirectory,
                HistoryRetention = storeConfig.CompactionInterval,
                TimeProvider = storeConfig.Clock,
                OnNotice = storeConfig.Log,
                OnFatal = storeConfig.OnFatal,
            });
        try
        {
            return new(store, await ApiServer.StartAsync(configure(store), cancellationToken), storeConfig);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops cleanly: first the server, then the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _compaction;
        _stop.Dispose();
        await _server.DisposeAsync();
        await _store.DisposeAsync();
    }

    private static async Task CompactAsync(EtcdCompaction compaction, CancellationToken cancellationToken)
    {
        try
        {
            await compaction.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Asked to end.
        }
    }
}
