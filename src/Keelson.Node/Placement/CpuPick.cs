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
        List<int> chosen = (options.SpreadsOverNuma ? CpuSpread.Take(topology, close, first, options) : null)
            ?? TakeFrom(topology, close, first, options);
        List<Cpu> rest = [.. free.Where(one => !IsClose(one))];
        chosen.AddRange(TakeFrom(topology, rest, count - chosen.Count, options));
        return [.. chosen.Order()];
    }

    /// <summary>Takes processors that are close to each other; there are enough.</summary>
    internal static List<int> TakeFrom(CpuTopology topology, List<Cpu> free, int count, CpuOptions options)
    {
        Packing packing = new(topology, free, count);
        if (options.SpreadsOverCores)
        {
            return packing.TakeSpread();
        }

        // Of sockets and NUMA nodes those go first of which there are fewer.
        int sockets = topology.Cpus.Select(static one => one.Socket).Distinct().Count();
        Func<Cpu, int> byNode = static one => one.Numa;
        Func<Cpu, int> bySocket = static one => one.Socket;
        (Func<Cpu, int> large, Func<Cpu, int> small) =
            sockets >= topology.NumaNodes.Count ? (byNode, bySocket) : (bySocket, byNode);
        packing.TakeWhole(one => (large(one), -1), large);
        packing.TakeWhole(one => (small(one), -1), small);
        if (options.PrefersCaches)
        {
            packing.TakeCaches();
        }

        packing.TakeWhole(static one => (one.Socket, one.Core), small);
        packing.TakeSingle(small);
        return packing.Chosen;
    }

    /// <summary>A choice under way.</summary>
    private sealed class Packing(CpuTopology topology, List<Cpu> free, int count)
    {
        public List<int> Chosen { get; } = [];

        private int Needed => count - Chosen.Count;

        /// <summary>Takes groups that are wholly free, as long as one is not more than is needed. Those of which others
        /// have a part are left for who needs less; so are those in parts that have more left.</summary>
        public void TakeWhole(Func<Cpu, (int, int)> group, Func<Cpu, int> part)
        {
            foreach (IGrouping<(int, int), Cpu> one in free.GroupBy(group)
                .OrderBy(one => free.Count(it => part(it) == part(one.First())))
                .ThenBy(one => part(one.First()))
                .ThenBy(static one => one.Min(static it => it.Id)).ToArray())
            {
                int size = topology.Cpus.Count(it => group(it) == one.Key);
                if (one.Count() == size && size <= Needed)
                {
                    Take(one);
                }
            }
        }

        /// <summary>Takes whole caches, and the rest of one that has enough whole cores.</summary>
        public void TakeCaches()
        {
            static (int, int) CacheOf(Cpu one) => (one.Socket, one.Cache);
            int perCache = topology.Cpus.Count / topology.Cpus.Select(CacheOf).Distinct().Count();
            foreach ((int, int) cache in free.GroupBy(CacheOf).OrderBy(static one => one.Count())
                .ThenBy(static one => one.Key).Select(static one => one.Key).ToArray())
            {
                if (Needed >= perCache)
                {
                    TakeWhole(CacheOf, static one => one.Socket);
                }

                if (Needed == 0)
                {
                    return;
                }

                TakePart([.. free.Where(it => CacheOf(it) == cache)]);
            }
        }

        /// <summary>Takes what is needed of a cache, if its first cores that have something free give just that; of an
        /// odd number the last core may keep one.</summary>
        private void TakePart(List<Cpu> inCache)
        {
            int cores = (Needed + topology.CpusPerCore - 1) / topology.CpusPerCore;
            List<Cpu> part =
            [
                .. inCache.GroupBy(static one => (one.Socket, one.Core)).OrderBy(static one => one.Key.Core)
                    .Take(cores).SelectMany(static one => one).OrderBy(static one => one.Id),
            ];
            if (Needed % 2 != 0 && topology.CpusPerCore > 1 && part.Count > Needed)
            {
                part.RemoveAt(part.Count - 1);
            }

            if (part.Count == Needed)
            {
                Take(part);
            }
        }

        /// <summary>Takes single processors, those first whose core has the fewest left.</summary>
        public void TakeSingle(Func<Cpu, int> part) => Take(
        [
            .. free
                .OrderBy(one => free.Count(it => part(it) == part(one)))
                .ThenBy(part)
                .ThenBy(one => free.Count(it => (it.Socket, it.Core) == (one.Socket, one.Core)))
                .ThenBy(static one => one.Core)
                .ThenBy(static one => one.Id)
                .Take(Needed),
        ]);

        /// <summary>One of each core, then a second of each.</summary>
        public List<int> TakeSpread()
        {
            Take(
            [
                .. free
                    .OrderBy(one => free.Count(it =>
                        (it.Socket, it.Core) == (one.Socket, one.Core) && it.Id < one.Id))
                    .ThenBy(static one => one.Id)
                    .Take(Needed),
            ]);
            return Chosen;
        }

        private void Take(IEnumerable<Cpu> cpus)
        {
            int[] ids = [.. cpus.Select(static one => one.Id)];
            Chosen.AddRange(ids);
            free.RemoveAll(one => ids.Contains(one.Id));
        }
    }
}
