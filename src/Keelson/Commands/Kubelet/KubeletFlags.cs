using System.Net;
using System.Security.Cryptography.X509Certificates;
using Keelson.Client.Https;
using Keelson.Commands.ApiServer;
using Keelson.Commands.Components;
using Keelson.Configuration;
using Keelson.Flags;
using Keelson.Nodes;
using Keelson.Nodes.Identity;
using Keelson.Nodes.Server;

namespace Keelson.Commands.Kubelet;

/// <summary>kubelet's flags. What the command line says counts more than the configuration file.</summary>
internal sealed class KubeletFlags
{
    private const int Qps = 50;
    private const int Burst = 100;

    public KubeletFlags()
    {
        FlagSection node = Set.Section("Node");
        Config = node.Text("config", "", "The file of the kind KubeletConfiguration.");
        ConfigDirectory = node.Text("config-dir", "",
            "A directory of files (*.conf) that change what the file says, in the order of their names.");
        HostName = node.Text("hostname-override", "", "The node's name, in place of the machine's.");
        Addresses = node.Texts("node-ip", "The node's addresses; found when none is given.");
        Labels = node.Of("node-labels", FlagForms.Pairs, new Dictionary<string, string>(), "Labels to register with.");
        ProviderId = node.Text("provider-id", "", "The provider's name of the node.");
        Root = node.Text("root-dir", "/var/lib/kubelet", "Where everything about pods is kept.");
        FlagSection runtime = Set.Section("Runtime");
        Runtime = runtime.Text("container-runtime-endpoint", "",
            "The runtime's socket; without one, a containerd is started below the root directory.");
        Registries = runtime.Text("registries", "", "A file that says which mirrors registries have.");
        Archives = runtime.Text("image-archives", "", "A directory with image archives to import before pods run.");
        CgroupRoot = runtime.Text("cgroup-root", "", "The control group above those of pods.");
        FlagSection pods = Set.Section("Pods");
        Manifests = pods.Text("pod-manifest-path", "", "The directory of static pods' manifests.");
        Dns = pods.Texts("cluster-dns", "The addresses at which pods ask for names.");
        Domain = pods.Text("cluster-domain", "", "The domain of services.");
        Resolver = pods.Text("resolv-conf", "/etc/resolv.conf", "The resolver file that pods are given.");
        Unsafe = pods.Texts("allowed-unsafe-sysctls", "Kernel settings that pods may have though they are not safe.");
        Resources = new(Set.Section("Resources"));
        Node = new(node, pods);
        Placement = new(Set.Section("Placement"));
        FlagSection server = Set.Section("Server");
        Address = server.Of<IPAddress?>("address", FlagForms.Address, IPAddress.Any, "The address to listen on.");
        Port = server.Number("port", 10250, "The port to listen on.");
        ClientAuthority = server.Text("client-ca-file", "", "The authorities that vouch for clients.");
        Anonymous = server.Switch("anonymous-auth", false, "Answer requests without credentials.");
        HealthAddress = server.Text("healthz-bind-address", "127.0.0.1", "Where the agent says that it is well.");
        HealthPort = server.Number("healthz-port", 10248, "The port there; 0 for none.");
        TokenWebhook = server.Switch("authentication-token-webhook", true, "Have the API server review tokens.");
        Mode = server.Text(
            "authorization-mode", "Webhook", "Webhook: the API server says who may what; or AlwaysAllow.");
        Certificate = server.Text("tls-cert-file", "", "The certificate to show; made when there is none.");
        Key = server.Text("tls-private-key-file", "", "Its private key.");
        FlagSection api = Set.Section("API server");
        Client = new(api, Qps, Burst);
        BootstrapKubeconfig = api.Text("bootstrap-kubeconfig", "",
            "The kubeconfig to get a client certificate with when the one of --kubeconfig is missing or has ended.");
        CertificateDirectory = api.Text("cert-dir", "/var/lib/kubelet/pki", "Where client certificates are kept.");
        RotateCertificates = api.Switch("rotate-certificates", false, "Replace the client certificate before it ends.");
        RotateServing = api.Switch("rotate-server-certificates", false,
            "Ask the cluster for a serving certificate, and replace it before it ends.");
        Logs = new(Set.Section("Logs"), "kubelet");
        Schedulable = node.Switch("register-schedulable", true, "Whether pods may be placed on the node at first.");
        Fields = new(Set.Section("Configuration"));
        KubeletUnusedFlags.Declare(Set.Section("Accepted without meaning"));
    }

    /// <summary>The flags.</summary>
    public FlagSet Set { get; } = new();

    public Flag<string> Config { get; }

    public Flag<string> ConfigDirectory { get; }

    public ClientFlags Client { get; }

    public LogFlags Logs { get; }

    /// <summary>What says the same as the configuration.</summary>
    public KubeletFieldFlags Fields { get; }

    private Flag<bool> Schedulable { get; }

    private KubeletResourceFlags Resources { get; }

