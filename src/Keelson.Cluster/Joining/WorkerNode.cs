using System.Security.Cryptography.X509Certificates;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Https;
using Keelson.Client.Informers.Remote;
using Keelson.Client.Kubeconfigs;
using Keelson.Nodes;
using Keelson.Nodes.Identity;
using ConditionStatus = Keelson.Api.Core.V1.ConditionStatus;

namespace Keelson.Cluster.Joining;

/// <summary>A node of a cluster whose control plane is elsewhere.</summary>
public sealed record WorkerNodeConfig
{
    /// <summary>The node; what all nodes of the cluster agree on is read from the cluster.</summary>
    public required LocalNodeConfig Node { get; init; }

    /// <summary>Where its identity is kept.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>What it joins with; null when it has its identity already.</summary>
    public JoinTicket? Ticket { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where the node says what goes on.</summary>
    public Action<string> Log { get; init; } = static _ => { };

    /// <summary>The kubeconfig with the node's identity.</summary>
    public string Kubeconfig => Path.Combine(DataDirectory, "kubelet.conf");

    /// <summary>The kubeconfig with the token; there until the node has its identity.</summary>
    internal string BootstrapKubeconfig => Path.Combine(DataDirectory, "bootstrap-kubelet.conf");

    internal NodeIdentityConfig Identity => new()
    {
        NodeName = Node.Name,
        CertificateDirectory = Path.Combine(DataDirectory, "pki"),
        BootstrapKubeconfig = BootstrapKubeconfig,
        Kubeconfig = Kubeconfig,
        Clock = Clock,
        Log = Log,
    };
}

/// <summary>
/// A node that joined: the same parts as the control plane's own, over HTTPS and with nothing but a node's rights.
/// </summary>
public sealed class WorkerNode : IAsyncDisposable
{
    private const double Qps = 50;
    private const int Burst = 100;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private readonly List<IAsyncDisposable> _parts = [];

    private WorkerNode()
    {
    }

    /// <summary>Completes when the node is Ready.</summary>
    public Task Ready { get; private set; } = Task.CompletedTask;

    /// <summary>The API server's address.</summary>
    public string Server { get; private set; } = "";

