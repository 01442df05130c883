using Keelson.Api.Core.V1;
using Keelson.Client;
using Keelson.Machinery.Values;

namespace Keelson.Scheduler.Snapshot;

/// <summary>
/// A node, its pods, and what they take of it. Pods that are assumed to be placed count. Changed in place by the
/// scheduling loop.
/// </summary>
internal sealed class NodeInfo
{
    private const int DefaultAllowedPods = 0;
    private static readonly Taint[] NoTaints = [];

    /// <summary>A node that is not known yet.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="index">Its place in arrays over nodes.</param>
    public NodeInfo(string name, int index)
    {
        Name = name;
        Index = index;
    }

    /// <summary>The name.</summary>
    public string Name { get; private set; }

    /// <summary>The place in arrays over nodes; stays while the node does, then goes to another.</summary>
    public int Index { get; private set; }

    /// <summary>The node; nodes that a plugin gets to see have one.</summary>
    public Node Node { get; private set; } = null!;

    /// <summary>True when there is a node object, not only pods that name it.</summary>
    public bool IsKnown => Node is not null;

    /// <summary>The node's labels.</summary>
    public ApiMap<string> Labels => Node.Metadata.Labels;

    /// <summary>What pods may take in all.</summary>
    public ResourceAmounts Allocatable { get; private set; } = new();

    /// <summary>How many pods may run.</summary>
    public long AllowedPods { get; private set; } = DefaultAllowedPods;

    /// <summary>True when it is cordoned.</summary>
    public bool IsUnschedulable { get; private set; }

    /// <summary>Taints with effect NoSchedule or NoExecute.</summary>
    public Taint[] NoScheduleTaints { get; private set; } = NoTaints;

    /// <summary>Taints with effect PreferNoSchedule.</summary>
    public Taint[] PreferNoScheduleTaints { get; private set; } = NoTaints;

    /// <summary>What the pods take.</summary>
    public ResourceAmounts Requested { get; private set; } = new();

    /// <summary>Processor time as scoring sees it.</summary>
    public long NonZeroMilliCpu { get; private set; }

    /// <summary>Memory as scoring sees it.</summary>
    public long NonZeroMemory { get; private set; }

    /// <summary>The pods, in no order.</summary>
    public List<PodInfo> Pods { get; private set; } = [];

    /// <summary>The pods that say anything about pods near to or away from them.</summary>
    public List<PodInfo> PodsWithAffinity { get; private set; } = [];

    /// <summary>The pods with pods they must be away from.</summary>
    public List<PodInfo> PodsWithRequiredAntiAffinity { get; private set; } = [];

    /// <summary>The ports in use.</summary>
    public List<HostPort> UsedPorts { get; private set; } = [];

    /// <summary>How many pods use each persistent volume claim.</summary>
    public Dictionary<ObjectKey, int> ClaimUsers { get; private set; } = [];

    /// <summary>Takes the node's object.</summary>
    public void SetNode(Node? node)
    {
        Node = node!;
        if (node is null)
        {
            return;
        }

        Allocatable = ResourceAmounts.Of(node.Status.Allocatable);
        AllowedPods = node.Status.Allocatable.GetValueOrDefault(ResourceName.Pods).Value;
        IsUnschedulable = node.Spec.Unschedulable;
        NoScheduleTaints = TaintsOf(node, static effect => effect is TaintEffect.NoSchedule or TaintEffect.NoExecute);
        PreferNoScheduleTaints = TaintsOf(node, static effect => effect == TaintEffect.PreferNoSchedule);
    }

    /// <summary>Adds a pod.</summary>
    public void AddPod(PodInfo pod)
    {
        Pods.Add(pod);
        if (pod.HasAffinity)
        {
            PodsWithAffinity.Add(pod);
        }

        if (pod.RequiredAntiAffinity.Length > 0)
        {
            PodsWithRequiredAntiAffinity.Add(pod);
        }

        Requested.Add(pod.Requests);
        NonZeroMilliCpu += pod.NonZeroMilliCpu;
        NonZeroMemory += pod.NonZeroMemory;
        UsedPorts.AddRange(pod.HostPorts);
        foreach (string claim in pod.ClaimNames)
        {
            ObjectKey key = new(pod.Namespace, claim);
            ClaimUsers[key] = ClaimUsers.GetValueOrDefault(key) + 1;
        }
    }

