using Keelson.Client;
using Keelson.Client.Events;
using Keelson.Client.Informers;

namespace Keelson.Controllers;

/// <summary>Runs the selected controllers, each under its own identity, until it is disposed.</summary>
public sealed class ControllerManager : IAsyncDisposable
{
    private readonly List<(IController Controller, EventRecorder Events, Task Running)> _running = [];
    private readonly CancellationTokenSource _stop = new();

    private ControllerManager()
    {
    }

    /// <summary>Starts the controllers that the settings name.</summary>
    public static ControllerManager Start(IApiClients clients, IInformers informers, ControllerManagerConfig config)
    {
        ControllerManager manager = new();
        foreach (ControllerEntry entry in ControllerCatalog.Select(config.Controllers, out _))
        {
            IApiClient client = clients.ForController(entry.ServiceAccount);
            EventRecorder events = new(client, entry.Name, "", config.Clock);
            IController controller = entry.Create(new ControllerContext
            {
                Name = entry.Name,
                Client = client,
                Informers = informers,
                Events = events,
                Config = config,
            });
            manager._running.Add((controller, events, Task.Run(() => controller.RunAsync(manager._stop.Token))));
        }

        return manager;
    }

    /// <summary>Lets every controller finish the key it is at, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach ((IController controller, EventRecorder events, Task running) in _running)
        {
            await running;
            controller.Dispose();
            await events.DisposeAsync();
        }

        _stop.Dispose();
    }
}
