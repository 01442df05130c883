using Keelson.Api.Core.V1;
using Keelson.Cluster.Files;
using Keelson.Commands.ApiServer;
using Keelson.Commands.Components;
using Keelson.Controllers;
using Keelson.Controllers.NodeIpam;
using Keelson.Controllers.NodeLifecycle;
using Keelson.Flags;
using Keelson.Server.Authentication.ServiceAccounts;

namespace Keelson.Commands.ControllerManager;

/// <summary>kube-controller-manager's flags, as far as there is something that they set.</summary>
internal sealed class ControllerManagerFlags
{
    private const int Qps = 20;
    private const int Burst = 30;
    private const int SecurePort = 10257;

    public ControllerManagerFlags()
    {
        FlagSection generic = Set.Section("Generic");
        Client = new(generic, Qps, Burst);
        Leader = new(Set.Section("Leader election"), "kube-controller-manager");
        Controllers = generic.Of("controllers", FlagForms.Texts, ["*"],
            "The controllers to run: '*' for all that are on by default, 'foo' for foo, '-foo' for not foo.");
        OwnAccounts = generic.Switch("use-service-account-credentials", false,
            "Let each controller act as a service account of its own.");
        RootCaFile = generic.Text("root-ca-file", "", "The authority that pods know the API server by.");
        SigningCertFile = generic.Text(
            "cluster-signing-cert-file", "", "The authority that signs certificates for requests.");
        SigningKeyFile = generic.Text("cluster-signing-key-file", "", "The key of --cluster-signing-cert-file.");
        SigningDuration = generic.Duration(
            "cluster-signing-duration", TimeSpan.FromDays(365), "How long signed certificates last.");
        AccountKeyFile = generic.Text(
            "service-account-private-key-file", "", "The key that signs the tokens in secrets.");
        TokenCleanUp = generic.Duration("legacy-service-account-token-clean-up-period", TimeSpan.FromDays(365),
            "How long a token in a secret is unused before it is deleted.");
        PodGarbage = generic.Number(
            "terminated-pod-gc-threshold", 12500, "So many pods that have ended are kept; 0 for all.");
        QuotaPeriod = generic.Duration(
            "resource-quota-sync-period", TimeSpan.FromMinutes(5), "How often quotas are counted anew.");
        AutoscalerPeriod = generic.Duration(
            "horizontal-pod-autoscaler-sync-period",
            TimeSpan.FromSeconds(15),
            "How often autoscalers look at what their pods use.");
        Nodes = new(Set.Section("Nodes"));
        Serving = new(Set, SecurePort);
        Logs = new(Set.Section("Logs"), "controllermanager");
        FlagSection later = Set.Section("Accepted without meaning");
        UnusedComponentFlags.Declare(later);
        UnusedComponentFlags.DeclareConcurrency(later);
    }

    /// <summary>The flags.</summary>
    public FlagSet Set { get; } = new();

    public ClientFlags Client { get; }

    public LeaderFlags Leader { get; }

    public ComponentServingFlags Serving { get; }

    public LogFlags Logs { get; }

    public Flag<bool> OwnAccounts { get; }

    private Flag<IReadOnlyList<string>> Controllers { get; }

    private Flag<string> RootCaFile { get; }

    private Flag<string> SigningCertFile { get; }

    private Flag<string> SigningKeyFile { get; }

    private Flag<TimeSpan> SigningDuration { get; }

    private Flag<string> AccountKeyFile { get; }

    private Flag<TimeSpan> TokenCleanUp { get; }

    private Flag<int> PodGarbage { get; }

    private Flag<TimeSpan> QuotaPeriod { get; }

    private Flag<TimeSpan> AutoscalerPeriod { get; }

    private NodeFlags Nodes { get; }

    /// <summary>Adds what is wrong with the values.</summary>
    public void Validate(List<string> errors)
    {
        Leader.Validate(errors);
        Serving.Validate(errors);
        Logs.Validate(errors);
        ControllerCatalog.Select(Controllers.Value, out IReadOnlyList<string> unknown);
        errors.AddRange(unknown.Select(name => $"\"{name}\" is not in the list of known controllers"));
        if (SigningCertFile.Value.Length > 0 != SigningKeyFile.Value.Length > 0)
        {
            errors.Add("cannot specify empty certificate or key file: --cluster-signing-cert-file and --cluster-signing-key-file go together");
        }
    }

