using System.Net;
using Keelson.Api.Core.V1;
using Keelson.Client.Informers;
using Keelson.Network.PodNetwork;
using Keelson.Network.Policies;
using Keelson.Network.Proxy;
using Keelson.Nodes;
using Keelson.Nodes.Provisioner;

namespace Keelson.Cluster;

/// <summary>
/// What belongs on every node, wherever the control plane is: pod network, service proxy, network policies, agent,
/// local storage. Disposing ends it, the last part first; pods run on.
/// </summary>
internal sealed class NodeParts(LocalNodeConfig config, NodeSurroundings around) : IAsyncDisposable
{
    // Where kube-proxy serves metrics.
    private const int ProxyMetricsPort = 10249;

    private readonly List<IAsyncDisposable> _parts = [];
    private PolicyEnforcer? _policies;

    /// <summary>Completes when the node is Ready.</summary>
    public Task Ready { get; } = WhenAsync(around.Informers.Of<Node>(), config.Name, IsReady);

    /// <summary>Adds a part.</summary>
    public void Add(IAsyncDisposable part) => _parts.Add(part);

    /// <summary>Starts what leads the node's packets.</summary>
    public void StartNetwork()
    {
        PodNetworkConfig network = Network(config) with { Clock = around.Clock, Log = around.Log };
        Directory.CreateDirectory(network.ConfigDirectory);
        _parts.Add(NodePodNetwork.Start(around.Informers, network));
        _parts.Add(ServiceProxy.Start(
            around.Informers,
            Proxy(config) with
            {
                ServiceRanges = around.ServiceRanges, Events = around.Client, Clock = around.Clock, Log = around.Log,
            }));
        _policies = PolicyEnforcer.Start(
            around.Informers, Policies(config) with { Clock = around.Clock, Log = around.Log });
        _parts.Add(_policies);
    }

    /// <summary>Starts what runs the node's pods; when the task completes, the container runtime answers.</summary>
    /// <exception cref="NodeAgentException">Something that a node can't do without is missing.</exception>
    public async Task StartAgentAsync(CancellationToken cancellationToken)
    {
        NodeAgentConfig agent = Agent(config, around) with
        {
            Connected = _policies is { } policies ? policies.GuardAsync : null,
        };
        _parts.Add(await NodeAgent.StartAsync(agent, cancellationToken));
        _parts.Add(LocalDirectories.Start(around.Informers, Storage(config, around)));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        for (int i = _parts.Count - 1; i >= 0; i--)
        {
            await _parts[i].DisposeAsync();
        }

        _parts.Clear();
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
        MetricsAddress = config.ProxyHealthPort is null ? null : new(IPAddress.Loopback, ProxyMetricsPort),
    };

    /// <summary>The network policies' configuration.</summary>
    public static PolicyEnforcerConfig Policies(LocalNodeConfig config) => new()
    {
        NodeName = config.Name,
        TableName = config.Bridge + "-policy",
    };

    /// <summary>The agent's configuration.</summary>
    public static NodeAgentConfig Agent(LocalNodeConfig config, NodeSurroundings around) => new()
    {
        NodeName = config.Name,
        Client = around.Client,
        Identity = around.Identity,
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
        ClusterDomain = config.Domain,
        Server = new NodeAgentServerConfig
        {
            Port = config.KubeletPort,
            ClientAuthorities = around.ClientAuthorities,
            CertificateDirectory = Path.Combine(config.Directory, "pki"),
        },
        Clock = around.Clock,
        Log = around.Log,
    };

    /// <summary>Completes when a node is there and as it should be.</summary>
    public static async Task WhenAsync(IInformer<Node> nodes, string name, Func<Node, bool> holds)
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

    private static LocalDirectoriesConfig Storage(LocalNodeConfig config, NodeSurroundings around) => new()
    {
        NodeName = config.Name,
        Directory = Path.Combine(config.Directory, "storage"),
        Client = around.Client,
        Clock = around.Clock,
        Log = around.Log,
    };
}