    /// <summary>Takes a pod away, by its uid; false when it is not there.</summary>
    public bool RemovePod(PodInfo pod)
    {
        int at = IndexOf(Pods, pod);
        if (at < 0)
        {
            return false;
        }

        // What it was counted for is what it is taken away for, whatever the caller knows of it by now.
        PodInfo counted = Pods[at];
        SwapOut(Pods, at);
        SwapOut(PodsWithAffinity, IndexOf(PodsWithAffinity, counted));
        SwapOut(PodsWithRequiredAntiAffinity, IndexOf(PodsWithRequiredAntiAffinity, counted));
        Requested.Add(counted.Requests, -1);
        NonZeroMilliCpu -= counted.NonZeroMilliCpu;
        NonZeroMemory -= counted.NonZeroMemory;
        foreach (HostPort port in counted.HostPorts)
        {
            UsedPorts.Remove(port);
        }

        foreach (string claim in counted.ClaimNames)
        {
            ObjectKey key = new(counted.Namespace, claim);
            if (ClaimUsers.GetValueOrDefault(key) <= 1)
            {
                ClaimUsers.Remove(key);
            }
            else
            {
                ClaimUsers[key]--;
            }
        }

        return true;
    }

    /// <summary>A copy for a simulation.</summary>
    public NodeInfo Clone() => new(Name, Index)
    {
        Node = Node,
        Allocatable = Allocatable,
        AllowedPods = AllowedPods,
        IsUnschedulable = IsUnschedulable,
        NoScheduleTaints = NoScheduleTaints,
        PreferNoScheduleTaints = PreferNoScheduleTaints,
        Requested = Requested.Clone(),
        NonZeroMilliCpu = NonZeroMilliCpu,
        NonZeroMemory = NonZeroMemory,
        Pods = [.. Pods],
        PodsWithAffinity = [.. PodsWithAffinity],
        PodsWithRequiredAntiAffinity = [.. PodsWithRequiredAntiAffinity],
        UsedPorts = [.. UsedPorts],
        ClaimUsers = ClaimUsers.Count == 0 ? [] : new(ClaimUsers),
    };

    /// <summary>Makes this a copy of another, which saves who simulates much from making ever new ones.</summary>
    public void CopyFrom(NodeInfo other)
    {
        (Name, Index, Node, Allocatable) = (other.Name, other.Index, other.Node, other.Allocatable);
        (AllowedPods, IsUnschedulable) = (other.AllowedPods, other.IsUnschedulable);
        NoScheduleTaints = other.NoScheduleTaints;
        PreferNoScheduleTaints = other.PreferNoScheduleTaints;
        Requested.CopyFrom(other.Requested);
        (NonZeroMilliCpu, NonZeroMemory) = (other.NonZeroMilliCpu, other.NonZeroMemory);
        Copy(other.Pods, Pods);
        Copy(other.PodsWithAffinity, PodsWithAffinity);
        Copy(other.PodsWithRequiredAntiAffinity, PodsWithRequiredAntiAffinity);
        Copy(other.UsedPorts, UsedPorts);
        ClaimUsers.Clear();
        foreach ((ObjectKey claim, int users) in other.ClaimUsers)
        {
            ClaimUsers.Add(claim, users);
        }
    }

    private static void Copy<T>(List<T> from, List<T> to)
    {
        to.Clear();
        to.AddRange(from);
    }

    private static Taint[] TaintsOf(Node node, Func<string, bool> effects) =>
        node.Spec.Taints.Count == 0 ? NoTaints : [.. node.Spec.Taints.Where(one => effects(one.Effect))];

    private static int IndexOf(List<PodInfo> pods, PodInfo pod)
    {
        for (int i = 0; i < pods.Count; i++)
        {
            if (ReferenceEquals(pods[i], pod) || pods[i].Uid == pod.Uid)
            {
                return i;
            }
        }

        return -1;
    }

    private static void SwapOut(List<PodInfo> pods, int at)
    {
        if (at >= 0)
        {
            pods[at] = pods[^1];
            pods.RemoveAt(pods.Count - 1);
        }
    }
}
