using Keelson.Client;
using Keelson.Client.Events;
using Keelson.Client.Informers;
using Keelson.Controllers.ServiceAccounts;

namespace Keelson.Controllers;

/// <summary>Runs the selected controllers, each under its own identity, until it is disposed.</summary>
public sealed class ControllerManager : IAsyncDisposable
{
    private readonly List<(IController Controller, EventRecorder Events, Task Running)> _running = [];
    private readonly CancellationTokenSource _stop = new();

    private Task _accounts = Task.CompletedTask;

    private ControllerManager()
    {
    }

    /// <summary>Starts the controllers that the settings name.</summary>
    public static ControllerManager Start(IApiClients clients, IInformers informers, ControllerManagerConfig config)
    {
        ControllerManager manager = new();
        IReadOnlyList<ControllerEntry> selected = ControllerCatalog.Select(config.Controllers, out _);
        foreach (string name in config.Controllers)
        {
            if (ControllerCatalog.NotRun.TryGetValue(name, out string? why))
            {
                config.Log($"controller {name} does not run: {why}");
            }
        }

        string[] accounts = [.. selected.Select(one => one.ServiceAccount).Where(one => one.Length > 0).Distinct()];
        manager._accounts = Task.Run(
            () => ControllerAccounts.EnsureAsync(clients.ForController(""), accounts, config.Log, manager._stop.Token));
        foreach (ControllerEntry entry in selected)
        {
            IApiClient client = clients.ForController(entry.ServiceAccount);
            EventRecorder events = new(client, entry.EventSource, "", config.Clock);
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
        await _accounts;
        foreach ((IController controller, EventRecorder events, Task running) in _running)
        {
            await running;
            controller.Dispose();
            await events.DisposeAsync();
        }

        _stop.Dispose();
    }
}
