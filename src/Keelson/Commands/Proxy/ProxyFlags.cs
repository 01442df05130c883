using System.Net;
using Keelson.Commands.ApiServer;
using Keelson.Commands.Components;
using Keelson.Configuration;
using Keelson.Flags;
using Keelson.Machinery.Validation;
using Keelson.Network.Proxy;

namespace Keelson.Commands.Proxy;

/// <summary>kube-proxy's flags. A configuration file counts more than the flags that say the same, except for the
/// node's name.</summary>
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
        Client = new(misc, Qps, Burst);
        Logs = new(Set.Section("Logs"), "proxy");
        FlagSection unused = Set.Section("Accepted without meaning");
        UnusedComponentFlags.Declare(unused);
        foreach (string one in (string[])["config-sync-period", "iptables-sync-period", "iptables-min-sync-period"])
        {
            unused.Duration(one, TimeSpan.Zero, "Accepted; changes are applied as they come.");
        }

        unused.Text("detect-local-mode", "ClusterCIDR", "Accepted; pods are told by --cluster-cidr.");
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

    /// <summary>Adds what is wrong with the values.</summary>
    public void Validate(List<string> errors)
    {
        Logs.Validate(errors);
        if (Mode.Value is not ("" or "nftables" or "iptables" or "ipvs"))
        {
            errors.Add($"KubeProxyConfiguration.ProxyMode: Invalid value: {GoText.Quote(Mode.Value)}: "
                + "must be iptables, ipvs, nftables or blank "
                + "(blank means the best-available proxy [currently iptables])");
        }
    }

    /// <summary>The proxy's configuration.</summary>
    /// <exception cref="FlagException">Something can't be used.</exception>
    public ServiceProxyConfig ToConfig(ConfigurationDocument file, ServerProcess process)
    {
        string name = HostName.Value.Length > 0 ? HostName.Value : file.Text("", "hostnameOverride");
        string ranges = Pick(file.Text("", "clusterCIDR"), ClusterRange.Value);
        return new()
        {
            NodeName = (name.Length > 0 ? name : Environment.MachineName).Trim().ToLowerInvariant(),
            ClusterRanges = ranges.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            NodePortAddresses = file.Texts([], "nodePortAddresses") is { Count: > 0 } addresses ? addresses
                : NodePortAddresses.Value.Count > 0 ? NodePortAddresses.Value : ["primary"],
            MasqueradeAll = MasqueradeAll.Value || file.Truth(false, "nftables", "masqueradeAll"),
            HealthAddress = Address(HealthFlag, Pick(file.Text("", "healthzBindAddress"), Health.Value), 10256),
            MetricsAddress = Address(MetricsFlag, Pick(file.Text("", "metricsBindAddress"), Metrics.Value), 10249),
            Resync = file.Duration(TimeSpan.Zero, "nftables", "syncPeriod") is { Ticks: > 0 } period ? period
                : TimeSpan.FromSeconds(30),
            Conntrack = new(
                file.Number(MaxPerCore.Value, "conntrack", "maxPerCore"),
                file.Number(Min.Value, "conntrack", "min"),
                file.Duration(Established.Value, "conntrack", "tcpEstablishedTimeout"),
                file.Duration(CloseWait.Value, "conntrack", "tcpCloseWaitTimeout")),
            Clock = process.Clock,
            Log = process.Log,
        };
    }

    private static string Pick(string fromFile, string fromFlag) => fromFile.Length > 0 ? fromFile : fromFlag;

    private static IPEndPoint? Address(string flag, string text, int port)
    {
        if (text.Length == 0)
        {
            return null;
        }

        if (!IPEndPoint.TryParse(text, out IPEndPoint? address))
        {
            throw new FlagException($"--{flag}: Invalid value: {GoText.Quote(text)}: must be IP:port");
        }

        return address.Port == 0 ? new(address.Address, port) : address;
    }
}
