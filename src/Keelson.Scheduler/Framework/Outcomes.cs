using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Framework;

/// <summary>The only nodes that come into question for a pod.</summary>
/// <param name="NodeNames">Their names.</param>
internal sealed record NodeRestriction(IReadOnlySet<string> NodeNames);

/// <summary>What becomes of a pod's nominated node: another name, or none for an empty one.</summary>
/// <param name="NodeName">The node.</param>
internal sealed record Nomination(string NodeName);

/// <summary>Why each node was turned down in an attempt.</summary>
internal sealed class NodeStatuses
{
    private readonly PluginStatus?[] _byIndex;

    /// <summary>Room for all nodes of a snapshot.</summary>
    public NodeStatuses(NodeSnapshot snapshot)
    {
        Order = snapshot.Order;
        _byIndex = new PluginStatus?[snapshot.IndexLimit];
    }

    /// <summary>All nodes of the snapshot.</summary>
    public NodeOrder Order { get; private set; }

    /// <summary>The status of nodes that have none of their own, because a restriction left them out.</summary>
    public PluginStatus? Absent { get; set; }

    /// <summary>What went wrong when a node was looked at; null when nothing did.</summary>
    public PluginStatus? Error { get; private set; }

    /// <summary>Empties this one for another attempt, if there is room for the nodes.</summary>
    public bool TryReuse(NodeSnapshot snapshot)
    {
        if (_byIndex.Length < snapshot.IndexLimit)
        {
            return false;
        }

        Order = snapshot.Order;
        Absent = null;
        Error = null;
        Array.Clear(_byIndex);
        return true;
    }

    /// <summary>Why a node was turned down; null when it was not looked at or was feasible.</summary>
    public PluginStatus? Of(NodeInfo node) => Of(node.Index);

    /// <summary>Why the node with an index was turned down; null when it was not looked at or was feasible.</summary>
    public PluginStatus? Of(int index) => _byIndex[index] ?? Absent;

    /// <summary>The node's own status.</summary>
    public PluginStatus? this[NodeInfo node]
    {
        get => _byIndex[node.Index];
        set => Set(node.Index, value);
    }

    /// <summary>Sets the own status of the node with an index.</summary>
    public void Set(int index, PluginStatus? status)
    {
        _byIndex[index] = status;
        if (status is { Code: StatusCode.Error })
        {
            Error = status;
        }
    }

    /// <summary>The different statuses, and how many nodes have each; most nodes share a few.</summary>
    public Dictionary<PluginStatus, int> Tally()
    {
        Dictionary<PluginStatus, int> tally = new(ReferenceEqualityComparer.Instance);
        PluginStatus? last = null;
        int run = 0;
        foreach (int index in Order.Indexes)
        {
            PluginStatus? status = _byIndex[index] ?? Absent;
            if (ReferenceEquals(status, last))
            {
                run++;
                continue;
            }

            Count(tally, last, run);
            (last, run) = (status, 1);
        }

        Count(tally, last, run);
        return tally;
    }

    private static void Count(Dictionary<PluginStatus, int> tally, PluginStatus? status, int more)
    {
        if (status is not null)
        {
            tally[status] = tally.GetValueOrDefault(status) + more;
        }
    }
}
