using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Informers.Remote;

namespace Keelson.Cluster.Simulator;

/// <summary>A role as a process of its own: it has a client and informers, and can be killed and started.</summary>
/// <param name="clients">The ways to the API server without faults.</param>
/// <param name="watcher">Whom its informers act as.</param>
/// <param name="faults">What goes wrong on the way.</param>
/// <param name="config">The informers' settings.</param>
/// <param name="start">Starts it.</param>
internal sealed class Role(
    IApiClients clients,
    IApiClient watcher,
    Faults faults,
    RemoteInformersConfig config,
    Func<FaultyClients, IInformers, IAsyncDisposable> start)
{
    private readonly List<Task> _dying = [];
    private Link _link = new();
    private RemoteInformers? _informers;
    private IAsyncDisposable? _running;

    /// <summary>Starts a new incarnation.</summary>
    public void Start()
    {
        _link = new();
        FaultyClients ways = new(clients, faults, _link, config.Clock);
        _informers = new(ways.Around(watcher), config);
        _running = start(ways, _informers);
    }

    /// <summary>Ends the role as SIGTERM does.</summary>
    public async Task StopAsync()
    {
        await _running!.DisposeAsync();
        await _informers!.DisposeAsync();
    }

    /// <summary>Ends the role as SIGKILL does: from now on nothing it began has an effect.</summary>
    public void Kill()
    {
        _link.IsCut = true;
        _dying.Add(StopAsync());
    }

    /// <summary>Completes when everything of all incarnations is gone.</summary>
    public async Task EndAsync()
    {
        await StopAsync();
        await Task.WhenAll(_dying);
    }
}
