using Keelson.Machinery.Values;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.InterPodAffinity;

/// <summary>
/// Keeps the counts of the pods placed last and brings them up to date with each pod that comes or goes: what is placed
/// next is mostly another pod of the same workload, for which nothing is left to count then.
/// </summary>
internal sealed class AffinityLedger(
    NodeSnapshot snapshot, Func<string, ApiMap<string>> namespaces, int requiredWeight)
{
    private readonly AffinityEntries _entries = new(snapshot);
    private readonly AffinityIndex _index = new(snapshot);

    /// <summary>The counts that decide for a pod.</summary>
    public AffinityCounts CountsFor(PodInfo pod)
    {
        AffinityEntry entry = _entries.Of(pod);
        if (entry.Counts is null)
        {
            entry.Counts = new(pod, snapshot, namespaces);
            if (_index.Concerning(pod) is { } few)
            {
                foreach ((PodInfo other, NodeInfo node) in few)
                {
                    entry.Counts.Count(other, node, 1);
                }

                return entry.Counts;
            }

            bool looksAtAll = pod.RequiredAffinity.Length + pod.RequiredAntiAffinity.Length > 0;
            foreach (NodeInfo node in looksAtAll ? snapshot.Nodes : snapshot.WithRequiredAntiAffinity)
            {
                foreach (PodInfo other in looksAtAll ? node.Pods : node.PodsWithRequiredAntiAffinity)
                {
                    entry.Counts.Count(other, node, 1);
                }
            }
        }

        return entry.Counts;
    }

    /// <summary>The weights that score nodes for a pod.</summary>
    public AffinityWishes WishesOf(PodInfo pod)
    {
        AffinityEntry entry = _entries.Of(pod);
        if (entry.Wishes is null)
        {
            entry.Wishes = new(pod, snapshot, namespaces, requiredWeight);
            bool looksAtAll = pod.PreferredAffinity.Length + pod.PreferredAntiAffinity.Length > 0;
            foreach (NodeInfo node in looksAtAll ? snapshot.Nodes : snapshot.WithAffinity)
            {
                foreach (PodInfo other in looksAtAll ? node.Pods : node.PodsWithAffinity)
                {
                    entry.Wishes.Count(other, node, 1);
                }
            }
        }

        return entry.Wishes;
    }

    /// <summary>A pod came to a node, or with -1 left it.</summary>
    public void Count(PodInfo pod, NodeInfo node, int sign)
    {
        _index.Change(pod, node, sign);
        foreach (AffinityEntry entry in _entries.Concerning(pod))
        {
            entry.Counts?.Count(pod, node, sign);
            entry.Wishes?.Count(pod, node, sign);
        }
    }

    /// <summary>Forgets all: topology values or namespaces changed.</summary>
    public void Clear()
    {
        _entries.Clear();
        _index.Clear();
    }
}
