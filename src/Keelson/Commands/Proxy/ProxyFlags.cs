using Keelson.Commands.ApiServer;
using Keelson.Commands.Components;
using Keelson.Configuration;
using Keelson.Flags;
using Keelson.Network.Proxy;

namespace Keelson.Commands.Proxy;

/// <summary>kube-proxy's flags. Beside a configuration file they mean nothing, except for the node's name and what no
/// file says.</summary>
internal sealed class ProxyFlags
{
    private const int Qps = 5;
    private const int Burst = 10;
    private const string HealthFlag = "healthz-bind-address";
    private const string MetricsFlag = "metrics-bind-address";

    public ProxyFlags()
    {
        FlagSection misc = Set.Section("Misc");
        Config = misc.Text("config", "", "The file of the kind KubeProxyConfiguration.");
        CleanUp = misc.Switch("cleanup", false, "Remove what a proxy left on this node, and end.");
        HostName = misc.Text("hostname-override", "", "The node's name, in place of the machine's.");
        ClusterRange = misc.Text("cluster-cidr", "",
            "The addresses of pods: one range, or one of each family with a comma between.");
        NodePortAddresses = misc.Texts("nodeport-addresses",
            "Ranges of the node's addresses that serve node ports, or \"primary\" for those of the node object.");
        Health = misc.Text(HealthFlag, "0.0.0.0:10256", "Where /healthz is served; empty for nowhere.");
        Metrics = misc.Text(MetricsFlag, "127.0.0.1:10249", "Where /metrics is served; empty for nowhere.");
        MasqueradeAll = misc.Switch("masquerade-all", false, "Let all that goes to services take the node's address.");
        Mode = misc.Text("proxy-mode", "nftables", "Accepted; services are served by nftables.");
        MaxPerCore = misc.Number("conntrack-max-per-core", ConntrackLimits.Default.MaxPerCore,
            "Connections to track for each core; 0 to leave the node's limit.");
        Min = misc.Number("conntrack-min", ConntrackLimits.Default.Min,
            "The least number of connections to track, however few cores there are.");
        Established = misc.Duration("conntrack-tcp-timeout-established", ConntrackLimits.Default.TcpEstablishedTimeout,
            "How long an idle connection is tracked; 0 to leave the node's setting.");
        CloseWait = misc.Duration("conntrack-tcp-timeout-close-wait", ConntrackLimits.Default.TcpCloseWaitTimeout,
            "How long a half closed connection is tracked.");
        TcpLiberal = misc.Switch("conntrack-tcp-be-liberal", false,
            "Do not hold TCP packets out of window for invalid.");
        UdpTimeout = misc.Duration("conntrack-udp-timeout", TimeSpan.Zero,
            "How long a UDP exchange without an answer is tracked; 0 to leave the node's setting.");
        UdpStreamTimeout = misc.Duration("conntrack-udp-timeout-stream", TimeSpan.Zero,
            "How long a UDP exchange is tracked; 0 to leave the node's setting.");
        MasqueradeBit = misc.Number("iptables-masquerade-bit", 14,
            "The bit of packets' marks that says that they take the node's address.");
        Detection = misc.Text("detect-local-mode", "ClusterCIDR",
            "How pods are told from others: ClusterCIDR, NodeCIDR, BridgeInterface or InterfaceNamePrefix.");
        Bridge = misc.Text("pod-bridge-interface", "", "The bridge of pods, for the mode BridgeInterface.");
        Prefix = misc.Text("pod-interface-name-prefix", "",
            "How names of pods' interfaces begin, for the mode InterfaceNamePrefix.");
        HardFail = misc.Switch("bind-address-hard-fail", false, "End when a port is taken, rather than try again.");
        OomScore = misc.Number("oom-score-adj", -999, "The process' oom-score-adj, from -1000 to 1000.");
        InitOnly = misc.Switch("init-only", false, "Do what needs all rights, and end.");
        WriteConfigTo = misc.Text("write-config-to", "", "Write the configuration to this file, and end.");
        BindAddress = misc.Text("bind-address", "0.0.0.0", "Accepted; the node object tells the node's addresses.");
        ConfigSync = misc.Duration("config-sync-period", TimeSpan.FromMinutes(15),
            "Accepted; changes are applied as they come. Must be greater than 0.");
        Client = new(misc, Qps, Burst);
        Logs = new(Set.Section("Logs"), "proxy");
        DeclareUnused(Set.Section("Accepted without meaning"));
    }

    private static void DeclareUnused(FlagSection unused)
    {
        UnusedComponentFlags.Declare(unused);
        foreach (string one in (string[])[
            "iptables-sync-period", "iptables-min-sync-period", "ipvs-sync-period", "ipvs-min-sync-period",
            "ipvs-tcp-timeout", "ipvs-tcpfin-timeout", "ipvs-udp-timeout",
        ])
        {
            unused.Duration(one, TimeSpan.Zero, "Accepted; changes are applied as they come.");
        }

        unused.Switch("iptables-localhost-nodeports", true, "Accepted; node ports are not served on loopback.");
        unused.Text("ipvs-scheduler", "", "Accepted.");
        unused.Texts("ipvs-exclude-cidrs", "Accepted.");
        unused.Switch("ipvs-strict-arp", false, "Accepted.");
        unused.Text("show-hidden-metrics-for-version", "", "Accepted.");
        unused.Text("boot-id-file", "", "Accepted.");
        unused.Text("machine-id-file", "", "Accepted.");
        unused.Number("healthz-port", 10256, "Accepted; use --healthz-bind-address.");
        unused.Number("metrics-port", 10249, "Accepted; use --metrics-bind-address.");
    }

