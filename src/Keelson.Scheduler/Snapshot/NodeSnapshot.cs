using System.Runtime.InteropServices;
using Keelson.Api.Core.V1;
using Keelson.Client;
using Keelson.Scheduler.Framework;

namespace Keelson.Scheduler.Snapshot;

/// <summary>
/// The nodes and their pods as the scheduling loop knows them, changed in place: what the API server shows, and what
/// was decided and is not there yet. Only the scheduling loop touches it.
/// </summary>
internal sealed class NodeSnapshot
{
    private readonly Dictionary<string, NodeInfo> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TopologyColumn> _columns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImageState> _images = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectKey, int> _claimUsers = [];
    private readonly HashSet<NodeInfo> _withAffinity = [];
    private readonly HashSet<NodeInfo> _withRequiredAntiAffinity = [];
    private readonly List<ISnapshotObserver> _observers = [];
    private readonly Stack<int> _freeIndexes = new();
    private readonly Lock _columnsGate = new();
    private NodeOrder _order = NodeOrder.Empty;
    private bool _orderIsStale;

    // By index of a node: when it changed last.
    private long[] _versions = [];
    private long _version;

    /// <summary>The nodes, those of different zones in turn, so that a part of them is from all zones.</summary>
    public NodeOrder Order => _orderIsStale ? MakeOrder() : _order;

    /// <summary>The nodes in the same order.</summary>
    public IReadOnlyList<NodeInfo> Nodes => Order.Nodes;

    /// <summary>One more than the highest index of a node.</summary>
    public int IndexLimit { get; private set; }

    /// <summary>Nodes with pods that say anything about pods near to or away from them.</summary>
    public IReadOnlyCollection<NodeInfo> WithAffinity => _withAffinity;

    /// <summary>Nodes with pods that must be away from others.</summary>
    public IReadOnlyCollection<NodeInfo> WithRequiredAntiAffinity => _withRequiredAntiAffinity;

    /// <summary>Calls an observer back from now on, first for everything that is there.</summary>
    public void Observe(ISnapshotObserver observer)
    {
        _observers.Add(observer);
        foreach (NodeInfo node in Nodes)
        {
            observer.NodeAdded(node);
            foreach (PodInfo pod in node.Pods)
            {
                observer.PodAdded(node, pod);
            }
        }
    }

    /// <summary>A node by name; null when there is none.</summary>
    public NodeInfo? Find(string name) => _byName.TryGetValue(name, out NodeInfo? node) && node.IsKnown ? node : null;

    /// <summary>
    /// The values of a label over all nodes. Made at the first call, then kept up to date. Simulations may ask from
    /// several threads, while the loop waits for them.
    /// </summary>
    public TopologyColumn Topology(string key)
    {
        lock (_columnsGate)
        {
            if (!_columns.TryGetValue(key, out TopologyColumn? column))
            {
                column = new(key);
                foreach (NodeInfo node in Nodes)
                {
                    column.Update(node, true);
                }

                _columns.Add(key, column);
            }

            return column;
        }
    }

    /// <summary>
    /// A number that the node with an index never had before when the node, its pods or what is promised of it changed.
    /// </summary>
    public long VersionAt(int index) => _versions[index];

    /// <summary>Something outside the snapshot changed that decides who may run on a node.</summary>
    public void Touch(string name)
    {
        if (_byName.TryGetValue(name, out NodeInfo? info))
        {
            _versions[info.Index] = ++_version;
        }
    }

    /// <summary>An image that nodes have, by a name they call it; null when none has it.</summary>
    public ImageState? Image(string name) => _images.GetValueOrDefault(name);

    /// <summary>How many pods use a persistent volume claim, on all nodes.</summary>
    public int ClaimUsers(ObjectKey claim) => _claimUsers.GetValueOrDefault(claim);

    /// <summary>Adds a node or takes over its new object.</summary>
    public NodeInfo SetNode(Node node)
    {
        NodeInfo info = InfoOf(node.Metadata.Name);
        Node? old = info.Node;
        if (old is not null)
        {
            CountImages(old, -1);
        }

        info.SetNode(node);
        CountImages(node, 1);
        _orderIsStale |= old is null || Zone(old) != Zone(node);
        foreach (TopologyColumn column in _columns.Values)
        {
            column.Update(info, true);
        }

        foreach (ISnapshotObserver observer in _observers)
        {
            if (old is not null)
            {
                observer.NodeUpdated(info, old);
                continue;
            }

            // Pods may be known before their node.
            observer.NodeAdded(info);
            foreach (PodInfo pod in info.Pods)
            {
                observer.PodAdded(info, pod);
            }
        }

        Index(info);
        return info;
    }

    /// <summary>Removes a node; pods that name it are kept for when it comes back.</summary>
    public void RemoveNode(string name)
    {
        if (!_byName.TryGetValue(name, out NodeInfo? info) || !info.IsKnown)
        {
            return;
        }

        _orderIsStale = true;
        CountImages(info.Node, -1);
        foreach (TopologyColumn column in _columns.Values)
        {
            column.Update(info, false);
        }

        foreach (ISnapshotObserver observer in _observers)
        {
            observer.NodeRemoved(info);
        }

        info.SetNode(null);
        Index(info);
        Release(info);
    }

