using System.Net;
using System.Security.Cryptography.X509Certificates;
using Keelson.Server.Authentication;
using Keelson.Server.Authentication.ServiceAccounts;
using Keelson.Server.ResourceMetrics;
using Keelson.Store;

namespace Keelson.Server;

/// <summary>What an API server is made of.</summary>
public sealed record ApiServerConfig
{
    /// <summary>Where objects are kept.</summary>
    public required IStore Store { get; init; }

    /// <summary>What keys begin with (<c>--etcd-prefix</c>).</summary>
    public string StoragePrefix { get; init; } = "/registry";

    /// <summary><c>application/json</c> or <c>application/vnd.kubernetes.protobuf</c>
    /// (<c>--storage-media-type</c>).</summary>
    public string StorageMediaType { get; init; } = "application/json";

    /// <summary>The address to listen on (<c>--bind-address</c>).</summary>
    public IPAddress BindAddress { get; init; } = IPAddress.Any;

    /// <summary>The port to listen on; 0 lets the system choose (<c>--secure-port</c>).</summary>
    public int SecurePort { get; init; } = 6443;

    /// <summary>The address others reach this server at (<c>--advertise-address</c>).</summary>
    public IPAddress AdvertiseAddress { get; init; } = IPAddress.Loopback;

    /// <summary>The host that others find in URLs and documents (<c>--external-hostname</c>); null for the advertised
    /// address.</summary>
    public string? ExternalHost { get; init; }

    /// <summary>Host and port for URLs; a host with a port of its own keeps it.</summary>
    internal string ExternalHostAndPort =>
        ExternalHost is { } host && host.Contains(':') && !IPAddress.TryParse(host, out _)
        ? host
        : IPAddress.TryParse(ExternalHost ?? AdvertiseAddress.ToString(), out IPAddress? address)
            ? new IPEndPoint(address, SecurePort).ToString()
            : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{ExternalHost}:{SecurePort}");

    /// <summary>The certificate to show.</summary>
    public required IServingCertificateSource Certificates { get; init; }

    /// <summary>How TLS is spoken: versions, cipher suites, certificates for names.</summary>
    public ServingTlsConfig Tls { get; init; } = new();

    /// <summary>The authorities that vouch for client certificates (<c>--client-ca-file</c>).</summary>
    public required Func<CertificateAuthorities> ClientAuthorities { get; init; }

    /// <summary>The authorities that vouch for front proxies (<c>--requestheader-client-ca-file</c>); null for
    /// none.</summary>
    public Func<CertificateAuthorities>? FrontProxyAuthorities { get; init; }

    /// <summary>Which front proxies are trusted, and the headers they use (<c>--requestheader-*</c>).</summary>
    public FrontProxyConfig FrontProxy { get; init; } = new();

    /// <summary>The certificate the server shows to extension servers (<c>--proxy-client-cert-file</c>); null for
    /// none.</summary>
    public Func<X509Certificate2?> ProxyClientCertificate { get; init; } = static () => null;

    /// <summary>The certificate the server shows to kubelets; null for none.</summary>
    public Func<X509Certificate2?> KubeletClientCertificate { get; init; } = static () => null;

    /// <summary>How kubelets are reached and verified (<c>--kubelet-*</c>).</summary>
    public KubeletConfig Kubelets { get; init; } = new();

    /// <summary>The authorizers in order (<c>--authorization-mode</c>).</summary>
    public IReadOnlyList<string> AuthorizationModes { get; init; } = ["Node", "RBAC"];

    /// <summary>Whether requests without credentials are let in as system:anonymous
    /// (<c>--anonymous-auth</c>).</summary>
    public AnonymousConfig Anonymous { get; init; } = new();

    /// <summary>A file of static tokens (<c>--token-auth-file</c>); null for none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Whether bootstrap tokens are accepted (<c>--enable-bootstrap-token-auth</c>).</summary>
    public bool BootstrapTokens { get; init; } = true;