    /// <summary>The configuration, after a look at the files.</summary>
    /// <exception cref="FlagException">A file can't be read.</exception>
    public ControllerManagerConfig ToConfig(ServerProcess process)
    {
        FileContent<string>? root = RootCaFile.Follow(PemFiles.ReadText, process);
        string keyPath = SigningKeyFile.Value;
        var signing = SigningCertFile.Follow(path => PemFiles.ReadPair(path, keyPath), process);
        return new()
        {
            Controllers = Controllers.Value,
            RootAuthorityPem = () => root?.Current ?? "",
            SigningAuthority = () => signing?.Current,
            ClusterSigningDuration = SigningDuration.Value,
            LegacyToken = LegacyTokens(process),
            LegacyTokenCleanUpPeriod = TokenCleanUp.Value,
            TerminatedPodThreshold = PodGarbage.Value,
            ResourceQuotaSyncPeriod = QuotaPeriod.Value,
            AutoscalerSyncPeriod = AutoscalerPeriod.Value,
            NodeLifecycle = Nodes.Lifecycle,
            NodeIpam = Nodes.Ipam,

            // There may be several servers.
            NamespaceSettleTime = TimeSpan.FromSeconds(5),
            Clock = process.Clock,
            Log = process.Log,
        };
    }

    /// <summary>What /configz shows.</summary>
    public string Configz() => ComponentConfigz.Write("kubecontrollermanager.config.k8s.io", Leader, Client, json =>
    {
        json.WriteStartArray("Controllers");
        foreach (string controller in Controllers.Value)
        {
            json.WriteStringValue(controller);
        }

        json.WriteEndArray();
    });

    private Func<ServiceAccount, string, ValueTask<string>>? LegacyTokens(ServerProcess process)
    {
        if (AccountKeyFile.Value.Length == 0)
        {
            return null;
        }

        TokenKey key = new(AccountKeyFile.Read(PemFiles.ReadPrivateKey));
        ServiceAccountTokenIssuer issuer = new(
            ServiceAccountClaims.LegacyIssuer, new ServiceAccountKeys(Task.FromResult(key), []), process.Clock);
        return (account, secret) => issuer.IssueLegacyAsync(
            account.Metadata.Namespace, new(account.Metadata.Name, account.Metadata.Uid), secret);
    }
}

/// <summary>When nodes count as gone, and which addresses they get for their pods.</summary>
internal sealed class NodeFlags(FlagSection flags)
{
    private readonly Flag<TimeSpan> _monitor = flags.Duration(
        "node-monitor-period", TimeSpan.FromSeconds(5), "How often nodes are looked at.");

    private readonly Flag<TimeSpan> _grace = flags.Duration(
        "node-monitor-grace-period", TimeSpan.FromSeconds(50), "How long a node may be silent.");

    private readonly Flag<TimeSpan> _startup = flags.Duration(
        "node-startup-grace-period", TimeSpan.FromSeconds(60), "How long a new node may be silent.");

    private readonly Flag<double> _rate = flags.Of(
        "node-eviction-rate", FlagForms.Fraction, 0.1, "Nodes a second that lose their pods in a healthy zone.");

    private readonly Flag<double> _second = flags.Of(
        "secondary-node-eviction-rate", FlagForms.Fraction, 0.01, "The same in an unhealthy zone.");

    private readonly Flag<int> _large = flags.Number(
        "large-cluster-size-threshold", 50, "From how many nodes on a zone is large.");

    private readonly Flag<double> _unhealthy = flags.Of(
        "unhealthy-zone-threshold", FlagForms.Fraction, 0.55, "Which part of its nodes makes a zone unhealthy.");

    private readonly Flag<bool> _allocate = flags.Switch(
        "allocate-node-cidrs", false, "Give each node a range of addresses for its pods.");

    private readonly Flag<IReadOnlyList<string>> _cluster = flags.Texts("cluster-cidr", "The addresses of pods.");

    private readonly Flag<IReadOnlyList<string>> _service = flags.Texts(
        "service-cluster-ip-range", "The addresses of services.");

    private readonly Flag<int> _mask = flags.Number(
        "node-cidr-mask-size", 0, "The size of a node's range; 0 for the family's own.");

    private readonly Flag<int> _maskV4 = flags.Number(
        "node-cidr-mask-size-ipv4", 0, "The size of a node's range of IPv4; 0 for 24.");

    private readonly Flag<int> _maskV6 = flags.Number(
        "node-cidr-mask-size-ipv6", 0, "The size of a node's range of IPv6; 0 for 64.");

    /// <summary>When nodes count as gone.</summary>
    public NodeLifecycleConfig Lifecycle => new()
    {
        MonitorPeriod = _monitor.Value,
        MonitorGracePeriod = _grace.Value,
        StartupGracePeriod = _startup.Value,
        EvictionRate = _rate.Value,
        SecondaryEvictionRate = _second.Value,
        LargeClusterSize = _large.Value,
        UnhealthyZoneThreshold = _unhealthy.Value,
    };

    /// <summary>Which addresses nodes get.</summary>
    public NodeIpamConfig Ipam => new()
    {
        AllocateNodeCidrs = _allocate.Value,
        ClusterCidrs = _cluster.Value,
        ServiceCidrs = _service.Value,
        MaskSizeV4 = First(_maskV4.Value, _mask.Value, 24),
        MaskSizeV6 = First(_maskV6.Value, _mask.Value, 64),
    };

    private static int First(int own, int both, int otherwise) => own > 0 ? own : both > 0 ? both : otherwise;
}
