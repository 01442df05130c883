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
    /// <param name="nodes">The nodes of the snapshot.</param>
    /// <param name="indexLimit">One more than the highest index of a node.</param>
    public NodeStatuses(IReadOnlyList<NodeInfo> nodes, int indexLimit)
    {
        Nodes = nodes;
        _byIndex = new PluginStatus?[indexLimit];
    }

    /// <summary>All nodes of the snapshot.</summary>
    public IReadOnlyList<NodeInfo> Nodes { get; private set; }

    /// <summary>The status of nodes that have none of their own, because a restriction left them out.</summary>
    public PluginStatus? Absent { get; set; }

    /// <summary>What went wrong when a node was looked at; null when nothing did.</summary>
    public PluginStatus? Error { get; private set; }

    /// <summary>Empties this one for another attempt, if there is room for the nodes.</summary>
    public bool TryReuse(IReadOnlyList<NodeInfo> nodes, int indexLimit)
    {
        if (_byIndex.Length < indexLimit)
        {
            return false;
        }

        Nodes = nodes;
        Absent = null;
        Error = null;
        Array.Clear(_byIndex);
        return true;
    }

    /// <summary>Why a node was turned down; null when it was not looked at or was feasible.</summary>
    public PluginStatus? Of(NodeInfo node) => _byIndex[node.Index] ?? Absent;

    /// <summary>The node's own status.</summary>
    public PluginStatus? this[NodeInfo node]
    {
        get => _byIndex[node.Index];
        set
        {
            _byIndex[node.Index] = value;
            if (value is { Code: StatusCode.Error })
            {
                Error = value;
            }
        }
    }
}
