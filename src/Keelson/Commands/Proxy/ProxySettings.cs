using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Keelson.Commands.ApiServer;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Keelson.Network.Proxy;

namespace Keelson.Commands.Proxy;

/// <summary>What flags and configuration file of a proxy say together, by the names of
/// KubeProxyConfiguration.</summary>
internal sealed record ProxySettings
{
    private const string Path = "KubeProxyConfiguration.";

    public required string HostName { get; init; }

    public required string BindAddress { get; init; }

    public required string HealthAddress { get; init; }

    public required string MetricsAddress { get; init; }

    public required bool IsBindFailureFatal { get; init; }

    public required string Mode { get; init; }

    public required string ClusterRange { get; init; }

    public required IReadOnlyList<string> NodePortAddresses { get; init; }

    public required string Detection { get; init; }

    public required string Bridge { get; init; }

    public required string Prefix { get; init; }

    public required bool MasqueradeAll { get; init; }

    public required int MasqueradeBit { get; init; }

    public required int OomScore { get; init; }

    public required TimeSpan ConfigSync { get; init; }

    public required TimeSpan Resync { get; init; }

    public required ConntrackLimits Conntrack { get; init; }

    private string[] ClusterRanges =>
        ClusterRange.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The proxy's configuration.</summary>
    public ServiceProxyConfig ToConfig(ServerProcess process) => new()
    {
        NodeName = (HostName.Length > 0 ? HostName : Environment.MachineName).Trim().ToLowerInvariant(),
        ClusterRanges = ClusterRanges,
        PodDetection = Enum.Parse<PodDetection>(Detection),
        PodInterface = Detection == nameof(PodDetection.BridgeInterface) ? Bridge : Prefix,

        // Where nothing is said only the mode nftables leaves the addresses out that the node object does not have.
        NodePortAddresses = NodePortAddresses.Count > 0 ? NodePortAddresses
            : Mode == "nftables" ? ["primary"] : ["0.0.0.0/0", "::/0"],
        MasqueradeAll = MasqueradeAll,
        MasqueradeBit = MasqueradeBit,
        HealthAddress = HealthAddress.Length == 0 ? null : IPEndPoint.Parse(WithPort(HealthAddress, 10256)),
        MetricsAddress = MetricsAddress.Length == 0 ? null : IPEndPoint.Parse(WithPort(MetricsAddress, 10249)),
        IsBindFailureFatal = IsBindFailureFatal,
        OnFatal = process.OnFatal,
        Resync = Resync,
        Conntrack = Conntrack,
        Configz = "{\"kubeproxy.config.k8s.io\":" + Encoding.UTF8.GetString(ToJson(static name => name)) + "}",
        Clock = process.Clock,
        Log = process.Log,
    };

    /// <summary>What can't be used, in kube-proxy's words.</summary>
    public IReadOnlyList<string> Errors()
    {
        List<string> errors = [];
        void invalid(string field, string value, string what) =>
            errors.Add($"{Path}{field}: Invalid value: {value}: {what}");
        void atLeast(string field, TimeSpan value, bool mayBeZero)
        {
            if (value < TimeSpan.Zero || (value == TimeSpan.Zero && !mayBeZero))
            {
                invalid(field, GoText.Quote(GoDuration.Format(value)),
                    mayBeZero ? "must be greater than or equal to 0" : "must be greater than 0");
            }
        }

        if (MasqueradeBit is < 0 or > 31)
        {
            invalid("KubeProxyNFTablesConfiguration.MasqueradeBit", Text(MasqueradeBit),
                "must be within the range [0, 31]");
        }

        atLeast("SyncPeriod", Resync, mayBeZero: false);
        const string conntrack = "KubeProxyConntrackConfiguration.";
        CheckCount(errors, conntrack + "MaxPerCore", Conntrack.MaxPerCore);
        CheckCount(errors, conntrack + "Min", Conntrack.Min);
        atLeast(conntrack + "TCPEstablishedTimeout", Conntrack.TcpEstablishedTimeout, mayBeZero: true);
        atLeast(conntrack + "TCPCloseWaitTimeout", Conntrack.TcpCloseWaitTimeout, mayBeZero: true);
        atLeast(conntrack + "UDPTimeout", Conntrack.UdpTimeout, mayBeZero: true);
        atLeast(conntrack + "UDPStreamTimeout", Conntrack.UdpStreamTimeout, mayBeZero: true);
        if (Mode is not ("" or "nftables" or "iptables" or "ipvs"))
        {
            invalid("ProxyMode", GoText.Quote(Mode), "must be iptables, ipvs, nftables or blank "
                + "(blank means the best-available proxy [currently iptables])");
        }

        if (OomScore is < -1000 or > 1000)
        {
            invalid("OOMScoreAdj", Text(OomScore), "must be within the range [-1000, 1000]");
        }

        atLeast("ConfigSyncPeriod", ConfigSync, mayBeZero: false);
        if (!IPAddress.TryParse(BindAddress, out _))
        {
            invalid("BindAddress", GoText.Quote(BindAddress), "not a valid textual representation of an IP address");
        }

        CheckPlace(errors, "HealthzBindAddress", HealthAddress, 10256);
        CheckPlace(errors, "MetricsBindAddress", MetricsAddress, 10249);
        CheckRanges(errors);
        return errors;
    }

