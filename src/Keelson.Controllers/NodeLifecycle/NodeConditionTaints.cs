using Keelson.Api.Core.V1;
using Keelson.Controllers.Nodes;

namespace Keelson.Controllers.NodeLifecycle;

/// <summary>Which taints keep new pods off a node, going by its conditions; and its labels' older names.</summary>
internal static class NodeConditionTaints
{
    private static readonly (string Condition, string Status, string Key)[] Table =
    [
        (NodeConditionType.Ready, "False", NodeTaints.NotReady),
        (NodeConditionType.Ready, "Unknown", NodeTaints.Unreachable),
        (NodeConditionType.MemoryPressure, "True", "node.kubernetes.io/memory-pressure"),
        (NodeConditionType.DiskPressure, "True", "node.kubernetes.io/disk-pressure"),
        (NodeConditionType.NetworkUnavailable, "True", "node.kubernetes.io/network-unavailable"),
        (NodeConditionType.PIDPressure, "True", "node.kubernetes.io/pid-pressure"),
    ];

    private static readonly (string Stable, string Beta)[] Labels =
        [("kubernetes.io/os", "beta.kubernetes.io/os"), ("kubernetes.io/arch", "beta.kubernetes.io/arch")];

    /// <summary>The taints to add and to remove; only those that conditions stand for are ever removed.</summary>
    public static (IReadOnlyList<Taint> Add, IReadOnlyList<Taint> Remove) Compute(Node node)
    {
        HashSet<string> wanted = [];
        foreach ((string condition, string status, string key) in Table)
        {
            if (NodeFacts.Condition(node, condition)?.Status == status)
            {
                wanted.Add(key);
            }
        }

        if (node.Spec.Unschedulable)
        {
            wanted.Add(NodeTaints.Unschedulable);
        }

        List<Taint> remove = [];
        foreach (Taint one in node.Spec.Taints)
        {
            bool isManaged = one.Effect == TaintEffect.NoSchedule
                && (one.Key == NodeTaints.Unschedulable || Table.Any(row => row.Key == one.Key));
            if (isManaged && !wanted.Remove(one.Key))
            {
                remove.Add(one);
            }
        }

        return ([.. wanted.Order(StringComparer.Ordinal).Select(static key => NodeTaints.Of(key, TaintEffect.NoSchedule))], remove);
    }

    /// <summary>The labels to set so that the older names say what the newer ones do.</summary>
    public static IReadOnlyDictionary<string, string> OlderLabels(Node node)
    {
        Dictionary<string, string> labels = [];
        foreach ((string stable, string beta) in Labels)
        {
            if (node.Metadata.Labels.TryGetValue(stable, out string? value)
                && node.Metadata.Labels.GetValueOrDefault(beta) != value)
            {
                labels.Add(beta, value);
            }
        }

        return labels;
    }
}
