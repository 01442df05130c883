using Keelson.Controllers;
using Keelson.Scheduler;
using Keelson.Server;
using Keelson.Server.Authentication;
using Keelson.Simulation;

namespace Keelson.Cluster;

/// <summary>What runs beside the API server in the same process: controllers, scheduler, simulated nodes.</summary>
internal sealed class ControlPlaneRoles : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _running = [];

    /// <summary>Starts the roles; should one fail to, the process can't go on.</summary>
    public static ControlPlaneRoles Start(
        ApiServer server, ControlPlaneConfig config, ControllerManagerConfig controllers)
    {
        ControlPlaneRoles roles = new();
        try
        {
            roles._running.Add(ControllerManager.Start(server.Clients, server.Informers, controllers));
            UserInfo scheduler = new() { Name = "system:kube-scheduler", Groups = [WellKnownUsers.AuthenticatedGroup] };
            roles._running.Add(Scheduler.Scheduler.Start(server.Clients.For(scheduler, "kube-scheduler"), server.Informers, new SchedulerConfig
            {
                Configuration = config.Scheduler,
                Clock = config.Clock,
                Random = config.Random,
                Log = config.Log,
            }));
            if (config.SimulatedNodes is { Count: > 0 } simulated)
            {
                SimulatedNodesConfig nodes =
                    simulated with { Clock = config.Clock, Random = config.Random, Log = config.Log };
                roles._running.Add(SimulatedNodes.Start(server.Clients, server.Informers, nodes));
            }
        }
        catch (Exception exception)
        {
            config.OnFatal(exception);
        }

        return roles;
    }

    /// <summary>Ends them, the last first.</summary>
    public async ValueTask DisposeAsync()
    {
        for (int i = _running.Count - 1; i >= 0; i--)
        {
            await _running[i].DisposeAsync();
        }
    }
}
