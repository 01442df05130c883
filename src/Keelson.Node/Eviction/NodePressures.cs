using Keelson.Api.Core.V1;
using Keelson.Client.Nodes;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Nodes;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Statuses;

namespace Keelson.Nodes.Eviction;

/// <summary>What the node is short of, for all who ask.</summary>
internal sealed class NodePressures
{
    private volatile IReadOnlyList<string> _conditions = [];

    /// <summary>The conditions of the node: <c>MemoryPressure</c>, <c>DiskPressure</c>, <c>PIDPressure</c>.</summary>
    public IReadOnlyList<string> Conditions
    {
        get => _conditions;
        set => _conditions = value;
    }

    /// <summary>The same for the node's status.</summary>
    public NodePressure Flags =>
        (_conditions.Contains("MemoryPressure") ? NodePressure.Memory : 0)
        | (_conditions.Contains("DiskPressure") ? NodePressure.Disk : 0)
        | (_conditions.Contains("PIDPressure") ? NodePressure.Processes : 0);

    /// <summary>Null, or why a new pod may not run while the node is short of something.</summary>
    public PodVerdict? Refuses(Pod pod) => Refuses(pod, _conditions);

    /// <summary>The same for conditions that are given.</summary>
    public static PodVerdict? Refuses(Pod pod, IReadOnlyList<string> conditions)
    {
        if (conditions.Count == 0 || PodAmounts.IsCritical(pod))
        {
            return null;
        }

        // Memory that was asked for is there; only pods that did not ask are kept out.
        if (conditions is ["MemoryPressure"]
            && (PodResourceConfigs.QosOf(pod) != PodQOSClass.BestEffort || ToleratesMemoryPressure(pod)))
        {
            return null;
        }

        return new("Evicted", $"The node had condition: [{string.Join(' ', conditions)}]. ");
    }

    private static bool ToleratesMemoryPressure(Pod pod) => Tolerations.Tolerate(
        pod.Spec.Tolerations,
        new Taint { Key = "node.kubernetes.io/memory-pressure", Effect = "NoSchedule" });
}