    /// <summary>The key that signs service accounts' tokens (<c>--service-account-signing-key-file</c>).</summary>
    public required Task<System.Security.Cryptography.AsymmetricAlgorithm> ServiceAccountKey { get; init; }

    /// <summary>Whose service account tokens are accepted, and what goes into new ones.</summary>
    public ServiceAccountTokensConfig ServiceAccountTokens { get; init; } = new();

    /// <summary>The issuer of new service account tokens.</summary>
    public string ServiceAccountIssuer => ServiceAccountTokens.Issuers[0];

    /// <summary>The audiences of the server itself (<c>--api-audiences</c>); empty for the issuer.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    /// <summary>The addresses of services (<c>--service-cluster-ip-range</c>), one or two ranges.</summary>
    public IReadOnlyList<string> ServiceClusterIPRanges { get; init; } = ["10.96.0.0/16"];

    /// <summary>The ports of services on nodes (<c>--service-node-port-range</c>).</summary>
    public (int First, int Last) ServiceNodePorts { get; init; } = (30000, 32767);

    /// <summary>Admission plugins besides the defaults (<c>--enable-admission-plugins</c>).</summary>
    public IReadOnlyList<string> EnabledAdmissionPlugins { get; init; } = [];

    /// <summary>Default admission plugins to leave out (<c>--disable-admission-plugins</c>).</summary>
    public IReadOnlyList<string> DisabledAdmissionPlugins { get; init; } = [];

    /// <summary>Whether pods may ask for privileged containers (<c>--allow-privileged</c>).</summary>
    public bool AllowPrivileged { get; init; } = true;

    /// <summary>Group versions and resources that are switched off (<c>--runtime-config</c>).</summary>
    public DisabledApis DisabledApis { get; init; } = DisabledApis.None;

    /// <summary>The API of what nodes and pods use; null to leave it to an extension.</summary>
    public ResourceMetricsConfig? ResourceMetrics { get; init; }

    /// <summary>The kinds that are served.</summary>
    internal IEnumerable<Keelson.Api.Kinds.ApiKind> ServedKinds => DisabledApis.Served.Where(
        kind => ResourceMetrics is not null || kind.Info.Group != MeasuredObjects.Group);

    /// <summary>How many requests at once, how long each, and other limits.</summary>
    public RequestLimitsConfig Limits { get; init; } = new();

    /// <summary>The origins that browsers may call from, as regular expressions
    /// (<c>--cors-allowed-origins</c>).</summary>
    public IReadOnlyList<string> CorsAllowedOrigins { get; init; } = [];

    /// <summary>How much is logged (<c>--v</c>): from 3 on, each request.</summary>
    public int Verbosity { get; init; }

    /// <summary>The flags the server was started with, for /flagz; null for those that this configuration amounts
    /// to.</summary>
    public IReadOnlyDictionary<string, string>? Flags { get; init; }

    /// <summary>How long events are kept (<c>--event-ttl</c>).</summary>
    public TimeSpan EventTimeToLive { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The name of this machine, by which the server is told from others.</summary>
    public string HostName { get; init; } = Environment.MachineName.ToLowerInvariant();

    /// <summary>The parts of the control plane that <c>componentstatuses</c> tells of, besides the store.</summary>
    public IReadOnlyList<ComponentCheck> Components { get; init; } =
        [ComponentCheck.OnPort("scheduler", 10259), ComponentCheck.OnPort("controller-manager", 10257)];

    /// <summary>The admission plugins that <c>--enable-admission-plugins</c> and its opposite take.</summary>
    public static IReadOnlyList<string> KnownAdmissionPlugins => Admission.AdmissionPlugins.Names;

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The source of chance: names, timeouts.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Where the server says what goes on.</summary>
    public Action<string> Log { get; init; } = static _ => { };

    /// <summary>Called when the server can't go on: the store is lost.</summary>
    public Action<Exception> OnFatal { get; init; } = static _ => { };
}
