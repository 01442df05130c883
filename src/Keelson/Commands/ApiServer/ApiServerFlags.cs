using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Cluster.Files;
using Keelson.Flags;
using Keelson.Server;
using Keelson.Server.Authentication;
using Keelson.Server.Authentication.ServiceAccounts;
using Keelson.Store;

namespace Keelson.Commands.ApiServer;

/// <summary>All flags of the API server, and the configuration they amount to.</summary>
internal sealed class ApiServerFlags
{
    public ApiServerFlags()
    {
        // In the order of upstream's help.
        Generic = new(Set.Section("Generic"));
        Store = new(Set.Section("Etcd"));
        Serving = new(Set.Section("Secure serving"), ListenerDefaults.ApiServer);
        Authentication = new(Set.Section("Authentication"));
        Accounts = new(Set.Section("Service account"));
        FlagSection authorization = Set.Section("Authorization");
        Apis = new(Set.Section("API enablement"));
        FlagSection admission = Set.Section("Admission");
        Logs = new(Set.Section("Logs"));
        FlagSection misc = Set.Section("Misc");
        Policy = new(authorization, admission, misc);
        Services = new(misc);
        Connections = new(misc);
        Later = new(Set.Section("Accepted without meaning"), Set.Section("Not accepted"));
    }

    /// <summary>The flags.</summary>
    public FlagSet Set { get; } = new();

    public GenericFlags Generic { get; }

    public StoreFlags Store { get; }

    public SecureServingFlags Serving { get; }

    public AuthenticationFlags Authentication { get; }

    public ServiceAccountFlags Accounts { get; }

    public PolicyFlags Policy { get; }

    public ApiEnablementFlags Apis { get; }

    public ServiceFlags Services { get; }

    public ConnectionFlags Connections { get; }

    public LogFlags Logs { get; }

    public LaterFlags Later { get; }

