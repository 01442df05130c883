using System.Runtime.InteropServices;
using Keelson.Machinery.Selectors;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.PodTopologySpread;

/// <summary>
/// How many pods of each node a selector matches, kept up to date for the selectors used last: most pods are spread
/// among the pods of their workload, which are the same for the next one. Pods that are going away don't count.
/// </summary>
internal sealed class MatchingPods(NodeSnapshot snapshot)
{
    private const int MostKept = 1024;
    private const int LeastKept = 64;

    /// <summary>All counts together take 16 MB at most, unless there are very many nodes.</summary>
    private const int MostCounts = 4 << 20;

    private readonly Dictionary<(string Namespace, string Selector), Entry> _entries = [];

    // By a label that a selector asks for, so that a pod is only held against the selectors that may match it.
    private readonly Dictionary<(string Key, string Value), List<Entry>> _byLabel = [];
    private readonly List<Entry> _byNoLabel = [];
    private long _uses;

    /// <summary>The counts, by the nodes' indexes. Valid until something changes; not to be changed.</summary>
    public int[] Of(string @namespace, LabelMatcher selector)
    {
        string text = selector.IsNothing ? "\0" : selector.ToString();
        if (!_entries.TryGetValue((@namespace, text), out Entry? entry))
        {
            int most = Math.Clamp(MostCounts / Math.Max(snapshot.IndexLimit, 1), LeastKept, MostKept);
            while (_entries.Count >= most)
            {
                Forget(_entries.Values.MinBy(static one => one.LastUse)!);
            }

            entry = Count(new(@namespace, text, selector));
            _entries.Add((@namespace, text), entry);
            ListOf(entry).Add(entry);
        }

        entry.LastUse = ++_uses;
        entry.MakeRoom(snapshot.IndexLimit);
        return entry.ByNode;
    }

    /// <summary>A pod came to a node, or with -1 left it.</summary>
    public void Changed(NodeInfo node, PodInfo pod, int sign)
    {
        if (_entries.Count == 0 || pod.IsTerminating)
        {
            return;
        }

        foreach (Entry entry in _byNoLabel)
        {
            entry.Count(node, pod, sign);
        }

        foreach ((string key, string value) in pod.Labels)
        {
            if (_byLabel.TryGetValue((key, value), out List<Entry>? entries))
            {
                foreach (Entry entry in entries)
                {
                    entry.Count(node, pod, sign);
                }
            }
        }
    }

    /// <summary>A node is gone, and its pods with it.</summary>
    public void Removed(NodeInfo node)
    {
        foreach (Entry entry in _entries.Values)
        {
            entry.MakeRoom(node.Index + 1);
            entry.ByNode[node.Index] = 0;
        }
    }

    private Entry Count(Entry entry)
    {
        entry.MakeRoom(snapshot.IndexLimit);
        foreach (NodeInfo node in snapshot.Order.Nodes)
        {
            foreach (PodInfo pod in node.Pods)
            {
                entry.Count(node, pod, 1);
            }
        }

        return entry;
    }

    private void Forget(Entry entry)
    {
        _entries.Remove((entry.Namespace, entry.Text));
        List<Entry> list = ListOf(entry);
        list.Remove(entry);
        if (list.Count == 0 && entry.Label is { } label)
        {
            _byLabel.Remove(label);
        }
    }

    private List<Entry> ListOf(Entry entry) =>
        entry.Label is not { } label
            ? _byNoLabel
            : CollectionsMarshal.GetValueRefOrAddDefault(_byLabel, label, out _) ??= [];

    private sealed class Entry(string @namespace, string text, LabelMatcher selector)
    {
        public string Namespace => @namespace;

        public string Text => text;

        /// <summary>A label that all pods have which count; null when no one label is asked for.</summary>
        public (string Key, string Value)? Label { get; } = LabelOf(selector);

        public long LastUse { get; set; }

        public int[] ByNode { get; private set; } = [];

        public void MakeRoom(int limit)
        {
            if (ByNode.Length < limit)
            {
                int[] larger = new int[Math.Max(limit, ByNode.Length + (ByNode.Length / 4))];
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

        private static (string Key, string Value)? LabelOf(LabelMatcher selector)
        {
            foreach (LabelRequirement one in selector.Requirements)
            {
                if (selector.TryGetExactValue(one.Key, out string? value))
                {
                    return (one.Key, value);
                }
            }

            return null;
        }
    }
}