    private KubeletNodeFlags Node { get; }

    private Flag<string> BootstrapKubeconfig { get; }

    private Flag<string> CertificateDirectory { get; }

    private Flag<bool> RotateCertificates { get; }

    private Flag<bool> RotateServing { get; }

    private KubeletPlacementFlags Placement { get; }

    private Flag<string> HostName { get; }

    private Flag<IReadOnlyList<string>> Addresses { get; }

    private Flag<IReadOnlyDictionary<string, string>> Labels { get; }

    private Flag<string> ProviderId { get; }

    private Flag<string> Root { get; }

    private Flag<string> Runtime { get; }

    private Flag<string> Registries { get; }

    private Flag<string> Archives { get; }

    private Flag<string> CgroupRoot { get; }

    private Flag<string> Manifests { get; }

    private Flag<IReadOnlyList<string>> Dns { get; }

    private Flag<string> Domain { get; }

    private Flag<string> Resolver { get; }

    private Flag<IReadOnlyList<string>> Unsafe { get; }

    private Flag<IPAddress?> Address { get; }

    private Flag<int> Port { get; }

    private Flag<string> ClientAuthority { get; }

    private Flag<bool> Anonymous { get; }

    private Flag<string> HealthAddress { get; }

    private Flag<int> HealthPort { get; }

    private Flag<bool> TokenWebhook { get; }

    private Flag<string> Mode { get; }

    private Flag<string> Certificate { get; }

    private Flag<string> Key { get; }

    /// <summary>The node's name.</summary>
    public string NodeName =>
        (HostName.Value.Length > 0 ? HostName.Value : Environment.MachineName).Trim().ToLowerInvariant();

    /// <summary>How the node comes to its own identity; null when the kubeconfig has one that nobody here sees
    /// to.</summary>
    public NodeIdentityConfig? Identity(ConfigurationDocument file, TimeProvider clock, Action<string> log)
    {
        bool rotates = Chosen(RotateCertificates, file.Truth(RotateCertificates.Value, "rotateCertificates"));
        string directory = Path.GetFullPath(CertificateDirectory.Value);
        bool isManaged = BootstrapKubeconfig.Value.Length > 0
            || (rotates && File.Exists(Path.Combine(directory, "kubelet-client-current.pem")));
        return isManaged && Client.Kubeconfig.Value.Length > 0
            ? new NodeIdentityConfig
            {
                NodeName = NodeName,
                CertificateDirectory = directory,
                BootstrapKubeconfig = BootstrapKubeconfig.Value,
                Kubeconfig = Path.GetFullPath(Client.Kubeconfig.Value),
                Rotates = rotates,
                Clock = clock,
                Log = log,
            }
            : null;
    }

    /// <summary>Adds what is wrong with the values.</summary>
    public void Validate(List<string> errors)
    {
        Logs.Validate(errors);
        Resources.Validate(errors);
        foreach (string one in Addresses.Value)
        {
            if (!IPAddress.TryParse(one, out _))
            {
                errors.Add($"--node-ip: \"{one}\" is no IP address");
            }
        }

        Node.Validate(errors);
        if (BootstrapKubeconfig.Value.Length > 0 && Client.Kubeconfig.Value.Length == 0)
        {
            errors.Add("--bootstrap-kubeconfig: --kubeconfig must say where to write the node's own kubeconfig");
        }

        if (Certificate.Value.Length > 0 != Key.Value.Length > 0)
        {
            errors.Add("--tls-cert-file and --tls-private-key-file belong together");
        }
    }

    /// <summary>The agent's settings, but for its clients.</summary>
    /// <exception cref="FlagException">Something is wrong with a value.</exception>
    public NodeAgentConfig ToConfig(ConfigurationDocument file, NodeAgentConfig basis) =>
        Placement.Apply(file, Resources.Apply(file, Node.Apply(file, Basis(file, basis))));

    private NodeAgentConfig Basis(ConfigurationDocument file, NodeAgentConfig basis) => basis with
    {
        NodeName = NodeName,
        HostName = Environment.MachineName.ToLowerInvariant() is var machine && HostName.Value.Length == 0 ? machine
            : NodeName,
        RootDirectory = Path.GetFullPath(Root.Value),
        PodLogsDirectory = file.Text("/var/log/pods", "podLogsDir"),
        RuntimeEndpoint = Chosen(Runtime, file.Text(Runtime.Value, "containerRuntimeEndpoint")),
        RegistriesFile = Registries.Value,
        ImageArchivesDirectory = Archives.Value,
        Addresses = [.. Addresses.Value.Select(IPAddress.Parse)],
        ClusterDns = Chosen(Dns, file.Texts(Dns.Value, "clusterDNS")),
        ClusterDomain = Chosen(Domain, file.Text(Domain.Value, "clusterDomain")),
        ResolverFile = Chosen(Resolver, file.Text(Resolver.Value, "resolvConf")),
        MaxContainerRestartPeriod =
            file.Duration(TimeSpan.FromSeconds(300), "crashLoopBackOff", "maxContainerRestartPeriod"),
        CgroupDriver = file.Text("", "cgroupDriver"),
        CgroupRoot = Chosen(CgroupRoot, file.Text(CgroupRoot.Value, "cgroupRoot")),
        AllowedUnsafeSysctls = Chosen(Unsafe, file.Texts(Unsafe.Value, "allowedUnsafeSysctls")),
        Labels = Labels.Value,
        ProviderId = Chosen(ProviderId, file.Text(ProviderId.Value, "providerID")),
        IsSchedulable = Schedulable.Value,
        StaticPodDirectory = Chosen(Manifests, file.Text(Manifests.Value, "staticPodPath")),
        Server = file.Truth(true, "enableServer") ? Server(file) : null,
        Health = Health(file),
    };

