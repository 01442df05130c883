namespace Keelson.Server.InProcess;

/// <summary>
/// An API server that listens nowhere: for roles in its own process alone, as simulations and tests have it. Calls are
/// authorized, admitted, validated and stored as everywhere.
/// </summary>
public sealed class LocalServer : IAsyncDisposable
{
    private readonly ServerCore _core;

    private LocalServer(ServerCore core)
    {
        _core = core;
        Clients = core.Clients;
        Informers = new(core.Storage);
    }

    /// <summary>Clients of any identity.</summary>
    public InProcessClients Clients { get; }

    /// <summary>Informers over the server's own caches.</summary>
    public CacheInformers Informers { get; }

    /// <summary>Starts a server; what its configuration says of addresses and certificates is not used.</summary>
    public static async Task<LocalServer> StartAsync(ApiServerConfig config, CancellationToken cancellationToken)
    {
        ServerCore core = ServerCore.Compose(config, cancellationToken);
        await core.LoadAsync(cancellationToken);
        core.Surface.Health.FinishStart();
        return new(core);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Informers.DisposeAsync();
        await _core.Storage.DisposeAsync();
        _core.Metrics.Dispose();
    }
}
