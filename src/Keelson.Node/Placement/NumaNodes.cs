using System.Globalization;

namespace Keelson.Nodes.Placement;

/// <summary>The NUMA nodes of a machine, and how far they are from each other.</summary>
internal sealed class NumaNodes
{
    private readonly IReadOnlyDictionary<int, IReadOnlyList<int>> _distances;

    /// <summary>Nodes with their distances to each other, in the order of their numbers; none where nobody asks.
    /// </summary>
    public NumaNodes(
        IReadOnlyList<int> nodes, IReadOnlyDictionary<int, IReadOnlyList<int>>? distances = null)
    {
        Nodes = nodes;
        All = NumaMask.Of(nodes);
        _distances = distances ?? new Dictionary<int, IReadOnlyList<int>>();
    }

    /// <summary>Their numbers.</summary>
    public IReadOnlyList<int> Nodes { get; }

    /// <summary>All of them.</summary>
    public NumaMask All { get; }

    /// <summary>Reads the distances from the kernel's files.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="root">Where the kernel shows devices: <c>/sys/devices/system</c>.</param>
    public static NumaNodes Read(IReadOnlyList<int> nodes, string root = "/sys/devices/system")
    {
        Dictionary<int, IReadOnlyList<int>> distances = [];
        foreach (int node in nodes)
        {
            string file = Path.Combine(
                root, "node", "node" + node.ToString(CultureInfo.InvariantCulture), "distance");
            string[] words = File.Exists(file) ? File.ReadAllText(file).Split((char[]?)null,
                StringSplitOptions.RemoveEmptyEntries) : [];
            distances[node] = [.. words.Select(static one => int.Parse(one, CultureInfo.InvariantCulture))];
        }

        return new(nodes, distances);
    }

    /// <summary>True when a set of nodes is to be taken rather than another that is as good otherwise.</summary>
    /// <param name="one">The set.</param>
    /// <param name="other">The other one.</param>
    /// <param name="byDistance">Whether sets of as many nodes are told apart by how close these are.</param>
    public bool IsBetter(NumaMask one, NumaMask other, bool byDistance)
    {
        if (!byDistance || one.Count != other.Count)
        {
            return one.IsNarrowerThan(other);
        }

        (double mine, double theirs) = (DistanceIn(one), DistanceIn(other));
        return mine < theirs || (mine.Equals(theirs) && one.Bits < other.Bits);
    }

    private double DistanceIn(NumaMask mask)
    {
        double sum = 0;
        foreach (int from in mask.Nodes)
        {
            IReadOnlyList<int> row = _distances.GetValueOrDefault(from) ?? [];
            sum += mask.Nodes.Sum(to => to < row.Count ? row[to] : 0);
        }

        return mask.Count == 0 ? 0 : sum / (mask.Count * mask.Count);
    }
}
