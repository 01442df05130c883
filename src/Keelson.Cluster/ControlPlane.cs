using System.Net;
using System.Net.Sockets;
using Keelson.Client;
using Keelson.Cluster.Joining;
using Keelson.Cluster.Pki;
using Keelson.Controllers;
using Keelson.Controllers.NodeIpam;
using Keelson.Controllers.NodeLifecycle;
using Keelson.Scheduler;
using Keelson.Server;
using Keelson.Server.Authentication;
using Keelson.Server.Authentication.ServiceAccounts;
using Keelson.Server.ResourceMetrics;
using Keelson.Simulation;
using Keelson.Store.Embedded;

namespace Keelson.Cluster;

/// <summary>A whole control plane in this process: certificates, store, API server.</summary>
public sealed class ControlPlane : IAsyncDisposable
{
    private readonly EmbeddedStore _store;
    private readonly ApiServer _server;
    private readonly Task<ControlPlaneRoles> _roles;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _renewal;
    private readonly ClusterPki _pki;
    private readonly LocalNodeConfig? _nodeConfig;
    private readonly LocalNodeSurroundings _surroundings;
    private readonly Task<LocalNode>? _node;
    private readonly Task _joining;
    private readonly ServingApprover _approver;

    private ControlPlane(
        EmbeddedStore store,
        ApiServer server,
        ClusterPki pki,
        ControlPlaneConfig config,
        SimulatedKubelets? simulated)
    {
        _pki = pki;
        _store = store;
        _server = server;

        // They read all that there is before they begin; the API server answers meanwhile.
        _roles = Task.Run(() => ControlPlaneRoles.StartAsync(server, config, new ControllerManagerConfig
        {
            Controllers = config.Node is null ? config.Controllers : [.. config.Controllers, .. JoiningControllers],
            RootAuthorityPem = () => pki.Current.ClusterAuthority.ExportCertificatePem() + "\n",
            SigningAuthority = () => pki.Current.ClusterAuthority,
            LegacyToken = LegacyTokens(pki, config.Clock),
            Clock = config.Clock,
            Random = config.Random,
            NodeIpam = config.Node is { } ranges
                ? new NodeIpamConfig { AllocateNodeCidrs = true, ClusterCidrs = [ranges.PodRange],
                ServiceCidrs = ServiceRanges }
                : new NodeIpamConfig(),
            NodeLifecycle = new NodeLifecycleConfig { MonitorGracePeriod = config.NodeMonitorGracePeriod },
            AutoscalerSyncPeriod = config.AutoscalerSyncPeriod,
            Log = config.Log,
        }, simulated));
        _nodeConfig = config.Node;
        _surroundings = Surroundings(server, pki, config);
        _node = config.Node is { } node
            ? Task.Run(() => LocalNode.StartAsync(node, _surroundings, _stop.Token))
            : null;
        _approver = new(server.Informers, ServingRules(config), new ServingApproverConfig
        {
            Client = _surroundings.Administrator, Clock = config.Clock, Log = config.Log,
        });
        _joining = config.Node is { } first
            ? Task.Run(() => PublishJoiningAsync(first, config, server.Port))
            : Task.CompletedTask;
        _renewal = pki.RunAsync((written, error) => Report(config.Log, written, error), _stop.Token);
        AdminKubeconfig = Path.Combine(config.DataDirectory, "admin.kubeconfig");
        Url = UrlOf(config, server.Port);
    }

    /// <summary>The file with which an administrator connects.</summary>
    public string AdminKubeconfig { get; }

    /// <summary>The API server's address.</summary>
    public string Url { get; }

    /// <summary>Completes when the node in this process is Ready; at once when there is none. It fails when the node
    /// can't be started, as a <see cref="Nodes.NodeAgentException"/>.</summary>
    public Task NodeReady => _node is null ? Task.CompletedTask : NodeReadyAsync(_node);

