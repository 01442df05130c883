using System.Security.Cryptography;
using Keelson.Client;
using Keelson.Client.Informers.Remote;
using Keelson.Cluster.Simulator.Invariants;
using Keelson.Controllers;
using Keelson.Scheduler;
using Keelson.Server;
using Keelson.Server.Authentication;
using Keelson.Server.InProcess;
using Keelson.Simulation;
using Keelson.Store;
using Keelson.Store.Embedded;

namespace Keelson.Cluster.Simulator;

/// <summary>A control plane on virtual time: API server, controllers, scheduler and nodes, each role on a way of its
/// own
/// to the server.</summary>
internal sealed class World : IAsyncDisposable
{
    private readonly EmbeddedStore _store;
    private readonly LocalServer _server;
    private readonly int _seed;
    private readonly Action<string> _log;
    private int _parts;

    private World(SimulationPlan plan, VirtualClock clock, EmbeddedStore store, LocalServer server, Action<string> log)
    {
        (_seed, _store, _server, _log, Clock) = (plan.Seed, store, server, log, clock);
        Faults = plan.FaultsOf(Chance());
        Admin = server.Clients.For(new UserInfo { Name = "admin", Groups = ["system:masters"] }, "kubectl");
        UserInfo scheduler = new() { Name = "system:kube-scheduler", Groups = ["system:authenticated"] };
        Controllers = new(server.Clients, Admin, Faults, InformersConfig(), (ways, informers) =>
            ControllerManager.Start(ways, informers, new ControllerManagerConfig
            {
                RootAuthorityPem = static () => "authority",
                Clock = clock,
                Random = Chance(),
                Log = log,
            }));
        Scheduler = new(server.Clients, Admin, Faults, InformersConfig(), (ways, informers) =>
            Keelson.Scheduler.Scheduler.Start(
                ways.Around(server.Clients.For(scheduler, "kube-scheduler")),
                informers,
                new SchedulerConfig { Clock = clock, Random = Chance(), Log = log }));
        Nodes = new(server.Clients, Admin, Faults, InformersConfig(), (ways, informers) =>
            SimulatedNodes.Start(ways, informers, plan.NodesOf(clock, Chance(), log)));
    }

    /// <summary>The time.</summary>
    public VirtualClock Clock { get; }

    /// <summary>What goes wrong.</summary>
    public Faults Faults { get; }

    /// <summary>The user's way to the server; nothing goes wrong on it.</summary>
    public IApiClient Admin { get; }

    public Role Controllers { get; }

    public Role Scheduler { get; }

    public Role Nodes { get; }

    /// <summary>What was committed.</summary>
    public required ClusterHistory History { get; init; }

    /// <summary>Starts everything.</summary>
    public static async Task<World> StartAsync(SimulationPlan plan, VirtualClock clock, Action<string> log)
    {
        EmbeddedStore store = EmbeddedStore.Open(new EmbeddedStoreOptions
        {
            TimeProvider = clock,
            Random = new Random(plan.Seed),
            HistoryRetention = TimeSpan.Zero,
        });
        LocalServer server = await LocalServer.StartAsync(
            new ApiServerConfig
            {
                Store = new LockstepStore(store),
                Certificates = new NoCertificates(),
                ClientAuthorities = static () => new([]),
                ServiceAccountKey = Task.FromResult<AsymmetricAlgorithm>(ECDsa.Create(ECCurve.NamedCurves.nistP256)),
                Clock = clock,
                Random = new Random(plan.Seed + 1),
                Log = log,
            },
            CancellationToken.None);
        List<IInvariant> invariants = [];
        World world = new(plan, clock, store, server, log) { History = new(invariants, clock) };
        invariants.AddRange(
        [
            new PlacementInvariant(),
            new DeploymentInvariant(plan.IsCalm),
            new StatefulSetInvariant(plan.IsCalm),
            new QuotaInvariant(),
            new BudgetInvariant(plan.IsCalm),
            new SinglePodInvariant(world.Faults),
        ]);
        await store.ObserveAsync(new Keelson.Store.WatchRequest(KeyRange.All) { FromRevision = 1 }, world.History);
        world.Nodes.Start();
        world.Controllers.Start();
        world.Scheduler.Start();
        return world;
    }

    /// <summary>A role by its number, for who picks one by chance.</summary>
    public Role RoleAt(int index) => index switch { 0 => Controllers, 1 => Scheduler, _ => Nodes };

    public async ValueTask DisposeAsync()
    {
        Faults.AreOn = false;
        await Scheduler.EndAsync();
        await Controllers.EndAsync();
        await Nodes.EndAsync();
        await _server.DisposeAsync();
        await _store.DisposeAsync();
    }

    /// <summary>A source of chance for one part, so that what one part draws moves no other.</summary>
    private Random Chance() => new((_seed * 31) + ++_parts);

    private RemoteInformersConfig InformersConfig() => new() { Clock = Clock, Random = Chance(), Log = _log };

    private sealed class NoCertificates : IServingCertificateSource
    {
        public ServingCertificate Current => throw new InvalidOperationException("This server does not listen.");
    }
}