    /// <summary>What is wrong with the values, all of it.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> errors = [];
        FeatureGates.Validate(Generic.FeatureGates, errors);
        Generic.Validate(errors);
        Store.Validate(errors);
        Serving.Validate(errors);
        Authentication.Validate(errors);
        Accounts.Validate(errors, Serving.KeyFile.Value, Authentication.Audiences.Value);
        Policy.Validate(errors);
        Apis.Validate(errors);
        Services.Validate(errors);
        Connections.Validate(errors);
        Logs.Validate(errors);
        Later.Validate(errors);
        return errors;
    }

    /// <summary>
    /// The server's configuration over a store. Everything that flags name is read now, so that what can't be read
    /// stops the server before it has touched anything.
    /// </summary>
    /// <exception cref="FlagException">A file can't be read; the message names flag and value.</exception>
    public Func<IStore, ApiServerConfig> ToConfig(ServerProcess process)
    {
        ServerFiles files = ReadFiles(process);
        return store => new ApiServerConfig
        {
            Store = store,
            StoragePrefix = Store.Root,
            StorageMediaType = Store.MediaType.Value,
            BindAddress = Serving.BindAddress.Value ?? IPAddress.Any,
            SecurePort = Serving.SecurePort.Value,
            AdvertiseAddress = files.Advertised,
            ExternalHost = OrNull(Generic.ExternalHostname),
            Certificates = files.Serving,
            Tls = files.Tls,
            ClientAuthorities = files.Clients ?? (static () => NoAuthorities),
            FrontProxyAuthorities = files.FrontProxies,
            FrontProxy = Authentication.FrontProxy,
            ProxyClientCertificate = files.ProxyClient,
            KubeletClientCertificate = files.KubeletClient,
            Kubelets = files.Kubelets,
            AuthorizationModes = Policy.EffectiveModes,
            Anonymous = new AnonymousConfig { Enabled = IsAnonymousAllowed(process) },
            TokenFile = OrNull(Authentication.TokenFile),
            BootstrapTokens = Authentication.BootstrapTokens.Value,
            ServiceAccountKey = Task.FromResult(files.SigningKey),
            ServiceAccountTokens = files.Accounts,
            Audiences = Authentication.Audiences.Value,
            ServiceClusterIPRanges = Services.Ranges,
            ServiceNodePorts = Services.NodePorts.Value,
            EnabledAdmissionPlugins = Policy.EnabledPlugins.Value,
            DisabledAdmissionPlugins = Policy.DisabledPlugins.Value,
            AllowPrivileged = Policy.AllowPrivileged.Value,
            DisabledApis = Apis.ToConfig(),
            Limits = Limits(),
            CorsAllowedOrigins = Generic.CorsAllowedOrigins.Value,
            Verbosity = Logs.Verbosity.Value,
            Flags = Set.All.ToDictionary(flag => flag.Name, flag => flag.Text, StringComparer.Ordinal),
            EventTimeToLive = Services.EventTtl.Value,
            Clock = process.Clock,
            Log = process.Log,
            OnFatal = process.OnFatal,
        };
    }

    private static CertificateAuthorities NoAuthorities { get; } = new([]);

    private static string? OrNull(Flag<string> flag) => flag.Value.Length > 0 ? flag.Value : null;

    private static Func<CertificateAuthorities>? Authorities(Flag<string> flag, ServerProcess process)
    {
        FileContent<CertificateAuthorities>? content = flag.Follow(PemFiles.ReadAuthorities, process);
        return content is null ? null : () => content.Current;
    }

    private ServerFiles ReadFiles(ServerProcess process)
    {
        IPAddress advertised = Advertised();
        Serving.CheckPort();
        Authentication.CheckTokens();
        Policy.CheckPluginConfig();
        return new ServerFiles
        {
            Advertised = advertised,
            Clients = Authorities(Authentication.ClientAuthorities, process),
            FrontProxies = Authorities(Authentication.ProxyAuthorities, process),
            ProxyClient = Connections.ProxyClient(process),
            KubeletClient = Connections.KubeletClient(process),
            Kubelets = Connections.Kubelets(process),
            SigningKey = Accounts.SigningKeyFile.Read(PemFiles.ReadPrivateKey),
            Accounts = Accounts.ToConfig(Serving.KeyFile.Value),
            Tls = Serving.Tls(process),

            // Last, as it may make files.
            Serving = Serving.Certificates(process, advertised, OwnNames()),
        };
    }

    private IPAddress Advertised() =>
        Generic.AdvertiseAddress.Value is { } given && !given.Equals(IPAddress.Any) && !given.Equals(IPAddress.IPv6Any)
        ? given
        : HostAddress.Advertised(Serving.BindAddress.Value)
            ?? throw new FlagException("Unable to find suitable network address.error='no default routes found in \"/proc/net/route\" or "
                + "\"/proc/net/ipv6_route\"'. Try to set the AdvertiseAddress directly or provide a valid BindAddress to fix this.");

    private string[] OwnNames() =>
        ["kubernetes.default.svc", "kubernetes.default", "kubernetes", "localhost", Services.FirstAddress];

    /// <summary>Where everything is allowed, nobody gets in unknown.</summary>
    private bool IsAnonymousAllowed(ServerProcess process)
    {
        if (!Authentication.Anonymous.Value || !Policy.EffectiveModes.Contains("AlwaysAllow"))
        {
            return Authentication.Anonymous.Value;
        }

        process.Log("AnonymousAuth is not allowed with the AlwaysAllow authorizer. Resetting AnonymousAuth to false. You should use a "
            + "different authorizer");
        return false;
    }

    private RequestLimitsConfig Limits() => new()
    {
        MaxInFlight = Generic.MaxInFlight.Value,
        MaxMutatingInFlight = Generic.MaxMutatingInFlight.Value,
        RequestTimeout = Generic.RequestTimeout.Value,
        MinRequestTimeout = TimeSpan.FromSeconds(Generic.MinRequestTimeout.Value),
        ShutdownDelay = Generic.ShutdownDelayDuration.Value,
        LivezGracePeriod = Generic.LivezGracePeriod.Value,
        GoawayChance = Generic.GoawayChance.Value,
        Http2MaxStreams = Serving.Http2MaxStreams.Value > 0
            ? Serving.Http2MaxStreams.Value
            : new RequestLimitsConfig().Http2MaxStreams,
    };
}

/// <summary>What was read from the files that flags name.</summary>
internal sealed record ServerFiles
{
    public required IPAddress Advertised { get; init; }

    public required Func<CertificateAuthorities>? Clients { get; init; }

    public required Func<CertificateAuthorities>? FrontProxies { get; init; }

    public required Func<X509Certificate2?> ProxyClient { get; init; }

    public required Func<X509Certificate2?> KubeletClient { get; init; }

    public required KubeletConfig Kubelets { get; init; }

    public required AsymmetricAlgorithm SigningKey { get; init; }

    public required ServiceAccountTokensConfig Accounts { get; init; }

    public required ServingTlsConfig Tls { get; init; }

    public required IServingCertificateSource Serving { get; init; }
}
