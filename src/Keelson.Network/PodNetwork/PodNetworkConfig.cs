namespace Keelson.Network.PodNetwork;

/// <summary>How the pods of other nodes are reached.</summary>
public enum PodRouting
{
    /// <summary>By plain routes to nodes on the same network, through a tunnel to all others.</summary>
    Auto,

    /// <summary>Through a tunnel always.</summary>
    Tunnel,

    /// <summary>Somebody else sees to it.</summary>
    None,
}

/// <summary>How a node's pods are connected.</summary>
public sealed record PodNetworkConfig
{
    /// <summary>The node's name.</summary>
    public required string NodeName { get; init; }

    /// <summary>Where container runtimes look for CNI configurations.</summary>
    public string ConfigDirectory { get; init; } = "/etc/cni/net.d";

    /// <summary>Where host-local keeps which addresses are taken.</summary>
    public string DataDirectory { get; init; } = "/var/lib/cni/networks";

    /// <summary>The name of the bridge; its network and files are named after it.</summary>
    public string Bridge { get; init; } = "keelson0";

    /// <summary>The largest packet of pods; 0 for what the node's own network takes.</summary>
    public int Mtu { get; init; }

    /// <summary>The addresses of all pods. What pods send elsewhere takes the node's address; with none it does
    /// not.</summary>
    public IReadOnlyList<string> ClusterRanges { get; init; } = [];

    /// <summary>How pods of other nodes are reached.</summary>
    public PodRouting Routing { get; init; }

    /// <summary>The number of the tunnel's network; the same on all nodes.</summary>
    public int TunnelId { get; init; } = 1;

    /// <summary>The tunnel's UDP port; the same on all nodes.</summary>
    public int TunnelPort { get; init; } = 8472;

    /// <summary>The network namespace that stands for the node; empty for the process's own.</summary>
    public string NetworkNamespace { get; init; } = "";

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where is told what was done and what went wrong.</summary>
    public Action<string> Log { get; init; } = static _ => { };

    /// <summary>The file that is written.</summary>
    internal string ConfigFile => Path.Combine(ConfigDirectory, $"10-{Bridge}.conflist");

    /// <summary>The tunnel's link.</summary>
    internal string Tunnel => Bridge + ".vx";

    /// <summary>The nftables table.</summary>
    internal string TableName => Bridge + "-pods";
}
