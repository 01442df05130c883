using System.Runtime.InteropServices;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.InterPodAffinity;

/// <summary>
/// Pods by their labels, and by a label that what they must be away from has, so that counting for a pod looks at those
/// that may matter and not at all there are. Terms mostly ask for a label with one value; for others all are looked at.
/// </summary>
internal sealed class AffinityIndex(NodeSnapshot snapshot)
{
    private readonly Dictionary<(string, string), Dictionary<string, (PodInfo, NodeInfo)>> _byLabel = [];
    private readonly Dictionary<(string, string), Dictionary<string, (PodInfo, NodeInfo)>> _byTerm = [];
    private readonly Dictionary<string, (PodInfo, NodeInfo)> _others = new(StringComparer.Ordinal);
    private bool _isBuilt;

    /// <summary>A pod came to a node, or with -1 left it.</summary>
    public void Change(PodInfo pod, NodeInfo node, int sign)
    {
        if (!_isBuilt)
        {
            return;
        }

        foreach (KeyValuePair<string, string> label in pod.Labels)
        {
            Change(_byLabel, (label.Key, label.Value), pod, node, sign);
        }

        foreach (AffinityTerm term in pod.RequiredAntiAffinity)
        {
            if (term.Label is { } pair)
            {
                Change(_byTerm, pair, pod, node, sign);
            }
            else
            {
                Change(_others, pod, node, sign);
            }
        }
    }

    /// <summary>Forgets all; it is built anew when somebody asks.</summary>
    public void Clear()
    {
        _byLabel.Clear();
        _byTerm.Clear();
        _others.Clear();
        _isBuilt = false;
    }

    /// <summary>
    /// The pods that can matter to a pod's required terms, and those whose required terms may be about it; null when
    /// that may be any pod.
    /// </summary>
    public IReadOnlyCollection<(PodInfo Pod, NodeInfo Node)>? Concerning(PodInfo pod)
    {
        Build();
        Dictionary<string, (PodInfo, NodeInfo)> found = new(_others, StringComparer.Ordinal);
        foreach (KeyValuePair<string, string> label in pod.Labels)
        {
            Take(found, _byTerm, (label.Key, label.Value));
        }

        AffinityTerm[] terms = [.. pod.RequiredAffinity, .. pod.RequiredAntiAffinity];
        foreach (AffinityTerm term in terms)
        {
            if (term.Selector.IsNothing)
            {
                continue;
            }

            if (term.Label is not { } pair)
            {
                return null;
            }

            Take(found, _byLabel, pair);
        }

        return found.Values;
    }

    private static void Take(
        Dictionary<string, (PodInfo, NodeInfo)> found,
        Dictionary<(string, string), Dictionary<string, (PodInfo, NodeInfo)>> index,
        (string, string) pair)
    {
        if (index.TryGetValue(pair, out Dictionary<string, (PodInfo, NodeInfo)>? pods))
        {
            foreach ((string uid, (PodInfo, NodeInfo) one) in pods)
            {
                found[uid] = one;
            }
        }
    }

    private static void Change(
        Dictionary<(string, string), Dictionary<string, (PodInfo, NodeInfo)>> index,
        (string, string) pair,
        PodInfo pod,
        NodeInfo node,
        int sign)
    {
        ref Dictionary<string, (PodInfo, NodeInfo)>? pods =
            ref CollectionsMarshal.GetValueRefOrAddDefault(index, pair, out _);
        pods ??= new(StringComparer.Ordinal);
        Change(pods, pod, node, sign);
        if (pods.Count == 0)
        {
            index.Remove(pair);
        }
    }

    private static void Change(Dictionary<string, (PodInfo, NodeInfo)> pods, PodInfo pod, NodeInfo node, int sign)
    {
        if (sign > 0)
        {
            pods[pod.Uid] = (pod, node);
        }
        else
        {
            pods.Remove(pod.Uid);
        }
    }

    private void Build()
    {
        if (_isBuilt)
        {
            return;
        }

        _isBuilt = true;
        foreach (NodeInfo node in snapshot.Nodes)
        {
            foreach (PodInfo pod in node.Pods)
            {
                Change(pod, node, 1);
            }
        }
    }
}
