namespace Keelson.Nodes.Placement;

/// <summary>
/// Spreads what does not fit one NUMA node evenly over as few as possible (<c>distribute-cpus-across-numa</c>): of all
/// sets of nodes the one after which all nodes of the machine have most evenly left. Pure.
/// </summary>
internal static class CpuSpread
{
    /// <summary>The processors; null where they can't be had in parts of equal size.</summary>
    public static List<int>? Take(CpuTopology topology, IReadOnlyList<Cpu> free, int count, CpuOptions options)
    {
        int unit = options.OnlyFullCores ? topology.CpusPerCore : 1;
        if (count == 0 || count % unit != 0)
        {
            return null;
        }

        // Nodes with the least left come first, so that of equal choices it is theirs that is taken.
        Dictionary<int, int> left = free.CountBy(static one => one.Numa).ToDictionary();
        int[] nodes = [.. left.OrderBy(static one => one.Value).ThenBy(static one => one.Key).Select(one => one.Key)];
        int perNode = ((topology.Cpus.Count - 1) / topology.NumaNodes.Count) + 1;
        int most = Math.Min(((count - 1) / unit) + 1, nodes.Length);
        for (int size = ((count - 1) / perNode) + 1; size <= most; size++)
        {
            Choice? best = null;
            foreach (int[] set in Combinations(nodes, size))
            {
                Choice? one = Of(set, left, count, unit);
                best = one is not null && (best is null || one.Balance < best.Balance) ? one : best;
            }

            if (best is not null)
            {
                return TakeFrom(topology, [.. free], best, (count, unit), options);
            }
        }

        return null;
    }

    private static Choice? Of(int[] set, Dictionary<int, int> left, int count, int unit)
    {
        int each = count / set.Length / unit * unit;
        if (set.Sum(one => left[one] / unit) * unit < count || set.Any(one => left[one] < each))
        {
            return null;
        }

        Dictionary<int, int> after = new(left);
        foreach (int one in set)
        {
            after[one] -= each;
        }

        int rest = count - (each * set.Length);
        if (rest == 0)
        {
            return new(set, [], Deviation(after.Values));
        }

        // The rest goes to as many nodes as possible, of these to those that leave most evenly.
        int[] able = [.. set.Where(one => after[one] >= unit)];
        Choice? best = null;
        for (int size = able.Length; size >= 1; size--)
        {
            foreach (int[] some in Combinations(able, size).Where(one => one.Sum(it => after[it]) >= rest))
            {
                Dictionary<int, int> last = new(after);
                HandOut(some, last, rest, unit);
                double balance = Deviation(last.Values);
                best = best is null || balance < best.Balance ? new(set, some, balance) : best;
            }
        }

        return best;
    }

    private static void HandOut(int[] nodes, Dictionary<int, int> left, int rest, int unit)
    {
        bool isGiven = true;
        while (rest > 0 && isGiven)
        {
            isGiven = false;
            foreach (int node in nodes)
            {
                if (rest > 0 && left[node] >= unit)
                {
                    left[node] -= unit;
                    rest -= unit;
                    isGiven = true;
                }
            }
        }
    }

    private static List<int> TakeFrom(
        CpuTopology topology, List<Cpu> free, Choice choice, (int Count, int Unit) wanted, CpuOptions options)
    {
        List<int> chosen = [];
        void Take(int node, int count)
        {
            List<int> taken = CpuPick.TakeFrom(topology, [.. free.Where(one => one.Numa == node)], count, options);
            chosen.AddRange(taken);
            free.RemoveAll(one => taken.Contains(one.Id));
        }

        int each = wanted.Count / choice.Nodes.Length / wanted.Unit * wanted.Unit;
        foreach (int node in choice.Nodes)
        {
            Take(node, each);
        }

        while (chosen.Count < wanted.Count)
        {
            foreach (int node in choice.ForRest.Where(one => free.Count(it => it.Numa == one) >= wanted.Unit))
            {
                if (chosen.Count < wanted.Count)
                {
                    Take(node, wanted.Unit);
                }
            }
        }

        return chosen;
    }

    private static double Deviation(IReadOnlyCollection<int> values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Average(one => (one - mean) * (one - mean)));
    }

    /// <summary>Every way to choose some of the nodes, in the order of the nodes.</summary>
    private static IEnumerable<int[]> Combinations(int[] nodes, int size)
    {
        if (size == 0)
        {
            yield return [];
            yield break;
        }

        for (int i = 0; i + size <= nodes.Length; i++)
        {
            foreach (int[] rest in Combinations(nodes[(i + 1)..], size - 1))
            {
                yield return [nodes[i], .. rest];
            }
        }
    }

    /// <summary>Nodes to take from, those of them that give the rest, and how unevenly all nodes are filled then.
    /// </summary>
    private sealed record Choice(int[] Nodes, int[] ForRest, double Balance);
}
