using Keelson.Machinery.Values;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.InterPodAffinity;

/// <summary>
/// What the cluster's pods mean for where a pod would better be: weights by topology value, from its own wishes and
/// from theirs. Holds for all pods of the same namespace, labels and terms.
/// </summary>
internal sealed class AffinityWishes(
    PodInfo pod, NodeSnapshot snapshot, Func<string, ApiMap<string>> namespaces, int requiredWeight) : ICycleData
{
    private readonly TopologyCounts _weights = new(snapshot);

    /// <summary>True when all nodes are equally good.</summary>
    public bool IsIndifferent => _weights.Used == 0;

    /// <summary>Counts a pod of a node, or with -1 no longer.</summary>
    public void Count(PodInfo other, NodeInfo node, int sign)
    {
        Add(pod.PreferredAffinity, other, node, sign);
        Add(pod.PreferredAntiAffinity, other, node, -sign);
        if (!other.HasAffinity)
        {
            return;
        }

        foreach (AffinityTerm term in other.RequiredAffinity)
        {
            if (term.Matches(pod, namespaces))
            {
                _weights.Add(term.TopologyKey, node, (long)sign * requiredWeight);
            }
        }

        Add(other.PreferredAffinity, pod, node, sign);
        Add(other.PreferredAntiAffinity, pod, node, -sign);
    }

    /// <summary>The weight of a node.</summary>
    public long WeightOf(NodeInfo node) => _weights.SumOn(node);

    /// <summary>The same: simulations don't score.</summary>
    public ICycleData Clone() => this;

    private void Add(AffinityTerm[] terms, PodInfo about, NodeInfo node, int sign)
    {
        foreach (AffinityTerm term in terms)
        {
            if (term.Matches(about, namespaces))
            {
                _weights.Add(term.TopologyKey, node, (long)sign * term.Weight);
            }
        }
    }
}
