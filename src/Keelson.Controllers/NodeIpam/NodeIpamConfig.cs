namespace Keelson.Controllers.NodeIpam;

/// <summary>Which addresses nodes get for their pods. The flag that sets one is named beside it.</summary>
public sealed record NodeIpamConfig
{
    /// <summary>Whether nodes get addresses at all (<c>--allocate-node-cidrs</c>).</summary>
    public bool AllocateNodeCidrs { get; init; }

    /// <summary>The pods' addresses, one range or one of each family (<c>--cluster-cidr</c>).</summary>
    public IReadOnlyList<string> ClusterCidrs { get; init; } = [];

    /// <summary>The services' addresses, which pods never get (<c>--service-cluster-ip-range</c>).</summary>
    public IReadOnlyList<string> ServiceCidrs { get; init; } = [];

    /// <summary>The length of a node's IPv4 prefix (<c>--node-cidr-mask-size-ipv4</c>).</summary>
    public int MaskSizeV4 { get; init; } = 24;

    /// <summary>The length of a node's IPv6 prefix (<c>--node-cidr-mask-size-ipv6</c>).</summary>
    public int MaskSizeV6 { get; init; } = 64;
}
