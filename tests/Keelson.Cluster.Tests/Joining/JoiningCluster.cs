using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Keelson.Client.Https;
using Keelson.Client.Kubeconfigs;
using Keelson.Cluster.Joining;
using Keelson.Nodes.Identity;

namespace Keelson.Cluster.Tests.Joining;

/// <summary>A control plane that nodes can join, and a directory for what a node keeps.</summary>
internal sealed class JoiningCluster : IAsyncDisposable
{
    private readonly string _directory;
    private readonly ControlPlane _plane;

    private JoiningCluster(ControlPlane plane, string directory)
    {
        (_plane, _directory) = (plane, directory);
        Administrator = HttpsApiClient.Of(
            KubeconfigReader.ReadFile(plane.AdminKubeconfig), new HttpsClientConfig { Program = "test", Qps = 0 });
        Authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(directory, "plane", "pki", "ca.crt"));
    }

    /// <summary>Who may do everything.</summary>
    public HttpsApiClient Administrator { get; }

    /// <summary>The cluster's authority.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>The API server, as a node is told.</summary>
    public string Server => new Uri(_plane.Url).Authority;

    /// <summary>Where the node keeps its identity.</summary>
    public string NodeDirectory => Path.Combine(_directory, "node");

    public static async Task<JoiningCluster> StartAsync(params string[] withoutControllers)
    {
        string directory = Directory.CreateTempSubdirectory("keelson-joining-").FullName;
        ControlPlane plane = await ControlPlane.StartAsync(
            new ControlPlaneConfig
            {
                DataDirectory = Path.Combine(directory, "plane"),
                Controllers =
                [
                    "*", "bootstrap-signer-controller", .. withoutControllers.Select(static one => "-" + one),
                ],
            },
            TestContext.Current.CancellationToken);
        JoiningCluster cluster = new(plane, directory);
        Directory.CreateDirectory(cluster.NodeDirectory);
        await new JoiningObjects
        {
            Server = plane.Url,
            Authority = cluster.Authority,
            Facts = new NodeFacts
            {
                PodRange = "10.244.0.0/16",
                ServiceRanges = ["10.96.0.0/16"],
                DnsAddress = "10.96.0.10",
                Domain = "cluster.local",
            },
            Clock = TimeProvider.System,
            Log = static _ => { },
        }.PublishAsync(cluster.Administrator, TestContext.Current.CancellationToken);
        return cluster;
    }

    /// <summary>A token that nodes can join with.</summary>
    public async Task<BootstrapToken> TokenAsync()
    {
        BootstrapToken token = BootstrapToken.New();
        Assert.Null(await new BootstrapTokens(Administrator, TimeProvider.System).CreateAsync(
            token, TimeSpan.FromHours(1), "", TestContext.Current.CancellationToken));
        return token;
    }

    /// <summary>What a node of this cluster is told.</summary>
    public JoinTicket Ticket(BootstrapToken token) => new(Server, token, [ClusterInfo.KeyHash(Authority)]);

    /// <summary>A node's identity that has the token to get itself with.</summary>
    public async Task<NodeIdentityConfig> BootstrapAsync(string name, TimeProvider? clock = null)
    {
        BootstrapToken token = await TokenAsync();
        KubeconfigCluster cluster = await new ClusterDiscovery(Ticket(token), TimeProvider.System).DiscoverAsync(
            TestContext.Current.CancellationToken);
        string file = Path.Combine(NodeDirectory, "bootstrap.conf");
        await File.WriteAllTextAsync(file, KubeconfigWriter.Write(
            Kubeconfig.Of("kubernetes", cluster, "bootstrap", new KubeconfigUser { Token = token.ToString() })));
        return new NodeIdentityConfig
        {
            NodeName = name,
            CertificateDirectory = Path.Combine(NodeDirectory, "pki"),
            BootstrapKubeconfig = file,
            Kubeconfig = Path.Combine(NodeDirectory, "kubelet.conf"),
            Clock = clock ?? TimeProvider.System,
            Random = new Random(1),
        };
    }

    public async ValueTask DisposeAsync()
    {
        Administrator.Dispose();
        await _plane.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>An address at which nobody listens.</summary>
    public static string Nowhere()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return listener.LocalEndpoint.ToString()!;
    }
}
