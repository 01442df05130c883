namespace Keelson.Scheduler.Snapshot;

/// <summary>The nodes in the order in which they are looked at. Immutable.</summary>
internal sealed class NodeOrder(NodeInfo[] nodes)
{
    /// <summary>No nodes.</summary>
    public static readonly NodeOrder Empty = new([]);

    /// <summary>The nodes.</summary>
    public NodeInfo[] Nodes => nodes;

    /// <summary>The nodes' indexes, so that who goes through arrays over nodes need not touch the nodes.</summary>
    public int[] Indexes { get; } = Array.ConvertAll(nodes, static one => one.Index);
}