    private static T Chosen<T>(Flag<T> flag, T fromFile) => flag.IsSet ? flag.Value : fromFile;

    /// <summary>How fast the API server is asked.</summary>
    public HttpsClientConfig Behaviour(ConfigurationDocument file, HttpsClientConfig basis) => basis with
    {
        Qps = Chosen(Client.Qps, file.Number((int)Client.Qps.Value, "kubeAPIQPS")),
        Burst = Chosen(Client.Burst, file.Number(Client.Burst.Value, "kubeAPIBurst")),
    };

    private IPEndPoint? Health(ConfigurationDocument file)
    {
        string address = Chosen(HealthAddress, file.Text(HealthAddress.Value, "healthzBindAddress"));
        int port = Chosen(HealthPort, file.Number(HealthPort.Value, "healthzPort"));
        return port == 0 ? null
            : port is > 0 and < 65536 && IPAddress.TryParse(address, out IPAddress? parsed) ? new(parsed, port)
            : throw new FlagException($"invalid configuration: healthz at {address}:{port} is no address and port");
    }

    private static Version TlsMin(ConfigurationDocument file) => file.Text("VersionTLS12", "tlsMinVersion") switch
    {
        "VersionTLS13" => new(1, 3),
        "" or "VersionTLS10" or "VersionTLS11" or "VersionTLS12" => new(1, 2),
        var other => throw new FlagException($"invalid configuration: unknown tls version \"{other}\""),
    };

    private NodeAgentServerConfig Server(ConfigurationDocument file)
    {
        string authorities = Chosen(ClientAuthority, file.Text("", "authentication", "x509", "clientCAFile"));
        string certificate = Chosen(Certificate, file.Text("", "tlsCertFile"));
        string key = Chosen(Key, file.Text("", "tlsPrivateKeyFile"));
        string address = file.Text(IPAddress.Any.ToString(), "address");
        X509Certificate2? shown = certificate.Length > 0 ? X509Certificate2.CreateFromPemFile(certificate, key) : null;
        X509Certificate2Collection trusted = [];
        if (authorities.Length > 0)
        {
            trusted.ImportFromPemFile(authorities);
        }

        X509Certificate2[] list = [.. trusted];
        return new()
        {
            BindAddress = Chosen(Address, IPAddress.Parse(address)) ?? IPAddress.Any,
            Port = Chosen(Port, file.Number(Port.Value, "port")),
            Certificate = shown is null ? null : () => shown,
            CertificateDirectory = shown is null && (RotateServing.Value || file.Truth(false, "serverTLSBootstrap"))
                ? Path.GetFullPath(CertificateDirectory.Value)
                : "",
            ClientAuthorities = () => list,
            TlsMin = TlsMin(file),
            ServesDebugging = file.Truth(true, "enableDebuggingHandlers"),
            ServesProfiling = file.Truth(true, "enableProfilingHandler"),
            ServesDebugFlags = file.Truth(true, "enableDebugFlagsHandler"),
            Verbosity = new(Logs.Verbosity.Value),
            SystemLogDirectory = file.Truth(true, "enableSystemLogHandler") ? "/var/log" : null,
            AnswersLogQueries = file.Truth(false, "enableSystemLogQuery"),
            Access = new KubeletAccessConfig
            {
                Anonymous = Chosen(Anonymous, file.Truth(false, "authentication", "anonymous", "enabled")),
                TokenReviews = Chosen(
                    TokenWebhook, file.Truth(true, "authentication", "webhook", "enabled")),
                TokenReviewLifetime = file.Duration(
                    TimeSpan.FromMinutes(2), "authentication", "webhook", "cacheTTL"),
                AlwaysAllow = Chosen(Mode, file.Text("Webhook", "authorization", "mode")) == "AlwaysAllow",
                AllowedLifetime = file.Duration(
                    TimeSpan.FromMinutes(5), "authorization", "webhook", "cacheAuthorizedTTL"),
                RefusedLifetime = file.Duration(
                    TimeSpan.FromSeconds(30), "authorization", "webhook", "cacheUnauthorizedTTL"),
            },
        };
    }
}
