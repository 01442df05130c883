using Keelson.Machinery.Selectors;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.PodTopologySpread;

/// <summary>
/// How many pods of each node a selector matches, kept up to date for the selectors used last: most pods are spread
/// among the pods of their workload, which are the same for the next one. Pods that are going away don't count.
/// </summary>
internal sealed class MatchingPods(NodeSnapshot snapshot)
{
    private const int MostKept = 64;

    /// <summary>The one used last comes first.</summary>
    private readonly List<Entry> _entries = [];

    /// <summary>The counts, by the nodes' indexes. Valid until something changes; not to be changed.</summary>
    public int[] Of(string @namespace, LabelMatcher selector)
    {
        string text = selector.IsNothing ? "\0" : selector.ToString();
        int at = _entries.FindIndex(one => one.Namespace == @namespace && one.Text == text);
        Entry entry = at >= 0 ? _entries[at] : Count(new(@namespace, text, selector));
        if (at != 0)
        {
            if (at > 0 || _entries.Count == MostKept)
            {
                _entries.RemoveAt(at > 0 ? at : MostKept - 1);
            }

            _entries.Insert(0, entry);
        }

        entry.MakeRoom(snapshot.IndexLimit);
        return entry.ByNode;
    }

    /// <summary>A pod came to a node, or with -1 left it.</summary>
    public void Changed(NodeInfo node, PodInfo pod, int sign)
    {
        foreach (Entry entry in _entries)
        {
            entry.Count(node, pod, sign);
        }
    }

    /// <summary>A node is gone, and its pods with it.</summary>
    public void Removed(NodeInfo node)
    {
        foreach (Entry entry in _entries)
        {
            entry.MakeRoom(node.Index + 1);
            entry.ByNode[node.Index] = 0;
        }
    }

    private Entry Count(Entry entry)
    {
        entry.MakeRoom(snapshot.IndexLimit);
        foreach (NodeInfo node in snapshot.Nodes)
        {
            foreach (PodInfo pod in node.Pods)
            {
                entry.Count(node, pod, 1);
            }
        }

        return entry;
    }

    private sealed class Entry(string @namespace, string text, LabelMatcher selector)
    {
        public string Namespace => @namespace;

        public string Text => text;

        public int[] ByNode { get; private set; } = [];

        public void MakeRoom(int limit)
        {
            if (ByNode.Length < limit)
            {
                int[] larger = new int[Math.Max(limit, 2 * ByNode.Length)];
                ByNode.CopyTo(larger, 0);
                ByNode = larger;
            }
        }

        public void Count(NodeInfo node, PodInfo pod, int sign)
        {
            // A selector without requirements is taken for a missing one: it counts nothing.
            if (pod.Namespace == @namespace && !pod.IsTerminating && !selector.IsEverything
                && selector.Matches(pod.Labels))
            {
                MakeRoom(node.Index + 1);
                ByNode[node.Index] += sign;
            }
        }
    }
}