    /// <summary>Adds a pod to the node it names.</summary>
    public void AddPod(PodInfo pod)
    {
        NodeInfo info = InfoOf(pod.NodeName);
        info.AddPod(pod);
        CountClaims(pod, 1);
        Index(info);
        if (info.IsKnown)
        {
            foreach (ISnapshotObserver observer in _observers)
            {
                observer.PodAdded(info, pod);
            }
        }
    }

    /// <summary>Takes a pod from the node it names; the same <see cref="PodInfo"/> that was added.</summary>
    public void RemovePod(PodInfo pod)
    {
        if (!_byName.TryGetValue(pod.NodeName, out NodeInfo? info) || !info.RemovePod(pod))
        {
            return;
        }

        CountClaims(pod, -1);
        Index(info);
        if (info.IsKnown)
        {
            foreach (ISnapshotObserver observer in _observers)
            {
                observer.PodRemoved(info, pod);
            }
        }

        Release(info);
    }

    private static string Zone(Node node)
    {
        string region = node.Metadata.Labels.GetValueOrDefault("topology.kubernetes.io/region")
            ?? node.Metadata.Labels.GetValueOrDefault("failure-domain.beta.kubernetes.io/region") ?? "";
        string zone = node.Metadata.Labels.GetValueOrDefault("topology.kubernetes.io/zone")
            ?? node.Metadata.Labels.GetValueOrDefault("failure-domain.beta.kubernetes.io/zone") ?? "";
        return region + ":\0:" + zone;
    }

    private NodeOrder MakeOrder()
    {
        _orderIsStale = false;
        List<List<NodeInfo>> zones =
            [.. _byName.Values.Where(static one => one.IsKnown).OrderBy(static one => one.Index)
            .GroupBy(static one => Zone(one.Node)).Select(static zone => zone.ToList())];
        List<NodeInfo> order = new(_byName.Count);
        int longest = zones.Count == 0 ? 0 : zones.Max(static zone => zone.Count);
        for (int i = 0; i < longest; i++)
        {
            foreach (List<NodeInfo> zone in zones)
            {
                if (i < zone.Count)
                {
                    order.Add(zone[i]);
                }
            }
        }

        return _order = new([.. order]);
    }

    private NodeInfo InfoOf(string name)
    {
        ref NodeInfo? info = ref CollectionsMarshal.GetValueRefOrAddDefault(_byName, name, out _);
        if (info is null)
        {
            info = new(name, _freeIndexes.TryPop(out int index) ? index : IndexLimit++);
            if (_versions.Length < IndexLimit)
            {
                Array.Resize(ref _versions, Math.Max(16, 2 * _versions.Length));
            }
        }

        return info;
    }

    private void Release(NodeInfo info)
    {
        if (!info.IsKnown && info.Pods.Count == 0)
        {
            _byName.Remove(info.Name);
            _freeIndexes.Push(info.Index);
        }
    }

    private void Index(NodeInfo info)
    {
        _versions[info.Index] = ++_version;
        Keep(_withAffinity, info, info.IsKnown && info.PodsWithAffinity.Count > 0);
        Keep(_withRequiredAntiAffinity, info, info.IsKnown && info.PodsWithRequiredAntiAffinity.Count > 0);
    }

    private static void Keep(HashSet<NodeInfo> set, NodeInfo info, bool belongs)
    {
        if (belongs)
        {
            set.Add(info);
        }
        else if (set.Count > 0)
        {
            set.Remove(info);
        }
    }

    private void CountClaims(PodInfo pod, int change)
    {
        foreach (string claim in pod.ClaimNames)
        {
            ref int users =
                ref CollectionsMarshal.GetValueRefOrAddDefault(_claimUsers, new(pod.Namespace, claim), out _);
            users += change;
            if (users == 0)
            {
                _claimUsers.Remove(new(pod.Namespace, claim));
            }
        }
    }

    private void CountImages(Node node, int change)
    {
        foreach (ContainerImage image in node.Status.Images)
        {
            foreach (string name in image.Names)
            {
                if (!_images.TryGetValue(name, out ImageState? state))
                {
                    _images.Add(name, state = new());
                }

                state.Change(node.Metadata.Name, image.SizeBytes, change);
                if (state.Nodes == 0)
                {
                    _images.Remove(name);
                }
            }
        }
    }
}

/// <summary>An image, and the nodes that have it.</summary>
internal sealed class ImageState
{
    private readonly HashSet<string> _nodes = new(StringComparer.Ordinal);

    /// <summary>Its size in bytes.</summary>
    public long Size { get; private set; }

    /// <summary>How many nodes have it.</summary>
    public int Nodes => _nodes.Count;

    /// <summary>True when a node has it.</summary>
    public bool IsOn(NodeInfo node) => _nodes.Contains(node.Name);

    /// <summary>A node got it or lost it.</summary>
    public void Change(string node, long size, int change)
    {
        Size = size;
        if (change > 0)
        {
            _nodes.Add(node);
        }
        else
        {
            _nodes.Remove(node);
        }
    }
}
