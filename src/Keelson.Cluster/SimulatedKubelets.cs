using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Keelson.Cluster.Pki;
using Keelson.Machinery.Certificates;
using Keelson.Nodes.Server;
using Keelson.Nodes.Server.Backends;
using Keelson.Server;
using Keelson.Simulation;

namespace Keelson.Cluster;

/// <summary>Simulated nodes with the one server that stands for all their kubelets.</summary>
internal sealed class SimulatedKubelets(ControlPlaneConfig config, ClusterPki pki) : IAsyncDisposable
{
    private static readonly TimeSpan CertificateLifetime = TimeSpan.FromDays(3650);

    private readonly SimulatedNodesConfig _nodesConfig =
        config.SimulatedNodes! with { Clock = config.Clock, Random = config.Random, Log = config.Log };

    private SimulatedNodes? _nodes;
    private KubeletServer? _server;
    private (ClusterPkiSnapshot Snapshot, X509Certificate2[] Authorities)? _authorities;

    /// <summary>Starts the server, then the nodes, which tell its port.</summary>
    public async Task StartAsync(ApiServer server)
    {
        SslStreamCertificateContext? certificate = Certificate();
        if (certificate is not null)
        {
            _server = await KubeletServer.StartAsync(
                new KubeletServerConfig
                {
                    Backends = address => _nodes?.KubeletAt(address),

                    // The nodes' addresses are this machine's own; connections to others of its addresses are closed.
                    BindAddress = IPAddress.Any,
                    Port = 0,
                    Certificate = () => certificate,
                    ClientAuthorities = Authorities,
                    Client = server.Clients.ForNode(_nodesConfig.NamePrefix + "0"),
                    Clock = config.Clock,
                    Log = config.Log,
                },
                CancellationToken.None);
        }

        _nodes = SimulatedNodes.Start(server.Clients, server.Informers, _nodesConfig, _server?.Port ?? 0);
    }

    /// <summary>What <c>/metrics/resource</c> of a simulated node answers; null for other nodes.</summary>
    public async ValueTask<string?> ResourceMetricsAsync(string node, CancellationToken cancellationToken) =>
        _nodes?.KubeletOf(node) is { } kubelet ? await kubelet.ResourceMetricsAsync(cancellationToken) : null;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_nodes?.DisposeAsync() ?? default);
        await (_server?.DisposeAsync() ?? default);
    }

    private IReadOnlyList<X509Certificate2> Authorities()
    {
        ClusterPkiSnapshot snapshot = pki.Current;
        if (_authorities is not { } known || !ReferenceEquals(known.Snapshot, snapshot))
        {
            _authorities = known = (snapshot, [snapshot.ClusterAuthority]);
        }

        return known.Authorities;
    }

    /// <summary>A certificate of the cluster's authority; null where its key is kept elsewhere.</summary>
    private SslStreamCertificateContext? Certificate() => pki.Current.ClusterIssuer is { } issuer
        ? SslStreamCertificateContext.Create(
            issuer.Issue(
                CertificateSubject.Build("system:node:simulated", "system:nodes"),
                SubjectAlternativeNames.Of(["localhost", "127.0.0.1"]),
                CertificateUsages.Server,
                config.Clock.GetUtcNow(),
                CertificateLifetime),
            null,
            offline: true)
        : null;
}
