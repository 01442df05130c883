using Keelson.Network.Nft;

namespace Keelson.Network.Proxy;

/// <summary>How a proxy tells pods from others who reach a service (kube-proxy's <c>detectLocalMode</c>).</summary>
public enum PodDetection
{
    /// <summary>By the addresses of all pods of the cluster.</summary>
    ClusterCIDR,

    /// <summary>By the addresses of the node's own pods, which the node object tells.</summary>
    NodeCIDR,

    /// <summary>By the bridge that they come from.</summary>
    BridgeInterface,

    /// <summary>By how the names of their interfaces begin.</summary>
    InterfaceNamePrefix,
}

/// <summary>What says that a packet comes from a pod.</summary>
/// <param name="Match">Holds for packets of pods.</param>
/// <param name="Mismatch">Holds for all others.</param>
internal sealed record PodSource(string Match, string Mismatch)
{
    /// <summary>By addresses, which are in a set.</summary>
    public static PodSource ByRange(NftFamily family) => new(
        $"{family.Name} saddr @{ProxyChains.ClusterRangeSet}",
        $"{family.Name} saddr != @{ProxyChains.ClusterRangeSet}");

    /// <summary>As a configuration says; null when pods are not told from others.</summary>
    public static PodSource? Of(ServiceProxyConfig config, NftFamily family) => config.PodDetection switch
    {
        PodDetection.BridgeInterface => ByInterface(config.PodInterface),
        PodDetection.InterfaceNamePrefix => ByInterface(config.PodInterface + "*"),
        PodDetection.NodeCIDR => ByRange(family),
        _ => family.RangesIn(config.ClusterRanges).Any() ? ByRange(family) : null,
    };

    private static PodSource ByInterface(string name) => new($"iifname \"{name}\"", $"iifname != \"{name}\"");
}
