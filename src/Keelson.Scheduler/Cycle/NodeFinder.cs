using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Cycle;

/// <summary>
/// Finds nodes that a pod may run on. In large clusters a part of them is enough to choose from; each search goes on
/// where the last one ended, so that all nodes get their turn.
/// </summary>
internal sealed class NodeFinder(
    NodeSnapshot snapshot, FilterMemos memos, int percentageOfNodesToScore, int parallelism)
{
    /// <summary>Below this many nodes all are looked at, and never fewer.</summary>
    private const int LeastNodes = 100;

    /// <summary>The least part of the nodes, in percent.</summary>
    private const int LeastPercentage = 5;

    /// <summary>
    /// Nodes looked at on one thread before the rest is shared out: below, starting threads costs more than it saves.
    /// </summary>
    private const int SharedOutAfter = 2048;

    private NodeInfo[] _feasible = [];
    private int _start;

    /// <summary>How many feasible nodes are enough.</summary>
    /// <param name="nodes">The number of nodes.</param>
    /// <param name="percentage">The setting; 0 for: fewer the larger the cluster is, 50 % less 1 % each 125
    /// nodes.</param>
    public static int EnoughOf(int nodes, int percentage)
    {
        if (nodes < LeastNodes)
        {
            return nodes;
        }

        if (percentage == 0)
        {
            percentage = Math.Max(50 - (nodes / 125), LeastPercentage);
        }

        return Math.Max(nodes * percentage / 100, LeastNodes);
    }

    /// <summary>
    /// Looks for feasible nodes; the others' statuses are noted. The result is valid until the next search.
    /// </summary>
    public ReadOnlySpan<NodeInfo> Find(Profile profile, CycleState state, PodInfo pod, NodeStatuses statuses)
    {
        NodeOrder order = snapshot.Order;
        ReadOnlySpan<NodeInfo> nodes = order.Nodes;
        int enough = EnoughOf(nodes.Length, profile.PercentageOfNodesToScore ?? percentageOfNodesToScore);
        if (_feasible.Length < nodes.Length)
        {
            _feasible = new NodeInfo[nodes.Length];
        }

        IFilterPlugin[] filters = profile.FiltersFor(state);
        FilterMemo? memo = state.Memo = memos.For(profile, state, pod);
        int start = _start < nodes.Length ? _start : 0;
        int found = 0;
        int looked = 0;
        bool isShared = memo is null && parallelism > 1 && nodes.Length > 2 * SharedOutAfter;
        int alone = isShared ? SharedOutAfter : nodes.Length;
        for (; looked < alone && found < enough; looked++)
        {
            int at = start + looked < nodes.Length ? start + looked : start + looked - nodes.Length;
            int index = order.Indexes[at];
            if (memo is null || !memo.TryGet(index, out PluginStatus? status))
            {
                status = profile.FilterWithNominated(filters, state, pod, nodes[at]);
                memo?.Note(index, status);
            }

            if (status is null)
            {
                _feasible[found++] = nodes[at];
            }
            else
            {
                statuses.Set(index, status);
            }
        }

        if (found < enough && looked < nodes.Length)
        {
            (int, int) rest = (start + looked, nodes.Length - looked);
            found = FindRest(profile, filters, (state, pod), statuses, rest, found, enough);
            looked = nodes.Length;
        }

        _start = (start + looked) % nodes.Length;
        return _feasible.AsSpan(0, found);
    }

    /// <summary>Looks at certain nodes only.</summary>
    public ReadOnlySpan<NodeInfo> FindAmong(
        Profile profile, CycleState state, PodInfo pod, NodeStatuses statuses, IEnumerable<NodeInfo> nodes)
    {
        IFilterPlugin[] filters = profile.FiltersFor(state);
        List<NodeInfo> feasible = [];
        foreach (NodeInfo node in nodes)
        {
            PluginStatus? status = profile.FilterWithNominated(filters, state, pod, node);
            if (status is null)
            {
                feasible.Add(node);
            }
            else
            {
                statuses[node] = status;
            }
        }

        return feasible.ToArray();
    }

    private int FindRest(
        Profile profile,
        IFilterPlugin[] filters,
        (CycleState State, PodInfo Pod) attempt,
        NodeStatuses statuses,
        (int Start, int Count) rest,
        int found,
        int enough)
    {
        NodeInfo[] nodes = statuses.Order.Nodes;
        int slices = Math.Min(parallelism, Environment.ProcessorCount);
        int size = (rest.Count + slices - 1) / slices;
        List<NodeInfo>[] feasible = new List<NodeInfo>[slices];
        Parallel.For(0, slices, slice =>
        {
            List<NodeInfo> own = feasible[slice] = [];
            for (int i = slice * size; i < Math.Min(rest.Count, (slice + 1) * size); i++)
            {
                NodeInfo node = nodes[(rest.Start + i) % nodes.Length];
                if (profile.FilterWithNominated(filters, attempt.State, attempt.Pod, node) is { } status)
                {
                    statuses[node] = status;
                }
                else
                {
                    own.Add(node);
                }
            }
        });
        foreach (NodeInfo node in feasible.SelectMany(static one => one))
        {
            if (found < enough)
            {
                _feasible[found++] = node;
            }
        }

        return found;
    }
}