    /// <summary>Writes it by the names of the file's fields.</summary>
    public byte[] ToFile() => ToJson(static name => name switch
    {
        "OOMScoreAdj" => "oomScoreAdj",
        "TCPBeLiberal" or "TCPEstablishedTimeout" or "TCPCloseWaitTimeout" => "tcp" + name[3..],
        "UDPTimeout" or "UDPStreamTimeout" => "udp" + name[3..],
        "NFTables" => "nftables",
        _ => char.ToLowerInvariant(name[0]) + name[1..],
    });

    private byte[] ToJson(Func<string, string> name)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            if (name("Mode") == "mode")
            {
                json.WriteString("apiVersion", "kubeproxy.config.k8s.io/v1alpha1");
                json.WriteString("kind", "KubeProxyConfiguration");
            }

            json.WriteString(name("BindAddress"), BindAddress);
            json.WriteBoolean(name("BindAddressHardFail"), IsBindFailureFatal);
            json.WriteString(name("ClusterCIDR"), ClusterRange);
            json.WriteString(name("ConfigSyncPeriod"), GoDuration.Format(ConfigSync));
            json.WriteStartObject(name("Conntrack"));
            json.WriteNumber(name("MaxPerCore"), Conntrack.MaxPerCore);
            json.WriteNumber(name("Min"), Conntrack.Min);
            json.WriteBoolean(name("TCPBeLiberal"), Conntrack.IsTcpLiberal);
            json.WriteString(name("TCPCloseWaitTimeout"), GoDuration.Format(Conntrack.TcpCloseWaitTimeout));
            json.WriteString(name("TCPEstablishedTimeout"), GoDuration.Format(Conntrack.TcpEstablishedTimeout));
            json.WriteString(name("UDPStreamTimeout"), GoDuration.Format(Conntrack.UdpStreamTimeout));
            json.WriteString(name("UDPTimeout"), GoDuration.Format(Conntrack.UdpTimeout));
            json.WriteEndObject();
            json.WriteStartObject(name("DetectLocal"));
            json.WriteString(name("BridgeInterface"), Bridge);
            json.WriteString(name("InterfaceNamePrefix"), Prefix);
            json.WriteEndObject();
            json.WriteString(name("DetectLocalMode"), Detection);
            json.WriteString(name("HealthzBindAddress"), HealthAddress);
            json.WriteString(name("HostnameOverride"), HostName);
            json.WriteString(name("MetricsBindAddress"), MetricsAddress);
            json.WriteString(name("Mode"), Mode);
            json.WriteStartObject(name("NFTables"));
            json.WriteBoolean(name("MasqueradeAll"), MasqueradeAll);
            json.WriteNumber(name("MasqueradeBit"), MasqueradeBit);
            json.WriteString(name("SyncPeriod"), GoDuration.Format(Resync));
            json.WriteEndObject();
            json.WriteStartArray(name("NodePortAddresses"));
            foreach (string one in NodePortAddresses)
            {
                json.WriteStringValue(one);
            }

            json.WriteEndArray();
            json.WriteNumber(name("OOMScoreAdj"), OomScore);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private void CheckRanges(List<string> errors)
    {
        if (!Enum.GetNames<PodDetection>().Contains(Detection))
        {
            errors.Add($"{Path}DetectLocalMode: Unsupported value: {GoText.Quote(Detection)}: supported values: "
                + "\"BridgeInterface\", \"ClusterCIDR\", \"InterfaceNamePrefix\", \"NodeCIDR\"");
        }

        if (Detection == nameof(PodDetection.BridgeInterface) && Bridge.Length == 0)
        {
            errors.Add($"{Path}DetectLocal.BridgeInterface: Required value");
        }

        if (Detection == nameof(PodDetection.InterfaceNamePrefix) && Prefix.Length == 0)
        {
            errors.Add($"{Path}DetectLocal.InterfaceNamePrefix: Required value");
        }

        if (ClusterRanges is { Length: > 0 } ranges
            && (ranges.Length > 2 || !ranges.All(static one => one.Contains('/') && IPNetwork.TryParse(one, out _))))
        {
            errors.Add($"{Path}ClusterCIDR: Invalid value: {GoText.Quote(ClusterRange)}: " + (ranges.Length > 2
                ? "only one CIDR allowed or a valid DualStack CIDR (e.g. 10.100.0.0/16,fde4:8dba:82e1::/48)"
                : "must be a valid CIDR block (e.g. 10.100.0.0/16 or fde4:8dba:82e1::/48)"));
        }

        for (int i = 0; i < NodePortAddresses.Count && NodePortAddresses is not ["primary"]; i++)
        {
            if (!NodePortAddresses[i].Contains('/') || !IPNetwork.TryParse(NodePortAddresses[i], out _))
            {
                errors.Add($"{Path}NodePortAddresses[{Text(i)}]: Invalid value: {GoText.Quote(NodePortAddresses[i])}: "
                    + "must be a valid CIDR block, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
            }
        }
    }

    private static void CheckCount(List<string> errors, string field, int value)
    {
        if (value < 0)
        {
            errors.Add($"{Path}{field}: Invalid value: {Text(value)}: must be greater than or equal to 0");
        }
    }

    private static void CheckPlace(List<string> errors, string field, string text, int port)
    {
        if (text.Length > 0 && !IPEndPoint.TryParse(WithPort(text, port), out _))
        {
            errors.Add($"{Path}{field}: Invalid value: {GoText.Quote(text)}: must be IP:port");
        }
    }

    /// <summary>An address alone has the usual port.</summary>
    private static string WithPort(string text, int port) => !IPAddress.TryParse(text, out IPAddress? address) ? text
        : new IPEndPoint(address, port).ToString();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
