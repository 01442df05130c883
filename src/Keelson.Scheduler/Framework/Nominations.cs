using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Framework;

/// <summary>
/// Waiting pods that were promised a node, which others are being moved out of or something is being prepared on.
/// Filters count them as being there. Only the scheduling loop touches it.
/// </summary>
internal sealed class Nominations(NodeSnapshot snapshot)
{
    private readonly Dictionary<string, List<PodInfo>> _byNode = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _nodes = new(StringComparer.Ordinal);
    private static readonly List<PodInfo> None = [];

    /// <summary>How many pods are promised a node.</summary>
    public int Count => _nodes.Count;

    /// <summary>The pods that are promised a node.</summary>
    public IReadOnlyList<PodInfo> On(string node) => _byNode.GetValueOrDefault(node) ?? None;

    /// <summary>The node that a pod is promised; empty for none.</summary>
    public string NodeOf(PodInfo pod) => _nodes.GetValueOrDefault(pod.Uid) ?? "";

    /// <summary>Promises a pod a node instead of any other.</summary>
    public void Set(PodInfo pod, string node)
    {
        Remove(pod);
        if (node.Length == 0)
        {
            return;
        }

        if (!_byNode.TryGetValue(node, out List<PodInfo>? pods))
        {
            _byNode.Add(node, pods = []);
        }

        pods.Add(pod);
        _nodes.Add(pod.Uid, node);
        snapshot.Touch(node);
    }

    /// <summary>Takes a promise back.</summary>
    public void Remove(PodInfo pod)
    {
        if (!_nodes.Remove(pod.Uid, out string? node))
        {
            return;
        }

        List<PodInfo> pods = _byNode[node];
        pods.RemoveAll(one => one.Uid == pod.Uid);
        if (pods.Count == 0)
        {
            _byNode.Remove(node);
        }

        snapshot.Touch(node);
    }
}