    /// <summary>Joins, or takes up the identity of a node that has joined; when the task completes, the container
    /// runtime answers.</summary>
    /// <exception cref="JoinException">The node can't join; the message says why and what to do.</exception>
    /// <exception cref="NodeAgentException">Something that a node can't do without is missing.</exception>
    public static async Task<WorkerNode> StartAsync(WorkerNodeConfig config, CancellationToken cancellationToken)
    {
        WorkerNode node = new();
        try
        {
            await node.BuildAsync(config, cancellationToken);
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
        for (int i = _parts.Count - 1; i >= 0; i--)
        {
            await _parts[i].DisposeAsync();
        }

        _parts.Clear();
    }

    private async Task BuildAsync(WorkerNodeConfig config, CancellationToken cancellationToken)
    {
        NodeIdentity identity = await IdentityAsync(config, cancellationToken);
        _parts.Add(identity);
        Server = identity.Cluster.Server;
        HttpsApiClient client = identity.Client(
            new HttpsClientConfig { Program = "kubelet", Qps = Qps, Burst = Burst, Clock = config.Clock });
        _parts.Add(new Owned(client));
        NodeFacts facts = await FactsAsync(client, config, cancellationToken);
        RemoteInformers informers =
            new(client, new RemoteInformersConfig { Clock = config.Clock, Log = config.Log });
        _parts.Add(informers);
        X509Certificate2Collection authorities = [];
        authorities.ImportFromPem(identity.Cluster.CertificateAuthorityPem);
        X509Certificate2[] trusted = [.. authorities];
        LocalNodeConfig agreed = config.Node with
        {
            PodRange = facts.PodRange, DnsAddress = facts.DnsAddress, Domain = facts.Domain,
        };
        NodeParts parts = new(agreed, new NodeSurroundings
        {
            Client = client,
            Identity = identity,
            Informers = informers,
            ClientAuthorities = () => trusted,
            ServiceRanges = facts.ServiceRanges,
            Clock = config.Clock,
            Log = config.Log,
        });
        _parts.Add(parts);
        parts.StartNetwork();
        await parts.StartAgentAsync(cancellationToken);
        Ready = parts.Ready;
    }

    private static async Task<NodeIdentity> IdentityAsync(
        WorkerNodeConfig config, CancellationToken cancellationToken)
    {
        bool hasJoined = NodeIdentity.IsKept(config.Identity);
        if (!hasJoined && config.Ticket is { } ticket)
        {
            KubeconfigCluster cluster =
                await new ClusterDiscovery(ticket, config.Clock).DiscoverAsync(cancellationToken);
            KubeconfigUser user = new() { Token = ticket.Token.ToString() };
            await RefuseTakenNameAsync(cluster, user, config, cancellationToken);
            Pki.SecretFiles.WriteSecret(
                config.BootstrapKubeconfig,
                KubeconfigWriter.Write(Kubeconfig.Of("kubernetes", cluster, "tls-bootstrap-token-user", user)));
        }
        else if (!hasJoined && !File.Exists(config.BootstrapKubeconfig))
        {
            throw new JoinException(
                $"HOST:PORT, --token and --discovery-token-ca-cert-hash are needed: {config.DataDirectory} has no good "
                + "identity of a node that joined before; get the command from the control plane with: "
                + "keelson token create --print-join-command");
        }

        try
        {
            NodeIdentity identity = await NodeIdentity.OpenAsync(config.Identity, cancellationToken);
            File.Delete(config.BootstrapKubeconfig);
            return identity;
        }
        catch (NodeIdentityException exception) when (exception.Code is 401 or 403)
        {
            File.Delete(config.BootstrapKubeconfig);
            throw new JoinException(
                $"--token: the token may not be used to join: {exception.Message}; create one on the control plane "
                + "with: keelson token create --print-join-command");
        }
    }

    /// <summary>Two machines with one name would take each other's pods.</summary>
    private static async Task RefuseTakenNameAsync(
        KubeconfigCluster cluster,
        KubeconfigUser user,
        WorkerNodeConfig config,
        CancellationToken cancellationToken)
    {
        using HttpsApiClient client =
            new(cluster, user, new HttpsClientConfig { Program = "keelson-join", Clock = config.Clock });
        ApiResult<Node> read = await client.GetAsync<Node>("", config.Node.Name, cancellationToken);
        if (read.TryGet(out Node? there, out Status? error))
        {
            if (there.Status.Conditions.Any(static one => one is { Type: "Ready", Status: ConditionStatus.True }))
            {
                throw new JoinException(
                    $"--node-name: the cluster has a node \"{config.Node.Name}\" already, and it is Ready; give this "
                    + "one another name, or delete that one first");
            }
        }
        else if (error.Code is 401 or 403)
        {
            throw new JoinException(
                $"--token: the cluster does not accept the token: {error.Message}; create one on the control plane "
                + "with: keelson token create --print-join-command");
        }
    }

    private static async Task<NodeFacts> FactsAsync(
        HttpsApiClient client, WorkerNodeConfig config, CancellationToken cancellationToken)
    {
        string told = "";
        while (true)
        {
            ApiResult<NodeFacts> read = await NodeFacts.ReadAsync(client, cancellationToken);
            if (read.TryGet(out NodeFacts? facts, out Status? error))
            {
                return facts;
            }

            // The control plane may start after its nodes.
            if (error.Message != told)
            {
                config.Log("waiting for the control plane: " + error.Message);
                told = error.Message;
            }

            await Task.Delay(RetryAfter, config.Clock, cancellationToken);
        }
    }

    private sealed class Owned(IDisposable one) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            one.Dispose();
            return default;
        }
    }
}
