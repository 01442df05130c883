using System.Net;
using Keelson.Client;

namespace Keelson.Network.Proxy;

/// <summary>How a node's service proxy works (kube-proxy's configuration in mode nftables).</summary>
public sealed record ServiceProxyConfig
{
    /// <summary>The node's name.</summary>
    public required string NodeName { get; init; }

    /// <summary>The addresses of pods (<c>--cluster-cidr</c>). What comes from elsewhere to a cluster IP takes the
    /// node's address. Empty when they are not known.</summary>
    public IReadOnlyList<string> ClusterRanges { get; init; } = [];

    /// <summary>The addresses of services, until the cluster's ServiceCIDRs are known. What goes to one that no service
    /// has is dropped.</summary>
    public IReadOnlyList<string> ServiceRanges { get; init; } = [];

    /// <summary>Where node ports are served (<c>--nodeport-addresses</c>): ranges of the node's addresses, or
    /// <c>primary</c> for those of the node object.</summary>
    public IReadOnlyList<string> NodePortAddresses { get; init; } = ["primary"];

    /// <summary>How pods are told from others (<c>--detect-local-mode</c>).</summary>
    public PodDetection PodDetection { get; init; }

    /// <summary>The bridge of pods, or how the names of their interfaces begin; for the ways of telling pods that go by
    /// it.</summary>
    public string PodInterface { get; init; } = "";

    /// <summary>The bit of a packet's mark that says that it takes the node's address (<c>masqueradeBit</c>).</summary>
    public int MasqueradeBit { get; init; } = 14;

    /// <summary>True when whatever goes to a service takes the node's address (<c>masqueradeAll</c>).</summary>
    public bool MasqueradeAll { get; init; }

    /// <summary>Where <c>/healthz</c> and <c>/livez</c> are served; null for nowhere.</summary>
    public IPEndPoint? HealthAddress { get; init; } = new(IPAddress.Any, 10256);

    /// <summary>Where <c>/metrics</c> is served; null for nowhere.</summary>
    public IPEndPoint? MetricsAddress { get; init; }

    /// <summary>True when a port that is taken ends the proxy (<c>--bind-address-hard-fail</c>).</summary>
    public bool IsBindFailureFatal { get; init; }

    /// <summary>What ends the program.</summary>
    public Action<Exception> OnFatal { get; init; } = static _ => { };

    /// <summary>What <c>/configz</c> shows.</summary>
    public string Configz { get; init; } = "{}";

    /// <summary>What the pages <c>flagz</c> and <c>statusz</c> show; null for none.</summary>
    public Func<string, string?> StatusPage { get; init; } = static _ => null;

    /// <summary>Where events are written; null for nowhere.</summary>
    public IApiClient? Events { get; init; }

    /// <summary>How often the kernel's rules are held against what they should be (<c>syncPeriod</c>).</summary>
    public TimeSpan Resync { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The limits of connection tracking; null to leave the node's as they are.</summary>
    public ConntrackLimits? Conntrack { get; init; }

    /// <summary>Sets the limits of connection tracking.</summary>
    public void ApplyConntrackLimits() => Conntrack?.Apply(Log);

    /// <summary>The name of the tables. Two proxies must not share it.</summary>
    public string TableName { get; init; } = "keelson-proxy";

    /// <summary>The network namespace that stands for the node; empty for the process's own.</summary>
    public string NetworkNamespace { get; init; } = "";

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where trouble is told.</summary>
    public Action<string> Log { get; init; } = static _ => { };
}

/// <summary>Limits of connection tracking. What is 0 stays as it is.</summary>
/// <param name="MaxPerCore">Connections for each core (<c>--conntrack-max-per-core</c>).</param>
/// <param name="Min">The least limit, however few cores there are (<c>--conntrack-min</c>).</param>
/// <param name="TcpEstablishedTimeout">How long an idle connection is kept.</param>
/// <param name="TcpCloseWaitTimeout">How long a half closed one is kept.</param>
public sealed record ConntrackLimits(
    int MaxPerCore, int Min, TimeSpan TcpEstablishedTimeout, TimeSpan TcpCloseWaitTimeout)
{
    /// <summary>True when TCP packets out of their window are not held for invalid.</summary>
    public bool IsTcpLiberal { get; init; }

    /// <summary>How long a UDP exchange without an answer is kept.</summary>
    public TimeSpan UdpTimeout { get; init; }

    /// <summary>How long a UDP exchange is kept.</summary>
    public TimeSpan UdpStreamTimeout { get; init; }

    /// <summary>Upstream's defaults.</summary>
    public static ConntrackLimits Default { get; } =
        new(32768, 131072, TimeSpan.FromHours(24), TimeSpan.FromHours(1));

    /// <summary>Sets them where the kernel's are lower.</summary>
    internal void Apply(Action<string> log)
    {
        const string directory = "/proc/sys/net/netfilter/";
        if (MaxPerCore > 0)
        {
            Raise(directory + "nf_conntrack_max", Math.Max(Min, MaxPerCore * Environment.ProcessorCount), log);
        }

        Raise(directory + "nf_conntrack_tcp_timeout_established", (long)TcpEstablishedTimeout.TotalSeconds, log);
        Raise(directory + "nf_conntrack_tcp_timeout_close_wait", (long)TcpCloseWaitTimeout.TotalSeconds, log);
        Raise(directory + "nf_conntrack_tcp_be_liberal", IsTcpLiberal ? 1 : 0, log);
        Raise(directory + "nf_conntrack_udp_timeout", (long)UdpTimeout.TotalSeconds, log);
        Raise(directory + "nf_conntrack_udp_timeout_stream", (long)UdpStreamTimeout.TotalSeconds, log);
    }

    private static void Raise(string file, long value, Action<string> log)
    {
        try
        {
            if (value > 0 && long.TryParse(File.ReadAllText(file).AsSpan().Trim(), out long now) && now < value)
            {
                File.WriteAllText(file, value.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log($"service proxy: {file}: {exception.Message}");
        }
    }
}
