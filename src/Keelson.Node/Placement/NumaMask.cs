using System.Numerics;

namespace Keelson.Nodes.Placement;

/// <summary>A set of NUMA nodes.</summary>
internal readonly record struct NumaMask(ulong Bits)
{
    /// <summary>How many nodes there are in it.</summary>
    public int Count => BitOperations.PopCount(Bits);

    /// <summary>The nodes.</summary>
    public IEnumerable<int> Nodes
    {
        get
        {
            for (int i = 0; i < 64; i++)
            {
                if (Has(i))
                {
                    yield return i;
                }
            }
        }
    }

    /// <summary>The set of some nodes.</summary>
    public static NumaMask Of(params IEnumerable<int> nodes)
    {
        ulong bits = 0;
        foreach (int node in nodes)
        {
            bits |= 1UL << node;
        }

        return new(bits);
    }

    /// <summary>Every set of some of the nodes but the empty one, small ones first.</summary>
    public static IEnumerable<NumaMask> Subsets(IReadOnlyList<int> nodes)
    {
        List<NumaMask> all = [];
        for (int chosen = 1; chosen < 1 << nodes.Count; chosen++)
        {
            all.Add(Of(nodes.Where((_, index) => (chosen & (1 << index)) != 0)));
        }

        return all.OrderBy(static one => one.Count).ThenBy(static one => one.Bits);
    }

    /// <summary>True when a node is in it.</summary>
    public bool Has(int node) => (Bits & (1UL << node)) != 0;

    /// <summary>True when it is smaller than another, or as small and earlier.</summary>
    public bool IsNarrowerThan(NumaMask other) => Count == other.Count ? Bits < other.Bits : Count < other.Count;
}

/// <summary>Where something could be had.</summary>
/// <param name="Affinity">The NUMA nodes; null when it does not matter.</param>
/// <param name="IsPreferred">True when no smaller set would do on an empty machine.</param>
internal readonly record struct TopologyHint(NumaMask? Affinity, bool IsPreferred);
