using Keelson.Controllers;
using Keelson.Scheduler;
using Keelson.Server;
using Keelson.Server.Authentication;

namespace Keelson.Cluster;

/// <summary>What runs beside the API server in the same process: controllers, scheduler, simulated nodes.</summary>
internal sealed class ControlPlaneRoles : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _running = [];

    /// <summary>Starts the roles; should one fail to, the process can't go on.</summary>
    public static async Task<ControlPlaneRoles> StartAsync(
        ApiServer server,
        ControlPlaneConfig config,
        ControllerManagerConfig controllers,
        SimulatedKubelets? simulated)
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
            if (simulated is not null)
            {
                roles._running.Add(simulated);
                await simulated.StartAsync(server);
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
