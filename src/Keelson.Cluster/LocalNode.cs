using System.Net;
using System.Security.Cryptography.X509Certificates;
using Keelson.Api.Core.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Network.Dns;
using Keelson.Network.Ingress;
using Keelson.Network.LoadBalancers;
using Keelson.Network.PodNetwork;
using Keelson.Network.Policies;
using Keelson.Network.Proxy;
using Keelson.Nodes;
using Keelson.Nodes.Provisioner;

namespace Keelson.Cluster;

/// <summary>
/// The node with containers in the control plane's process: the agent, the pod network, the services' rules. What
/// it needs of the API it calls as any node would.
/// </summary>
internal sealed class LocalNode : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _parts = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _ready;
    private bool _isDisposed;
    private Task _published = Task.CompletedTask;

    private LocalNode(Task ready) => _ready = ready;

    /// <summary>Completes when the node is Ready and its pods find the cluster's DNS.</summary>
    public Task Ready => Task.WhenAll(_ready, _published);

    /// <summary>Starts it; when the task completes, the container runtime answers.</summary>
    /// <exception cref="NodeAgentException">Something that a node can't do without is missing.</exception>
    public static async Task<LocalNode> StartAsync(
        LocalNodeConfig config, LocalNodeSurroundings around, CancellationToken cancellationToken)
    {
        LocalNode node = new(WhenAsync(around.Informers.Of<Node>(), config.Name, IsReady));
        try
        {
            PodNetworkConfig network = Network(config) with { Clock = around.Clock, Log = around.Log };
            Directory.CreateDirectory(network.ConfigDirectory);
            node._parts.Add(NodePodNetwork.Start(around.Informers, network));
            node._parts.Add(ServiceProxy.Start(
                around.Informers,
                Proxy(config) with { ServiceRanges = around.ServiceRanges, Clock = around.Clock, Log = around.Log }));
            node._parts.Add(PolicyEnforcer.Start(
                around.Informers, Policies(config) with { Clock = around.Clock, Log = around.Log }));
            ClusterDns dns = ClusterDns.Start(around.Informers, Dns(config, around));
            node._parts.Add(dns);
            node.Publish(config, around, dns.Endpoints[0]);
            node.StartEntrances(config, around);
            node._parts.Add(await NodeAgent.StartAsync(Agent(config, around), cancellationToken));
            node._parts.Add(LocalStorage.Start(around.Informers, Storage(config, around)));
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it, the agent first. Pods run on.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await _stop.CancelAsync();
        await _published.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        for (int i = _parts.Count - 1; i >= 0; i--)
        {
            await _parts[i].DisposeAsync();
        }

        _parts.Clear();
        _stop.Dispose();
    }

    /// <summary>What lets clients from outside in: load balancers and ingresses.</summary>
    private void StartEntrances(LocalNodeConfig config, LocalNodeSurroundings around)
    {
        _parts.Add(NodeLoadBalancers.Start(around.Clients, around.Informers, new NodeLoadBalancersConfig
        {
            ReservedPorts = new HashSet<int> { config.IngressHttpPort, config.IngressHttpsPort },
            Clock = around.Clock,
            Log = around.Log,
        }));
        LeftoverProcesses.End("haproxy", config.Directory);
        _parts.Add(IngressController.Start(around.Administrator, around.Informers, new IngressControllerConfig
        {
            Directory = Path.Combine(config.Directory, "ingress"),
            HttpPort = config.IngressHttpPort,
            HttpsPort = config.IngressHttpsPort,
            Clock = around.Clock,
            Log = around.Log,
        }));
    }

    private void Publish(LocalNodeConfig config, LocalNodeSurroundings around, IPEndPoint server)
    {
        ClusterDnsService service = new()
        {
            ServiceAddress = IPAddress.Parse(config.DnsAddress),
            NodeName = config.Name,
            Server = server,
            Clock = around.Clock,
            Log = around.Log,
        };
        Task known = WhenAsync(around.Informers.Of<Node>(), config.Name, static _ => true);
        _published = PublishAsync();

        async Task PublishAsync()
        {
            await known.WaitAsync(_stop.Token);
            await service.PublishAsync(around.Administrator, _stop.Token);
        }
    }

    /// <summary>Where containerd finds its network configuration.</summary>
    public static string CniDirectory(LocalNodeConfig config) => Path.Combine(config.Directory, "cni", "net.d");

    /// <summary>The pod network's configuration.</summary>
    public static PodNetworkConfig Network(LocalNodeConfig config) => new()
    {
        NodeName = config.Name,
        ConfigDirectory = CniDirectory(config),
        DataDirectory = Path.Combine(config.Directory, "cni", "networks"),
        Bridge = config.Bridge,
        ClusterRanges = [config.PodRange],
    };

    /// <summary>The service proxy's configuration.</summary>
    public static ServiceProxyConfig Proxy(LocalNodeConfig config) => new()
    {
        NodeName = config.Name,
        ClusterRanges = [config.PodRange],
        TableName = config.Bridge + "-services",
        HealthAddress = config.ProxyHealthPort is { } port ? new(IPAddress.Any, port) : null,
    };

    /// <summary>The network policies' configuration.</summary>
    public static PolicyEnforcerConfig Policies(LocalNodeConfig config) => new()
    {
        NodeName = config.Name,
        TableName = config.Bridge + "-policy",
    };

    private static LocalStorageConfig Storage(LocalNodeConfig config, LocalNodeSurroundings around) => new()
    {
        NodeName = config.Name,
        Directory = Path.Combine(config.Directory, "storage"),
        Client = around.Administrator,
        Clock = around.Clock,
        Log = around.Log,
    };

    private static ClusterDnsConfig Dns(LocalNodeConfig config, LocalNodeSurroundings around) => new()
    {
        Addresses = [new(config.Addresses[0], config.DnsPort)],
        ServiceAddress = IPAddress.Parse(config.DnsAddress),
        Clock = around.Clock,
        Log = around.Log,
    };

    /// <summary>Ends the pods of a node that was disposed of.</summary>
    /// <returns>What could not be removed.</returns>
    public static Task<IReadOnlyList<string>> RemovePodsAsync(
        LocalNodeConfig config, LocalNodeSurroundings around, TimeSpan grace, CancellationToken cancellationToken) =>
        NodeCleanUp.RemovePodsAsync(Agent(config, around), grace, cancellationToken);

    private static NodeAgentConfig Agent(LocalNodeConfig config, LocalNodeSurroundings around) => new()
    {
        NodeName = config.Name,
        Client = around.Clients.ForNode(config.Name),
        Informers = around.Informers,
        RootDirectory = config.Directory,
        PodLogsDirectory = config.PodLogsDirectory,
        RuntimeEndpoint = config.RuntimeEndpoint,
        CniConfigurationDirectory = CniDirectory(config),
        RegistriesFile = config.RegistriesFile,
        MaxContainerRestartPeriod = config.MaxContainerRestartPeriod,
        ImageArchivesDirectory = config.ImageArchivesDirectory,
        Addresses = config.Addresses,
        ClusterDns = [config.DnsAddress],
        Server = new NodeAgentServerConfig
        {
            Port = config.KubeletPort,
            ClientAuthorities = around.ClientAuthorities,
        },
        Clock = around.Clock,
        Log = around.Log,
    };

    private static async Task WhenAsync(IInformer<Node> nodes, string name, Func<Node, bool> holds)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        nodes.Subscribe((_, node) =>
        {
            if (node?.Metadata.Name == name && holds(node))
            {
                done.TrySetResult();
            }
        });
        await done.Task;
    }

    private static bool IsReady(Node node) =>
        node.Status.Conditions.Any(static one => one is { Type: "Ready", Status: ConditionStatus.True });
}

/// <summary>What a node in this process finds there.</summary>
internal sealed record LocalNodeSurroundings
{
    /// <summary>Identities of nodes.</summary>
    public required IApiClients Clients { get; init; }

    /// <summary>Who may place what belongs to the cluster itself.</summary>
    public required IApiClient Administrator { get; init; }

    /// <summary>The objects as this process knows them.</summary>
    public required IInformers Informers { get; init; }

    /// <summary>The authorities that vouch for who calls the kubelet.</summary>
    public required Func<IReadOnlyList<X509Certificate2>> ClientAuthorities { get; init; }

    /// <summary>The addresses of services.</summary>
    public required IReadOnlyList<string> ServiceRanges { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Where the node says what goes on.</summary>
    public required Action<string> Log { get; init; }
}
