using System.Net;
using Keelson.Api.Core.V1;
using Keelson.Client;
using Keelson.Network.Dns;
using Keelson.Network.Ingress;
using Keelson.Network.LoadBalancers;
using Keelson.Nodes;
using Keelson.Nodes.Provisioner;

namespace Keelson.Cluster;

/// <summary>
/// The node with containers in the control plane's process: the agent, the pod network, the services' rules. What
/// it needs of the API it calls as any node would.
/// </summary>
internal sealed class LocalNode : IAsyncDisposable
{
    // CoreDNS' ports of its plugins prometheus and ready.
    private const int DnsMetricsPort = 9153;
    private const int DnsReadyPort = 8181;

    private readonly NodeParts _parts;
    private readonly CancellationTokenSource _stop = new();
    private bool _isDisposed;
    private Task _published = Task.CompletedTask;

    private LocalNode(NodeParts parts) => _parts = parts;

    /// <summary>Completes when the node is Ready and its pods find the cluster's DNS.</summary>
    public Task Ready => Task.WhenAll(_parts.Ready, _published);

    /// <summary>Starts it; when the task completes, the container runtime answers.</summary>
    /// <exception cref="NodeAgentException">Something that a node can't do without is missing.</exception>
    public static async Task<LocalNode> StartAsync(
        LocalNodeConfig config, LocalNodeSurroundings around, CancellationToken cancellationToken)
    {
        NodeParts parts = new(config, around);
        LocalNode node = new(parts);
        try
        {
            parts.StartNetwork();
            ClusterDns dns = ClusterDns.Start(around.Informers, Dns(config, around));
            parts.Add(dns);
            node.Publish(config, around, dns.Endpoints[0]);
            node.StartEntrances(config, around, dns.Endpoints[0]);
            parts.Add(LocalStorage.Start(around.Informers, new LocalStorageConfig
            {
                HostName = config.Name, Client = around.Administrator, Clock = around.Clock, Log = around.Log,
            }));
            await parts.StartAgentAsync(cancellationToken);
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
        await _parts.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>What lets clients from outside in: load balancers and ingresses.</summary>
    private void StartEntrances(LocalNodeConfig config, LocalNodeSurroundings around, IPEndPoint resolver)
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
            Resolvers = [resolver],
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
            Domain = config.Domain,
            MetricsPort = config.DnsPort == 0 ? 0 : DnsMetricsPort,
            Clock = around.Clock,
            Log = around.Log,
        };
        Task known = NodeParts.WhenAsync(around.Informers.Of<Node>(), config.Name, static _ => true);
        _published = PublishAsync();

        async Task PublishAsync()
        {
            await known.WaitAsync(_stop.Token);
            await service.PublishAsync(around.Administrator, _stop.Token);
        }
    }

    private static ClusterDnsConfig Dns(LocalNodeConfig config, LocalNodeSurroundings around) => new()
    {
        Addresses = [new(config.Addresses[0], config.DnsPort)],
        Domain = config.Domain,
        ServiceAddress = IPAddress.Parse(config.DnsAddress),
        PageAddresses = config.DnsPort == 0
            ? []
            : [new(config.Addresses[0], DnsMetricsPort), new(config.Addresses[0], DnsReadyPort)],
        Clock = around.Clock,
        Log = around.Log,
    };

    /// <summary>Ends the pods of a node that was disposed of.</summary>
    /// <returns>What could not be removed.</returns>
    public static Task<IReadOnlyList<string>> RemovePodsAsync(
        LocalNodeConfig config, LocalNodeSurroundings around, TimeSpan grace, CancellationToken cancellationToken) =>
        NodeCleanUp.RemovePodsAsync(NodeParts.Agent(config, around), grace, cancellationToken);
}
