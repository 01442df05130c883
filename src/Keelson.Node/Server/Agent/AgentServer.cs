using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Nodes.Identity;
using Keelson.Nodes.Logs;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Server.Backends;

namespace Keelson.Nodes.Server.Agent;

/// <summary>The HTTPS server of an agent: its backend is the runtime.</summary>
internal sealed class AgentServer : IAsyncDisposable
{
    private readonly KubeletServer _server;
    private readonly ServingIdentity? _identity;

    private AgentServer(KubeletServer server, ServingIdentity? identity) => (_server, _identity) = (server, identity);

    /// <summary>Where it listens.</summary>
    public int Port => _server.Port;

    /// <summary>Starts the server.</summary>
    public static async Task<AgentServer> StartAsync(
        NodeAgentConfig config,
        PodServices services,
        PodWorkers workers,
        IKubeletStats stats,
        CancellationToken cancellationToken)
    {
        NodeAgentServerConfig server = config.Server!;
        AgentPods pods = new(workers, services.Runtime);
        KubeletBackend backend = new()
        {
            NodeName = config.NodeName,
            Pods = pods,
            Logs = new ContainerLogs(services.Runtime, config.Clock),
            Streams = new AgentStreams(services.Runtime, services.Pictures),
            Stats = stats,
            ServesDebugging = server.ServesDebugging,
            ServesProfiling = server.ServesProfiling,
            ServesDebugFlags = server.ServesDebugFlags,
            Verbosity = server.Verbosity,
            SystemLogDirectory = server.SystemLogDirectory,
            AnswersLogQueries = server.AnswersLogQueries,
            Version = config.Version,
            Flags = config.Flags,
            WriteConfiguration = json => ConfigurationJson.Write(json, config, config.RuntimeEndpoint),
            Checkpoint = new AgentCheckpoints(services).MakeAsync,
            SyncLoopIsHealthy = () => workers.Unhealthy is null,
            DevicePluginsCanRegister = services.Placements.PluginsCanRegister,
        };
        ServingIdentity? identity = server is { Certificate: null, CertificateDirectory.Length: > 0 }
            ? new(ServingConfig(config, services.HostAddresses()) with
            {
                Metrics = services.Context.Metrics.Certificates,
            })
            : null;
        CurrentCertificate certificate = new(
            server.Certificate ?? (identity is null ? SelfSigned(config) : () => Issued(identity)));
        services.Context.Metrics.Certificates.Serving =
            identity is null ? certificate.Peek : () => identity.Certificate;
        KubeletServerConfig serves = new()
        {
            Backends = _ => backend,
            BindAddress = server.BindAddress,
            Port = server.Port,
            Certificate = certificate.Get,
            TlsMin = server.TlsMin,
            ClientAuthorities = server.ClientAuthorities,
            Client = config.Client,
            Access = server.Access,
            Clock = config.Clock,
            Log = config.Log,
        };
        try
        {
            return new(await KubeletServer.StartAsync(serves, cancellationToken), identity);
        }
        catch
        {
            await (identity?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await (_identity?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private static ServingIdentityConfig ServingConfig(NodeAgentConfig config, IReadOnlyList<string> addresses) => new()
    {
        NodeName = config.NodeName,
        Names = [config.HostName, .. addresses],
        CertificateDirectory = config.Server!.CertificateDirectory,
        Client = config.Client,
        Clock = config.Clock,
        Log = config.Log,
    };

    /// <summary>Who connects before there is one is turned away, in upstream's words.</summary>
    private static X509Certificate2 Issued(ServingIdentity identity) => identity.Certificate
        ?? throw new AuthenticationException("no serving certificate available for the kubelet");

    /// <summary>A certificate that the node vouches for itself, as kubelets make when they are given none.</summary>
    private static Func<X509Certificate2> SelfSigned(NodeAgentConfig config)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        DateTimeOffset now = config.Clock.GetUtcNow();
        CertificateRequest request =
            new($"CN={config.NodeName}@{now.ToUnixTimeSeconds()}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(config.HostName);
        foreach (IPAddress address in config.Addresses)
        {
            names.AddIpAddress(address);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        X509Certificate2 made = request.CreateSelfSigned(now.AddHours(-1), now.AddYears(1));
        return () => made;
    }

    /// <summary>The certificate as TLS takes it; made anew when it was rotated.</summary>
    private sealed class CurrentCertificate(Func<X509Certificate2> certificate)
    {
        private (X509Certificate2 Of, SslStreamCertificateContext Context)? _current;

        /// <summary>The certificate that would be shown now.</summary>
        public X509Certificate2? Peek() => certificate();

        public SslStreamCertificateContext Get()
        {
            X509Certificate2 now = certificate();
            if (_current is { } current && ReferenceEquals(current.Of, now))
            {
                return current.Context;
            }

            SslStreamCertificateContext context = SslStreamCertificateContext.Create(now, null, offline: true);
            _current = (now, context);
            return context;
        }
    }
}
