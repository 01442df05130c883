namespace Keelson.Nodes.Placement;

/// <summary>Finds NUMA nodes on which everything that a container asks for can be had. Pure.</summary>
internal static class TopologyPolicy
{
    /// <summary>The best hint, and whether the pod may run with it.</summary>
    /// <param name="policy">The policy's name.</param>
    /// <param name="nodes">The machine's NUMA nodes.</param>
    /// <param name="hints">For each resource where it could be had: null when it does not matter, none when nowhere.
    /// </param>
    public static (TopologyHint Best, bool IsAdmitted) Merge(
        string policy, IReadOnlyList<int> nodes, IReadOnlyList<IReadOnlyList<TopologyHint>?> hints)
    {
        if (policy == "none")
        {
            return (default, true);
        }

        List<IReadOnlyList<TopologyHint>> lists =
        [
            .. hints.Select(static one => one switch
            {
                null => [new TopologyHint(null, true)],
                { Count: 0 } => [new TopologyHint(null, false)],
                _ => one,
            }),
        ];
        if (policy == "single-numa-node")
        {
            lists = [.. lists.Select(static one => (IReadOnlyList<TopologyHint>)
                [.. one.Where(static it => it is { IsPreferred: true, Affinity: null or { Count: 1 } })])];
        }

        NumaMask all = NumaMask.Of(nodes);
        TopologyHint best = Best(lists, all);
        if (policy == "single-numa-node" && best.Affinity == all && nodes.Count > 1)
        {
            best = best with { Affinity = null };
        }

        return (best, policy == "best-effort" || best.IsPreferred);
    }

    private static TopologyHint Best(List<IReadOnlyList<TopologyHint>> lists, NumaMask all)
    {
        TopologyHint? best = null;
        foreach (TopologyHint one in Combinations(lists, 0, new(all, true), null))
        {
            if (one.Affinity is not { Count: > 0 } affinity)
            {
                continue;
            }

            bool isBetter = best is not { } known
                || (one.IsPreferred && !known.IsPreferred)
                || (one.IsPreferred == known.IsPreferred && affinity.IsNarrowerThan(known.Affinity!.Value));
            best = isBetter ? one : best;
        }

        return best ?? new(all, false);
    }

    /// <summary>Each way to choose one hint of every list: preferred when all are and all mean the same
    /// nodes.</summary>
    private static IEnumerable<TopologyHint> Combinations(
        List<IReadOnlyList<TopologyHint>> lists, int index, TopologyHint sofar, NumaMask? first)
    {
        if (index == lists.Count)
        {
            yield return sofar;
            yield break;
        }

        foreach (TopologyHint one in lists[index])
        {
            NumaMask affinity = one.Affinity ?? sofar.Affinity!.Value;
            bool isSame = one.Affinity is null || first is null || first == one.Affinity;
            TopologyHint merged = new(
                new NumaMask(sofar.Affinity!.Value.Bits & affinity.Bits),
                sofar.IsPreferred && one.IsPreferred && isSame);
            foreach (TopologyHint deeper in Combinations(lists, index + 1, merged, first ?? one.Affinity))
            {
                yield return deeper;
            }
        }
    }
}
