namespace Keelson.Nodes.Placement;

/// <summary>Chooses processors that are close to each other: whole sockets, then whole cores, then single ones. Pure.
/// </summary>
internal static class CpuPick
{
    /// <summary>The processors; null when there are too few.</summary>
    /// <param name="topology">All processors.</param>
    /// <param name="available">Those that can be had.</param>
    /// <param name="count">How many.</param>
    /// <param name="affinity">The NUMA nodes they are taken from first; null for any.</param>
    public static IReadOnlyList<int>? Take(
        CpuTopology topology, IReadOnlySet<int> available, int count, NumaMask? affinity)
    {
        List<Cpu> free = [.. topology.Cpus.Where(one => available.Contains(one.Id))];
        if (free.Count < count)
        {
            return null;
        }

        List<Cpu> close = [.. free.Where(one => affinity is not { } mask || mask.Has(one.Numa))];
        List<int> chosen = TakeFrom(topology, close, Math.Min(count, close.Count));
        chosen.AddRange(TakeFrom(topology, [.. free.Except(close)], count - chosen.Count));
        return [.. chosen.Order()];
    }

    private static List<int> TakeFrom(CpuTopology topology, List<Cpu> free, int count)
    {
        List<int> chosen = [];
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
        TakeWhole(static one => (one.Socket, one.Core));
        chosen.AddRange(free
            .OrderBy(one => free.Count(it => (it.Socket, it.Core) == (one.Socket, one.Core)))
            .ThenBy(static one => one.Id)
            .Take(count - chosen.Count)
            .Select(static one => one.Id)
            .ToArray());
        return chosen;
    }
}