    /// <summary>The flags.</summary>
    public FlagSet Set { get; } = new();

    public ClientFlags Client { get; }

    public LogFlags Logs { get; }

    public Flag<bool> CleanUp { get; }

    public Flag<string> Config { get; }

    private Flag<string> HostName { get; }

    private Flag<string> ClusterRange { get; }

    private Flag<IReadOnlyList<string>> NodePortAddresses { get; }

    private Flag<string> Health { get; }

    private Flag<string> Metrics { get; }

    private Flag<bool> MasqueradeAll { get; }

    private Flag<string> Mode { get; }

    private Flag<int> MaxPerCore { get; }

    private Flag<int> Min { get; }

    private Flag<TimeSpan> Established { get; }

    private Flag<TimeSpan> CloseWait { get; }

    /// <summary>True when the proxy ends once it did what needs all rights.</summary>
    public Flag<bool> InitOnly { get; }

    /// <summary>Where the configuration is written to; empty for nowhere.</summary>
    public Flag<string> WriteConfigTo { get; }

    private Flag<bool> TcpLiberal { get; }

    private Flag<TimeSpan> UdpTimeout { get; }

    private Flag<TimeSpan> UdpStreamTimeout { get; }

    private Flag<int> MasqueradeBit { get; }

    private Flag<string> Detection { get; }

    private Flag<string> Bridge { get; }

    private Flag<string> Prefix { get; }

    private Flag<bool> HardFail { get; }

    private Flag<int> OomScore { get; }

    private Flag<string> BindAddress { get; }

    private Flag<TimeSpan> ConfigSync { get; }

    /// <summary>Adds what is wrong with the values.</summary>
    public void Validate(List<string> errors)
    {
        Logs.Validate(errors);
    }

    /// <summary>What flags and file say together. As with kube-proxy, flags that say what a file may say mean nothing
    /// beside a file, whether it says it or not; except for the node's name.</summary>
    public ProxySettings ToSettings(ConfigurationDocument file)
    {
        ProxyFlags flags = file.Path.Length > 0 ? new() : this;
        string name = HostName.Value.Length > 0 ? HostName.Value : file.Text("", "hostnameOverride");
        return flags.Join(file) with { HostName = name };
    }

    private ProxySettings Join(ConfigurationDocument file)
    {
        return new()
        {
            HostName = "",
            BindAddress = Pick(file.Text("", "bindAddress"), BindAddress.Value),
            HealthAddress = Pick(file.Text("", "healthzBindAddress"), Health.Value),
            MetricsAddress = file.Has("metricsBindAddress") ? file.Text("", "metricsBindAddress") : Metrics.Value,
            IsBindFailureFatal = file.Truth(HardFail.Value, "bindAddressHardFail"),
            Mode = file.Path.Length > 0 ? file.Text("", "mode") : Mode.Value,
            ClusterRange = Pick(file.Text("", "clusterCIDR"), ClusterRange.Value),
            NodePortAddresses = file.Texts([], "nodePortAddresses") is { Count: > 0 } addresses ? addresses
                : NodePortAddresses.Value,
            Detection = Pick(file.Text("", "detectLocalMode"), Detection.Value),
            Bridge = Pick(file.Text("", "detectLocal", "bridgeInterface"), Bridge.Value),
            Prefix = Pick(file.Text("", "detectLocal", "interfaceNamePrefix"), Prefix.Value),
            MasqueradeAll = MasqueradeAll.Value || file.Truth(false, "nftables", "masqueradeAll")
                || file.Truth(false, "iptables", "masqueradeAll"),
            MasqueradeBit = file.Number(
                file.Number(MasqueradeBit.Value, "iptables", "masqueradeBit"), "nftables", "masqueradeBit"),
            OomScore = file.Number(OomScore.Value, "oomScoreAdj"),
            ConfigSync = file.Duration(ConfigSync.Value, "configSyncPeriod"),
            Resync = file.Duration(TimeSpan.Zero, "nftables", "syncPeriod") is { Ticks: not 0 } period ? period
                : TimeSpan.FromSeconds(30),
            Conntrack = new(
                file.Number(MaxPerCore.Value, "conntrack", "maxPerCore"),
                file.Number(Min.Value, "conntrack", "min"),
                file.Duration(Established.Value, "conntrack", "tcpEstablishedTimeout"),
                file.Duration(CloseWait.Value, "conntrack", "tcpCloseWaitTimeout"))
            {
                IsTcpLiberal = file.Truth(TcpLiberal.Value, "conntrack", "tcpBeLiberal"),
                UdpTimeout = file.Duration(UdpTimeout.Value, "conntrack", "udpTimeout"),
                UdpStreamTimeout = file.Duration(UdpStreamTimeout.Value, "conntrack", "udpStreamTimeout"),
            },
        };
    }

    private static string Pick(string fromFile, string fromFlag) => fromFile.Length > 0 ? fromFile : fromFlag;
}
