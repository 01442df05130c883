namespace Keelson.Scheduler.Snapshot;

/// <summary>Counts by label and value: how much of something there is where nodes have that value.</summary>
internal sealed class TopologyCounts(NodeSnapshot snapshot)
{
    private readonly List<Column> _columns = [];

    /// <summary>How many values have a count other than 0.</summary>
    public int Used { get; private set; }

    /// <summary>Adds to the count of a node's value; nothing where the node has none.</summary>
    public void Add(string key, NodeInfo node, long amount)
    {
        Column column = ColumnOf(key);
        int value = column.Topology.Of(node);
        if (value == TopologyColumn.Absent || amount == 0)
        {
            return;
        }

        if (value >= column.Counts.Length)
        {
            Array.Resize(ref column.Counts, Math.Max(value + 1, column.Topology.ValueLimit));
        }

        ref long count = ref column.Counts[value];
        Used -= count != 0 ? 1 : 0;
        count += amount;
        Used += count != 0 ? 1 : 0;
    }

    /// <summary>The count of a node's value for a label; null where the node has none.</summary>
    public long? Of(string key, NodeInfo node)
    {
        foreach (Column column in _columns)
        {
            if (column.Topology.Key == key)
            {
                int value = column.Topology.Of(node);
                return value == TopologyColumn.Absent ? null : column.CountOf(value);
            }
        }

        return node.Labels.ContainsKey(key) ? 0 : null;
    }

    /// <summary>The sum of the counts of a node's values for all labels that were counted.</summary>
    public long SumOn(NodeInfo node)
    {
        long sum = 0;
        foreach (Column column in _columns)
        {
            sum += column.CountOf(column.Topology.Of(node));
        }

        return sum;
    }

    /// <summary>True when any count of the node's values is above 0.</summary>
    public bool AnyOn(NodeInfo node)
    {
        foreach (Column column in _columns)
        {
            if (column.CountOf(column.Topology.Of(node)) > 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A copy for a simulation.</summary>
    public TopologyCounts Clone()
    {
        TopologyCounts copy = new(snapshot) { Used = Used };
        foreach (Column column in _columns)
        {
            copy._columns.Add(new(column.Topology, [.. column.Counts]));
        }

        return copy;
    }

    private Column ColumnOf(string key)
    {
        foreach (Column column in _columns)
        {
            if (column.Topology.Key == key)
            {
                return column;
            }
        }

        TopologyColumn topology = snapshot.Topology(key);
        Column added = new(topology, new long[topology.ValueLimit]);
        _columns.Add(added);
        return added;
    }

    private sealed class Column(TopologyColumn topology, long[] counts)
    {
        public long[] Counts = counts;

        public TopologyColumn Topology { get; } = topology;

        public long CountOf(int value) => value < Counts.Length ? Counts[value] : 0;
    }
}