    /// <summary>Starts a control plane, making what is not there; when the task completes, it answers.</summary>
    public static async Task<ControlPlane> StartAsync(ControlPlaneConfig config, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(config.DataDirectory);
        int port = config.SecurePort == 0 ? FreePort(config.BindAddress) : config.SecurePort;
        ClusterPki pki = ClusterPki.Open(
            new ClusterPkiConfig
            {
                Directory = config.DataDirectory,
                HostName = Environment.MachineName.ToLowerInvariant(),
                AdvertisedAddresses = [.. Advertised(config).Select(static one => one.ToString())],
                ServerUrl = UrlOf(config, port),
            },
            config.Clock);
        EmbeddedStore store = EmbeddedStore.Open(new EmbeddedStoreOptions
        {
            Directory = Path.Combine(config.DataDirectory, "store"),
            TimeProvider = config.Clock,
            OnNotice = config.Log,
            OnFatal = config.OnFatal,
        });
        SimulatedKubelets? simulated =
            config.SimulatedNodes is { Count: > 0 } ? new SimulatedKubelets(config, pki) : null;
        ApiServer server = await ApiServer.StartAsync(
            new ApiServerConfig
            {
                Store = store,
                BindAddress = config.BindAddress,
                SecurePort = port,
                AdvertiseAddress = Advertised(config)[0],
                Certificates = pki,
                ClientAuthorities = new AuthoritySource(pki, static snapshot => snapshot.ClusterAuthority).Get,
                FrontProxyAuthorities = new AuthoritySource(pki, static snapshot => snapshot.FrontProxyAuthority).Get,
                FrontProxy = new FrontProxyConfig { AllowedNames = ["front-proxy-client"], UidHeaders = [] },
                ProxyClientCertificate = () => pki.Current.FrontProxyClient,
                Components =
                    [ComponentCheck.InProcess("scheduler"), ComponentCheck.InProcess("controller-manager")],
                KubeletClientCertificate = () => pki.Current.KubeletClient,

                // As kubeadm has it: names of nodes need not be known to anybody's DNS. Simulated nodes are not where
                // their addresses are.
                Kubelets = new KubeletConfig
                {
                    PreferredAddressTypes = simulated is null
                        ? ["InternalIP", "ExternalIP", "Hostname"]
                        : ["InternalDNS", "InternalIP", "ExternalIP", "Hostname"],

                    // Simulated nodes vouch for themselves.
                    Authorities = config.VerifiesKubelets && simulated is null
                        ? new AuthoritySource(pki, static snapshot => snapshot.ClusterAuthority).Get
                        : null,
                },
                ResourceMetrics = new ResourceMetricsConfig
                {
                    Resolution = config.MetricsResolution,
                    InProcess = simulated is null ? static (_, _) => default : simulated.ResourceMetricsAsync,
                },
                ServiceAccountKey = pki.Current.ServiceAccountKey,
                EnabledAdmissionPlugins = ["NodeRestriction"],
                Clock = config.Clock,
                Log = config.Log,
                OnFatal = config.OnFatal,
            },
            cancellationToken);
        return new(store, server, pki, config, simulated);
    }

    /// <summary>Stops cleanly.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _renewal;
        await _joining;
        await _approver.DisposeAsync();
        _stop.Dispose();
        await StopNodeAsync();
        await (await _roles).DisposeAsync();
        await _server.DisposeAsync();
        await _store.DisposeAsync();

        // A key that is still being made would be written behind the back of whoever comes next.
        Task key = _pki.Current.ServiceAccountKey;
        await key.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Ends the node and its pods; the control plane goes on.</summary>
    /// <param name="grace">How long containers may take before they are killed.</param>
    public async Task StopPodsAsync(TimeSpan grace)
    {
        if (_nodeConfig is not { } node)
        {
            return;
        }

        await StopNodeAsync();
        foreach (string left in await LocalNode.RemovePodsAsync(node, _surroundings, grace, CancellationToken.None))
        {
            _surroundings.Log($"node: {left}");
        }
    }

    private static async Task NodeReadyAsync(Task<LocalNode> node) => await (await node).Ready;

    private async Task StopNodeAsync()
    {
        if (_node is null)
        {
            return;
        }

        try
        {
            await (await _node).DisposeAsync();
        }
        catch (Exception exception) when (exception is Nodes.NodeAgentException or OperationCanceledException)
        {
            // It never came up; whoever waited for it was told.
        }
    }

    // As kubeadm has it: they don't run unless they are named.
    private static readonly string[] JoiningControllers = ["bootstrap-signer-controller", "token-cleaner-controller"];

    private static IReadOnlyList<string> ServiceRanges { get; } = ["10.96.0.0/16"];

