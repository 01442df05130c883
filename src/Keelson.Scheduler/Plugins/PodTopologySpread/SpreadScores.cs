using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.PodTopologySpread;

/// <summary>How full the domains of the feasible nodes are, for each constraint that is only wished for.</summary>
internal sealed class SpreadScores : ICycleData
{
    private readonly SpreadConstraint[] _constraints;
    private readonly TopologyColumn[] _topologies;
    private readonly int[][] _byNode;
    private readonly long[][] _byDomain;
    private readonly double[] _weights;
    private readonly bool _requiresAllKeys;

    /// <summary>Prepares scoring.</summary>
    /// <param name="pod">The pod to place.</param>
    /// <param name="constraints">Its constraints.</param>
    /// <param name="snapshot">The nodes.</param>
    /// <param name="matching">The pods that are spread.</param>
    /// <param name="requiresAllKeys">True when nodes that lack a label are left out.</param>
    public SpreadScores(
        PodInfo pod, SpreadConstraint[] constraints, NodeSnapshot snapshot, MatchingPods matching, bool requiresAllKeys)
    {
        _constraints = constraints;
        _requiresAllKeys = requiresAllKeys;
        _topologies = [.. constraints.Select(one => snapshot.Topology(one.Key))];
        _byNode = [.. constraints.Select(one => matching.Of(pod.Namespace, one.Selector))];
        _byDomain = [.. _topologies.Select(static one => new long[one.ValueLimit])];
        _weights = new double[constraints.Length];
    }

    /// <summary>Counts the domains: those of feasible nodes, with the pods of all nodes.</summary>
    public void Count(PodInfo pod, ReadOnlySpan<NodeInfo> feasible, ReadOnlySpan<NodeInfo> all)
    {
        int scored = 0;
        foreach (NodeInfo node in feasible)
        {
            scored += IsIgnored(node) ? 0 : 1;
        }

        for (int i = 0; i < _constraints.Length; i++)
        {
            if (_constraints[i].Key == SpreadConstraint.HostKey)
            {
                // A node is its own domain: it is counted when it is scored.
                _weights[i] = Math.Log(scored + 2);
                continue;
            }

            bool[] isThere = new bool[_byDomain[i].Length];
            int domains = 0;
            foreach (NodeInfo node in feasible)
            {
                ref bool domain = ref isThere[_topologies[i].Of(node)];
                domains += domain || IsIgnored(node) ? 0 : 1;
                domain |= !IsIgnored(node);
            }

            _weights[i] = Math.Log(domains + 2);
            foreach (NodeInfo node in all)
            {
                int domain = _topologies[i].Of(node);
                int pods = _byNode[i][node.Index];
                if (pods > 0 && isThere[domain] && !IsIgnored(node) && _constraints[i].Includes(pod.Pod, node))
                {
                    _byDomain[i][domain] += pods;
                }
            }
        }
    }

    /// <summary>True when a node is not scored because it lacks a label.</summary>
    public bool IsIgnored(NodeInfo node)
    {
        if (_requiresAllKeys)
        {
            foreach (TopologyColumn one in _topologies)
            {
                if (one.Of(node) == TopologyColumn.Absent)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>How full it is where a node is: lower is better.</summary>
    public long FullnessOf(NodeInfo node)
    {
        double sum = 0;
        for (int i = 0; i < _constraints.Length; i++)
        {
            int domain = _topologies[i].Of(node);
            if (domain != TopologyColumn.Absent)
            {
                long pods = _constraints[i].Key == SpreadConstraint.HostKey ? _byNode[i][node.Index]
                    : _byDomain[i][domain];
                sum += (pods * _weights[i]) + (_constraints[i].MaxSkew - 1);
            }
        }

        return (long)Math.Round(sum, MidpointRounding.AwayFromZero);
    }

    /// <summary>The same: simulations don't score.</summary>
    public ICycleData Clone() => this;
}
