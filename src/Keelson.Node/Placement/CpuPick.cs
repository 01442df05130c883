namespace Keelson.Nodes.Placement;

/// <summary>Chooses processors that are close to each other: whole sockets, then whole cores, then single ones; or as
/// options want them. Pure.</summary>
internal static class CpuPick
{
    private static readonly CpuOptions Plain = new();

    /// <summary>The processors; null when there are too few.</summary>
    /// <param name="topology">All processors.</param>
    /// <param name="available">Those that can be had.</param>
    /// <param name="count">How many.</param>
    /// <param name="affinity">The NUMA nodes they are taken from first; null for any.</param>
    /// <param name="options">How they are chosen; null for the usual.</param>
    public static IReadOnlyList<int>? Take(
        CpuTopology topology,
        IReadOnlySet<int> available,
        int count,
        NumaMask? affinity,
        CpuOptions? options = null)
    {
        options ??= Plain;
        List<Cpu> free = [.. topology.Cpus.Where(one => available.Contains(one.Id))];
        if (free.Count < count)
        {
            return null;
        }

        // Where NUMA nodes of a socket count as close, the whole socket does for each of its nodes.
        HashSet<int> sockets = affinity is { } wanted && options.AlignsBySocket
            ? [.. topology.Cpus.Where(one => wanted.Has(one.Numa)).Select(static one => one.Socket)]
            : [];
        bool IsClose(Cpu one) => affinity is not { } mask || mask.Has(one.Numa) || sockets.Contains(one.Socket);
        List<Cpu> close = [.. free.Where(IsClose)];
        int first = Math.Min(count, close.Count);
        List<int> chosen = options.SpreadsOverNuma
            ? Spread(topology, close, first, options) : TakeFrom(topology, close, first, options);
        List<Cpu> rest = [.. free.Where(one => !IsClose(one))];
        chosen.AddRange(TakeFrom(topology, rest, count - chosen.Count, options));
        return [.. chosen.Order()];
    }

    /// <summary>
    /// Takes the same from each of as few NUMA nodes as will do, in whole cores where only those are given; what is
    /// left over goes to the first of them.
    /// </summary>
    private static List<int> Spread(CpuTopology topology, List<Cpu> free, int count, CpuOptions options)
    {
        int unit = options.OnlyFullCores ? topology.CpusPerCore : 1;
        int[] nodes = [.. free.Select(static one => one.Numa).Distinct().Order()];
        int FreeOf(int node) => free.Count(one => one.Numa == node);
        foreach (NumaMask mask in NumaMask.Subsets(nodes).OrderBy(static one => one.Count))
        {
            int[] chosenNodes = [.. nodes.Where(mask.Has)];
            int each = count / chosenNodes.Length / unit * unit;
            int left = count - (each * chosenNodes.Length);
            bool holds = chosenNodes.Sum(FreeOf) >= count && chosenNodes.All(one => FreeOf(one) >= each)
                && (chosenNodes.Length == 1 || each > 0);
            if (!holds)
            {
                continue;
            }

            List<int> chosen = [];
            foreach (int node in chosenNodes)
            {
                int more = Math.Min(left, FreeOf(node) - each);
                left -= more;
                chosen.AddRange(TakeFrom(topology, [.. free.Where(it => it.Numa == node)], each + more, options));
            }

            return chosen;
        }

        return TakeFrom(topology, free, count, options);
    }

    private static List<int> TakeFrom(CpuTopology topology, List<Cpu> free, int count, CpuOptions options)
    {
        List<int> chosen = [];
        if (options.SpreadsOverCores)
        {
            // One of each core, then a second of each.
            chosen.AddRange(free
                .OrderBy(one => free.Count(it => (it.Socket, it.Core) == (one.Socket, one.Core) && it.Id < one.Id))
                .ThenBy(static one => one.Id)
                .Take(count)
                .Select(static one => one.Id));
            return chosen;
        }

        void TakeWhole(Func<Cpu, (int, int)> group)
        {
            // Groups that others have a part of are left for those who need less.
            foreach (IGrouping<(int, int), Cpu> one in free.GroupBy(group)
                .OrderBy(one => free.Count(it => it.Socket == one.First().Socket))
                .ThenBy(static one => one.Min(static it => it.Id)).ToArray())
            {
                int size = topology.Cpus.Count(it => group(it) == one.Key);
                if (one.Count() == size && size <= count - chosen.Count)
                {
                    chosen.AddRange(one.Select(static it => it.Id));
                    free.RemoveAll(it => group(it) == one.Key);
                }
            }
        }

        TakeWhole(static one => (one.Socket, -1));
        if (options.PrefersCaches)
        {
            TakeWhole(static one => (one.Socket, one.Cache));
            free = InOneCache(free, count - chosen.Count);
        }

        TakeWhole(static one => (one.Socket, one.Core));
        chosen.AddRange(free
            .OrderBy(one => free.Count(it => (it.Socket, it.Core) == (one.Socket, one.Core)))
            .ThenBy(static one => one.Id)
            .Take(count - chosen.Count)
            .Select(static one => one.Id)
            .ToArray());
        return chosen;
    }

    /// <summary>Those of the cache that holds the rest with the least left over; all when none does.</summary>
    private static List<Cpu> InOneCache(List<Cpu> free, int count) => free
        .GroupBy(static one => (one.Socket, one.Cache))
        .Where(one => one.Count() >= count)
        .OrderBy(static one => one.Count())
        .ThenBy(static one => one.Min(static it => it.Id))
        .FirstOrDefault()?.ToList() ?? free;
}
