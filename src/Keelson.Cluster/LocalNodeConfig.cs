using System.Net;

namespace Keelson.Cluster;

/// <summary>A node with containers: the one in the control plane's process, or one that joined.</summary>
public sealed record LocalNodeConfig
{
    /// <summary>The node's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its addresses, the first one for itself; clients and pods reach the API server under it.</summary>
    public required IReadOnlyList<IPAddress> Addresses { get; init; }

    /// <summary>Where the agent and a containerd of its own keep everything; absolute.</summary>
    public required string Directory { get; init; }

    /// <summary>Where containers' logs go.</summary>
    public string PodLogsDirectory { get; init; } = "/var/log/pods";

    /// <summary>The addresses of pods (<c>--cluster-cidr</c>).</summary>
    public string PodRange { get; init; } = "10.244.0.0/16";

    /// <summary>The address of the cluster's DNS among those of services (<c>clusterDNS</c>).</summary>
    public string DnsAddress { get; init; } = "10.96.0.10";

    /// <summary>The domain of services (<c>clusterDomain</c>).</summary>
    public string Domain { get; init; } = "cluster.local";

    /// <summary>The port of this node's DNS server, behind the service's 53; 0 lets the system choose.</summary>
    public int DnsPort { get; init; } = 10053;

    /// <summary>The port of the kubelet's server; 0 lets the system choose.</summary>
    public int KubeletPort { get; init; } = 10250;

    /// <summary>Where ingresses answer.</summary>
    public int IngressHttpPort { get; init; } = 80;

    /// <summary>Where ingresses answer with TLS.</summary>
    public int IngressHttpsPort { get; init; } = 443;

    /// <summary>The port of the service proxy's health pages; null for none.</summary>
    public int? ProxyHealthPort { get; init; } = 10256;

    /// <summary>The socket of a container runtime; empty to start a containerd.</summary>
    public string RuntimeEndpoint { get; init; } = "";

    /// <summary>A file that names registries' mirrors; empty for none.</summary>
    public string RegistriesFile { get; init; } = "";

    /// <summary>A directory with image archives that are imported before pods run; empty for none.</summary>
    public string ImageArchivesDirectory { get; init; } = "";

    /// <summary>The longest wait before a container that ended is started again
    /// (<c>crashLoopBackOff.maxContainerRestartPeriod</c>).</summary>
    public TimeSpan MaxContainerRestartPeriod { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>The bridge of pods, and what else is named after it.</summary>
    public string Bridge { get; init; } = "keelson0";
}
