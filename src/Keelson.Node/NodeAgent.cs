using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Keelson.Client.Events;
using Keelson.Nodes.Cgroups;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Dra;
using Keelson.Nodes.Eviction;
using Keelson.Nodes.Images;
using Keelson.Nodes.Images.Credentials;
using Keelson.Nodes.Images.Garbage;
using Keelson.Nodes.Linux;
using Keelson.Nodes.Logs;
using Keelson.Nodes.Metrics;
using Keelson.Nodes.Nodes;
using Keelson.Nodes.Objects;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Placement;
using Keelson.Nodes.PodResourcesApi;
using Keelson.Nodes.Probes;
using Keelson.Nodes.Resize;
using Keelson.Nodes.Runtime;
using Keelson.Nodes.Server;
using Keelson.Nodes.Server.Agent;
using Keelson.Nodes.Shutdown;
using Keelson.Nodes.Stats;
using Keelson.Nodes.UserNamespaces;
using Keelson.Nodes.Volumes;
using Keelson.Nodes.Volumes.Content;
using Keelson.Nodes.Volumes.Csi;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes;

/// <summary>
/// The agent of a node: registers it, runs the pods that are bound to it, reports. Disposing ends the agent; pods run
/// on, and the next agent takes them up.
/// </summary>
public sealed class NodeAgent : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _parts = [];
    private Func<CancellationToken, Task> _shutDown = static _ => Task.CompletedTask;

    private NodeAgent()
    {
    }

    /// <summary>Where the kubelet's server listens; 0 for nowhere.</summary>
    public int Port { get; private set; }

    /// <summary>Completes when the node is registered.</summary>
    public Task Registered { get; private set; } = Task.CompletedTask;

    /// <summary>The runtime's socket.</summary>
    public string RuntimeEndpoint { get; private set; } = "";

    /// <summary>Starts an agent; when the task completes, the runtime answers and pods are worked on.</summary>
    /// <exception cref="NodeAgentException">Something that the agent can't do without is missing.</exception>
    public static async Task<NodeAgent> StartAsync(NodeAgentConfig config, CancellationToken cancellationToken)
    {
        NodeAgent agent = new();
        try
        {
            await agent.BuildAsync(config, cancellationToken);
            return agent;
        }
        catch
        {
            await agent.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Starts an agent that comes up beside its caller: what stands in its way is told and tried again until it is
    /// disposed of.
    /// </summary>
    public static IAsyncDisposable Start(NodeAgentConfig config) => new StartingNodeAgent(config);

    /// <summary>Ends the node's pods in order because the machine shuts down, as far as the agent is configured to.
    /// </summary>
    public Task ShutDownAsync(CancellationToken cancellationToken) => _shutDown(cancellationToken);

    /// <summary>Ends the agent, the last part first: the runtime goes last.</summary>
    public async ValueTask DisposeAsync()
    {
        for (int i = _parts.Count - 1; i >= 0; i--)
        {
            await _parts[i].DisposeAsync();
        }

        _parts.Clear();
    }

    private async Task BuildAsync(NodeAgentConfig config, CancellationToken cancellationToken)
    {
        long started = config.Clock.GetTimestamp();
        Directory.CreateDirectory(config.RootDirectory);
        Directory.CreateDirectory(config.PodLogsDirectory);
        ContainerRuntime runtime = await ContainerRuntime.ConnectAsync(config, cancellationToken);
        _parts.Add(runtime);
        RuntimeEndpoint = runtime.Endpoint;
        NodeContext context = ContextOf(config, runtime);
        MachineFacts machine = MachineFacts.Read();
        EvictionThresholds.Parse(config.Eviction);
        NodePressures pressures = new();
        IReadOnlyList<IPAddress> addresses = config.Addresses.Count > 0 ? config.Addresses : FindAddresses();
        EventRecorder events = new(config.Client, "kubelet", config.NodeName, config.Clock);
        _parts.Add(events);
        ImageGarbage images = NodeUpkeep.Images(context, runtime.Client, config.ImageGarbage, events);
        StaticPods? files = config.StaticPodDirectory.Length > 0 ? new(context, config.StaticPodDirectory) : null;
        ObjectWatches watches = new(context);
        _parts.Add(watches);
        NodePlacements placements = NodePlacements.Of(context, config, machine);
        _parts.Add(placements.Plugins);
        NodeShutdown shutdown = new(context, config.Shutdown, events);
        IdRanges ids = await IdRanges.FindAsync(config.IdsPerPod, config.MaxPods, cancellationToken);
        NodeCgroups groups =
            await NodeCgroups.StartAsync(context, config, runtime.CgroupDriver, (machine, events), cancellationToken);
        _parts.Add(groups);
        Surroundings around = new(
            runtime, machine, events, addresses, pressures, images, watches, placements, shutdown, ids, groups.Pods);
        PodServices services = Services(context, config, around);
        PodWorkers workers = PodWorkers.Start(services);
        services.Resizing.Wake = uid => workers.Find(uid)?.Wake();
        watches.Changed = uid => workers.Find(uid)?.Wake();
        _parts.Add(workers);
        if (files is not null)
        {
            _parts.Add(new BackgroundWork(config.Log, [stop => files.RunAsync(workers, stop)]));
        }

        KubeletStats stats = StatsOf(services, workers, new MachineMetrics(machine, config.Version));
        await StartServerAsync(config, services, workers, stats, cancellationToken);
        NodeReporter reporter = new(context, new NodeReporterConfig
        {
            Agent = config,
            Runtime = runtime.Client,
            RuntimeVersion = $"{runtime.Name}://{runtime.Version}",
            RuntimeError = () => workers.Unhealthy is { } error ? "PLEG is not healthy: " + error : null,
            Machine = machine,
            Addresses = addresses,
            Port = Port,
            Events = events,
            Pressure = () => pressures.Flags,
            VolumesInUse = () => around.Attached.Names,
            Devices = placements.DeviceCounts,
            IsNewMachine = placements.Plugins.IsNew,
            IsShuttingDown = () => shutdown.IsOn,
            SinceStart = at => config.Clock.GetElapsedTime(started, at),
        });
        if (config.Shutdown.IsOn)
        {
            _shutDown = stop => shutdown.RunAsync(workers, reporter.Wake, stop);
            _parts.Add(new BackgroundWork(config.Log, [shutdown.Watch(_shutDown, reporter.Wake).RunAsync]));
        }

        _parts.Add(reporter);
        around.Attached.Changed = reporter.Wake;
        Registered = reporter.Registered;
        await StartPlacementsAsync(context, runtime, placements, workers, reporter, cancellationToken);
        EvictionDuties duties = DutiesOf(config, services, workers, stats, around, reporter.Wake);
        _parts.Add(new BackgroundWork(config.Log, [new EvictionWatch(context, duties).RunAsync]));
    }

    private static EvictionDuties DutiesOf(
        NodeAgentConfig config,
        PodServices services,
        PodWorkers workers,
        KubeletStats stats,
        Surroundings around,
        Action changed) => new()
    {
        Config = config.Eviction,
        Stats = stats,
        Pressures = around.Pressures,
        Pods = () => workers.Active,
        End = (pod, verdict, grace) => workers.Find(pod.Metadata.Uid)?.End(verdict, grace),
        IsCleanedUp = pod => workers.IsCleanedUp(pod.Metadata.Uid),
        Reclaim = new NodeReclaim(services.Context, services.Runtime, workers, around.Images),
        PressureChanged = changed,
        Events = around.Events,
    };

    private static KubeletStats StatsOf(PodServices services, PodWorkers workers, MachineMetrics machine) => new(
        services.Context,
        services.Runtime,
        new AgentPods(workers, services.Runtime),
        services.VolumePath,
        new MachineFiles())
    {
        PodsGroup = services.Cgroups.AllPods, PodGroups = services.Cgroups.Classes,
        GroupOf = services.Cgroups.ParentOf,
        Machine = machine,
    };

    private static NodeContext ContextOf(NodeAgentConfig config, ContainerRuntime runtime)
    {
        KubeletMetrics metrics = new(config.Clock);
        runtime.Client.Metrics = metrics.Runtime;
        metrics.Certificates.Client = () => config.Identity?.Certificate;
        metrics.Certificates.ClientFailures = () => config.Identity?.Failures ?? 0;
        metrics.Node.CgroupVersion.Set(HostAbilities.HasUnifiedCgroups() ? 2 : 1);
        return new()
        {
            Metrics = metrics,
            NodeName = config.NodeName,
            RootDirectory = config.RootDirectory,
            PodLogsDirectory = config.PodLogsDirectory,
            MaxContainerRestartPeriod = config.MaxContainerRestartPeriod,
            Connected = config.Connected,
            DefaultSeccomp = config.DefaultSeccomp,
            Client = config.Client,
            Informers = config.Informers,
            Clock = config.Clock,
            Log = config.Log,
        };
    }

    private static IReadOnlyList<IPAddress> FindAddresses()
    {
        IPAddress? four = MachineFacts.FindAddress(AddressFamily.InterNetwork);
        IPAddress? six = four is null ? MachineFacts.FindAddress(AddressFamily.InterNetworkV6) : null;
        return [four ?? six ?? IPAddress.Loopback];
    }

    private PodServices Services(NodeContext context, NodeAgentConfig config, Surroundings around)
    {
        (ContainerRuntime runtime, MachineFacts machine, EventRecorder events, _, _, _, _, _, _, _, _) = around;
        ReferencedObjects objects = new(context.Client, context.Clock);
        OwnNode node = new(context);
        CsiNodeRecord record = new(context);
        CsiDrivers drivers = new(record, context);
        PodVolumes volumes = new(
            new VolumesConfig
            {
                Context = context,
                Mounts = new LinuxMounts(),
                Objects = objects,
                Watches = around.Watches,
                Node = node,
                Images = runtime.Snapshots,
                Attached = around.Attached,
                Events = events,
            },
            drivers);
        _parts.Add(NodeUpkeep.Start(
            context,
            new LogRotation(runtime.Client, config.LogRotation, context),
            new(runtime.Client, drivers, record, around.Images, new(context, events), around.Own.Types)
            { Duties = runtime.UpkeepWith(context) }));
        ContainerEnvironments environments = new(context, objects, node);
        PodDns dns = new(config.ClusterDns, config.ClusterDomain, config.ResolverFile, events);
        LifecycleHooks hooks = new(runtime.Client, events, context.Clock) { Metrics = context.Metrics.Pods };
        ImagePuller images = Puller(context, config, around);
        PodResizing resizing = new(context, events, LimitsOf(config, around));
        ContainerLimitsConfig limits =
            ContainerLimitsConfig.OfMachine(machine.MemoryBytes, config.KillsSingleProcesses);
        ContainerConfigs configs = new(
            context, volumes, environments, around.Own.Placements, limits, config.ClusterDomain);
        ContainerKiller killer = new(runtime.Client, hooks, events, context.Clock);
        IReadOnlyList<string> hostAddresses = [.. around.Addresses.Select(static one => one.ToString())];
        return new()
        {
            Context = context,
            Runtime = runtime.Client,
            Pictures = new(runtime.Client),
            Sandboxes = new(context, dns, around.Groups),
            Starter = new(runtime.Client, configs, images, hooks, events),
            Images = images,
            ContainerKiller = killer,
            Killer = new(runtime.Client, killer) { Shims = runtime.Shims },
            Volumes = volumes,
            VolumePath = volumes.PathOf,
            Cgroups = around.Groups,
            Events = events,
            Probes = new(runtime.Client, context.Clock),
            HostAddresses = () => hostAddresses,
            Admission = new(context, config, around.Pressures, resizing, around.Own.Placements, around.Shutdown),
            Placements = around.Own.Placements, Dynamic = around.Own.Dynamic,
            Resizing = resizing,
            UserNamespaces = new(context, around.Ids, runtime.Client),
            Resizer = new(runtime.Client, around.Groups, resizing, limits),
            RuntimeName = runtime.Name, CgroupDriver = runtime.CgroupDriver,
        };
    }

    private async Task StartPlacementsAsync(
        NodeContext context,
        ContainerRuntime runtime,
        NodePlacements placements,
        PodWorkers workers,
        NodeReporter reporter,
        CancellationToken cancellationToken)
    {
        placements.Plugins.Changed = () =>
        {
            reporter.Wake();

            // Pods show how the devices are that they have.
            foreach (string uid in placements.Plugins.Inventory.Grants.Select(static one => one.Pod).Distinct())
            {
                workers.Find(uid)?.Wake();
            }
        };
        placements.Drivers.HealthChanged = driver =>
        {
            foreach (string uid in placements.Dynamic.PodsOf(driver))
            {
                workers.Find(uid)?.Wake();
            }
        };
        ResourceSliceWipe wipe = new(context);
        placements.Drivers.UsableChanged = wipe.Take;
        _parts.Add(new BackgroundWork(context.Log,
        [
            stop => wipe.RunAsync(reporter.Registered, stop),
            stop => placements.Dynamic.ReconcileAsync(
                uid => workers.IsSettled ? workers.Find(uid) is not null : null, stop),
        ]));
        await placements.Plugins.StartAsync(cancellationToken);
        PodResourcesServer server = new(
            new(() => workers.Pods, () => workers.Active),
            placements.Plugins.Inventory,
            placements.Cpus,
            placements.Memory)
        {
            Metrics = context.Metrics.Placement,
            Claims = placements.Dynamic,
            Clock = context.Clock,
        };
        _parts.Add(await server.StartAsync(context.RootDirectory, cancellationToken));
        if (placements.Cpus is { } cpus)
        {
            CpuReconcile reconcile = new(context, runtime.Client, cpus);
            _parts.Add(new BackgroundWork(context.Log, [reconcile.RunAsync]));
        }
    }

    private static ImagePuller Puller(NodeContext context, NodeAgentConfig config, Surroundings around) => new(
        around.Runtime.Client,
        new PullSecrets(context.Client, around.Events),
        around.Events,
        context.Clock,
        config.ParallelImagePulls,
        CredentialProviders.Of(context, config))
    {
        Metrics = context.Metrics.Images,
        Verification = new(around.Images.Records = new(context), config.PullVerification, config.PullAllowlist),
    };

    private static ResizeLimits LimitsOf(NodeAgentConfig config, Surroundings around) => new()
    {
        Capacity = NodeResources.PodsBounds(around.Machine, config),
        HasStaticCpus = around.Own.Cpus is not null,
        HasStaticMemory = around.Own.Memory is not null,
    };

    private async Task StartServerAsync(
        NodeAgentConfig config,
        PodServices services,
        PodWorkers workers,
        KubeletStats stats,
        CancellationToken cancellationToken)
    {
        if (config.Health is { } health
            && await HealthServer.StartAsync(health, config.Log, cancellationToken) is { } told)
        {
            _parts.Add(told);
        }

        if (config.Server is not null)
        {
            AgentServer server = await AgentServer.StartAsync(
                config with { RuntimeEndpoint = RuntimeEndpoint, CgroupDriver = services.CgroupDriver },
                services, workers, stats, cancellationToken);
            _parts.Add(server);
            Port = server.Port;
        }
    }

    /// <summary>What services of pods are made from.</summary>
    private sealed record Surroundings(
        ContainerRuntime Runtime,
        MachineFacts Machine,
        EventRecorder Events,
        IReadOnlyList<IPAddress> Addresses,
        NodePressures Pressures,
        ImageGarbage Images,
        ObjectWatches Watches,
        NodePlacements Own,
        NodeShutdown Shutdown,
        IdRanges Ids,
        PodCgroups Groups)
    {
        public AttachedVolumes Attached { get; } = new();
    }
}
