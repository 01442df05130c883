namespace Keelson.Nodes.Placement;

/// <summary>Finds NUMA nodes on which everything that a container asks for can be had. Pure.</summary>
internal static class TopologyPolicy
{
    /// <summary>The best hint, and whether the pod may run with it.</summary>
    /// <param name="policy">The policy's name.</param>
    /// <param name="nodes">The machine's NUMA nodes.</param>
    /// <param name="hints">For each resource where it could be had: null when it does not matter, none when nowhere.
    /// </param>
    /// <param name="options">How the best one is chosen; null for the usual.</param>
    public static (TopologyHint Best, bool IsAdmitted) Merge(
        string policy,
        NumaNodes nodes,
        IReadOnlyList<IReadOnlyList<TopologyHint>?> hints,
        TopologyOptions? options = null)
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
        bool isSingle = policy == "single-numa-node";
        if (isSingle)
        {
            lists = [.. lists.Select(static one => (IReadOnlyList<TopologyHint>)
                [.. one.Where(static it => it is { IsPreferred: true, Affinity: null or { Count: 1 } })])];
        }

        TopologyHint best = Best(lists, nodes, !isSingle && options is { PrefersClosest: true });
        if (isSingle && best.Affinity == nodes.All && nodes.Nodes.Count > 1)
        {
            best = best with { Affinity = null };
        }

        return (best, policy == "best-effort" || best.IsPreferred);
    }

    private static TopologyHint Best(List<IReadOnlyList<TopologyHint>> lists, NumaNodes nodes, bool byDistance)
    {
        // So many nodes the most demanding resource needs at least; what is not preferred should come close to that.
        int needed = lists
            .Select(static list => list.Select(static one => one.Affinity?.Count ?? 0)
                .Where(static count => count > 0).DefaultIfEmpty(0).Min())
            .DefaultIfEmpty(0).Max();
        TopologyHint? best = null;
        foreach (TopologyHint one in Combinations(lists, 0, new(nodes.All, true), null))
        {
            if (one.Affinity is { Count: > 0 }
                && (best is not { } known || IsBetter(one, known, needed, (a, b) => nodes.IsBetter(a, b, byDistance))))
            {
                best = one;
            }
        }

        return best ?? new(nodes.All, false);
    }

    private static bool IsBetter(
        TopologyHint one, TopologyHint known, int needed, Func<NumaMask, NumaMask, bool> isFitter)
    {
        (NumaMask mine, NumaMask theirs) = (one.Affinity!.Value, known.Affinity!.Value);
        bool isFit = mine != theirs && isFitter(mine, theirs);
        if (one.IsPreferred != known.IsPreferred)
        {
            return one.IsPreferred;
        }

        if (one.IsPreferred || theirs.Count > needed)
        {
            return isFit;
        }

        // From below, the count comes up to what is needed, and not beyond.
        return mine.Count <= needed && (mine.Count > theirs.Count || (mine.Count == theirs.Count && isFit));
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