    /// <summary>Addresses under which others reach the API server, the best first.</summary>
    private static IReadOnlyList<IPAddress> Advertised(ControlPlaneConfig config) =>
        config.Node is { } node ? node.Addresses : [config.BindAddress];

    private static string UrlOf(ControlPlaneConfig config, int port)
    {
        // What listens on all addresses listens on loopback, and that one stays when the network changes.
        IPAddress address = config.BindAddress.Equals(IPAddress.Any) || config.BindAddress.Equals(IPAddress.IPv6Any)
            ? IPAddress.Loopback
            : config.BindAddress;
        return $"https://{new IPEndPoint(address, port)}";
    }

    private static LocalNodeSurroundings Surroundings(ApiServer server, ClusterPki pki, ControlPlaneConfig config) =>
        new()
    {
        Clients = server.Clients,
        Client = server.Clients.ForNode(config.Node?.Name ?? ""),
        Administrator = Administrator(server),
        Informers = server.Informers,
        ClientAuthorities = () => [pki.Current.ClusterAuthority],
        ServiceRanges = ServiceRanges,
        Clock = config.Clock,
        Log = config.Log,
    };

    private static IApiClient Administrator(ApiServer server) => server.Clients.For(
        new UserInfo
        {
            Name = "keelson",
            Groups = [WellKnownUsers.MastersGroup, WellKnownUsers.AuthenticatedGroup],
        },
        "keelson");

    /// <summary>What other nodes need to join this one's cluster.</summary>
    private Task PublishJoiningAsync(LocalNodeConfig node, ControlPlaneConfig config, int port) => new JoiningObjects
    {
        Server = $"https://{new IPEndPoint(node.Addresses[0], port)}",
        Authority = _pki.Current.ClusterAuthority,
        Facts = new NodeFacts
        {
            PodRange = node.PodRange,
            ServiceRanges = ServiceRanges,
            DnsAddress = node.DnsAddress,
            Domain = node.Domain,
        },
        Clock = config.Clock,
        Log = config.Log,
    }.PublishAsync(_surroundings.Administrator, _stop.Token);

    private static void Report(Action<string> log, IReadOnlyList<string> written, PkiException? error)
    {
        foreach (string file in written)
        {
            log($"certificate renewed: {file}");
        }

        if (error is not null)
        {
            log($"certificates can't be renewed: {error.Message}");
        }
    }

    private static ServingApproval ServingRules(ControlPlaneConfig config) => new()
    {
        Nodes = [],
        ServiceRanges = [.. ServiceRanges.Select(static one => IPNetwork.Parse(one))],
        ControlPlane = (Advertised(config), config.Node?.Name ?? ""),
        Domain = config.Node?.Domain ?? "cluster.local",
    };

    private static Func<Api.Core.V1.ServiceAccount, string, ValueTask<string>> LegacyTokens(
        ClusterPki pki, TimeProvider clock)
    {
        Task<TokenKey> key = SigningKeyAsync(pki);
        ServiceAccountTokenIssuer issuer = new(
            ServiceAccountClaims.LegacyIssuer, new ServiceAccountKeys(key, []), clock);
        return (account, secret) => issuer.IssueLegacyAsync(
            account.Metadata.Namespace, new(account.Metadata.Name, account.Metadata.Uid), secret);
    }

    private static async Task<TokenKey> SigningKeyAsync(ClusterPki pki) => new(await pki.Current.ServiceAccountKey);

    private static int FreePort(IPAddress address)
    {
        using TcpListener listener = new(address, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>An authority of the PKI as the server's authenticators take it; made anew only when it was
    /// renewed.</summary>
    private sealed class AuthoritySource(
        ClusterPki pki, Func<ClusterPkiSnapshot, System.Security.Cryptography.X509Certificates.X509Certificate2> pick)
    {
        private (ClusterPkiSnapshot Snapshot, CertificateAuthorities Authorities)? _current;

        public CertificateAuthorities Get()
        {
            ClusterPkiSnapshot snapshot = pki.Current;
            if (_current is { } current && ReferenceEquals(current.Snapshot, snapshot))
            {
                return current.Authorities;
            }

            CertificateAuthorities made = new([pick(snapshot)]);
            _current = (snapshot, made);
            return made;
        }
    }
}
