using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.PodTopologySpread;

/// <summary>How many pods each domain has, for each constraint that must hold.</summary>
internal sealed class SpreadCounts : ICycleData
{
    private readonly SpreadConstraint[] _constraints;
    private readonly Domains[] _domains;
    private readonly bool[] _matchesSelf;

    /// <summary>Counts over all nodes.</summary>
    /// <param name="pod">The pod to place.</param>
    /// <param name="constraints">Its constraints.</param>
    /// <param name="snapshot">The nodes.</param>
    /// <param name="matching">The pods that are spread.</param>
    public SpreadCounts(PodInfo pod, SpreadConstraint[] constraints, NodeSnapshot snapshot, MatchingPods matching)
    {
        _constraints = constraints;
        _matchesSelf = [.. constraints.Select(one => one.Selector.Matches(pod.Labels))];
        _domains = [.. constraints.Select(one => new Domains(snapshot.Topology(one.Key)))];
        int[][] byNode = [.. constraints.Select(one => matching.Of(pod.Namespace, one.Selector))];
        bool[] all = [.. constraints.Select(one => one.IncludesAny(pod.Pod))];
        NodeOrder order = snapshot.Order;
        for (int at = 0; at < order.Indexes.Length; at++)
        {
            int index = order.Indexes[at];
            if (!HasAllKeys(index))
            {
                continue;
            }

            for (int i = 0; i < constraints.Length; i++)
            {
                if (all[i] || constraints[i].Includes(pod.Pod, order.Nodes[at]))
                {
                    _domains[i].Add(index, byNode[i][index]);
                }
            }
        }

        foreach (Domains one in _domains)
        {
            one.FindEmptiest();
        }
    }

    private SpreadCounts(SpreadCounts other)
    {
        _constraints = other._constraints;
        _matchesSelf = other._matchesSelf;
        _domains = [.. other._domains.Select(static one => one.Clone())];
    }

    /// <summary>Counts a pod that comes to a node in a simulation, or with -1 leaves it.</summary>
    public void Count(PodInfo pod, PodInfo other, NodeInfo node, int sign)
    {
        if (other.Namespace != pod.Namespace || !HasAllKeys(node.Index))
        {
            return;
        }

        for (int i = 0; i < _constraints.Length; i++)
        {
            if (_constraints[i].Selector.Matches(other.Labels) && _constraints[i].Includes(pod.Pod, node))
            {
                _domains[i].Add(node.Index, sign);
                _domains[i].FindEmptiest();
            }
        }
    }

    /// <summary>Whether the pod may be on a node: null when the node lacks a label.</summary>
    public bool? Allows(NodeInfo node)
    {
        for (int i = 0; i < _constraints.Length; i++)
        {
            Domains domains = _domains[i];
            if (domains.Topology.Of(node) == TopologyColumn.Absent)
            {
                return null;
            }

            int emptiest = domains.Count < _constraints[i].MinDomains ? 0 : domains.Emptiest;
            if (domains.On(node) + (_matchesSelf[i] ? 1 : 0) - emptiest > _constraints[i].MaxSkew)
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public ICycleData Clone() => new SpreadCounts(this);

    private bool HasAllKeys(int index)
    {
        foreach (Domains one in _domains)
        {
            if (one.Topology.At(index) == TopologyColumn.Absent)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The domains of one constraint, by the number of the label's value.</summary>
    private sealed class Domains
    {
        private const int None = -1;
        private readonly int[] _pods;

        public Domains(TopologyColumn topology)
        {
            Topology = topology;
            _pods = new int[topology.ValueLimit];
            Array.Fill(_pods, None);
        }

        private Domains(Domains other)
        {
            Topology = other.Topology;
            Count = other.Count;
            Emptiest = other.Emptiest;
            _pods = [.. other._pods];
        }

        public TopologyColumn Topology { get; }

        public int Count { get; private set; }

        public int Emptiest { get; private set; }

        public int On(NodeInfo node) => Math.Max(0, _pods[Topology.Of(node)]);

        public void Add(int index, int pods)
        {
            ref int there = ref _pods[Topology.At(index)];
            Count += there == None ? 1 : 0;
            there = Math.Max(0, there) + pods;
        }

        public void FindEmptiest()
        {
            int emptiest = int.MaxValue;
            foreach (int pods in _pods)
            {
                emptiest = pods != None && pods < emptiest ? pods : emptiest;
            }

            Emptiest = emptiest;
        }

        public Domains Clone() => new(this);
    }
}
