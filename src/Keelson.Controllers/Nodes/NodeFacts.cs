using Keelson.Api.Core.V1;
using Keelson.Client.Informers;

namespace Keelson.Controllers.Nodes;

/// <summary>What controllers ask about a node.</summary>
internal static class NodeFacts
{
    /// <summary>A condition; null when the node does not have it.</summary>
    public static NodeCondition? Condition(Node node, string type)
    {
        foreach (NodeCondition one in node.Status.Conditions)
        {
            if (one.Type == type)
            {
                return one;
            }
        }

        return null;
    }

    /// <summary>True when the node runs pods.</summary>
    public static bool IsReady(Node node) => Condition(node, NodeConditionType.Ready) is { Status: "True" };

    /// <summary>True when the node has a taint of this key and effect.</summary>
    public static bool HasTaint(Node node, string key, string effect)
    {
        foreach (Taint one in node.Spec.Taints)
        {
            if (one.Key == key && one.Effect == effect)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Region and zone of a node as one text; empty for none.</summary>
    public static string ZoneOf(Node node)
    {
        string region = node.Metadata.Labels.GetValueOrDefault("topology.kubernetes.io/region") ?? "";
        string zone = node.Metadata.Labels.GetValueOrDefault("topology.kubernetes.io/zone") ?? "";
        return region.Length == 0 && zone.Length == 0 ? "" : region + ":\0:" + zone;
    }

    /// <summary>A reference to a node as events about it carry: by name, since some are about nodes that are
    /// gone.</summary>
    public static ObjectReference ReferenceTo(Node node) =>
        new() { ApiVersion = "v1", Kind = "Node", Name = node.Metadata.Name, Uid = node.Metadata.Uid };

    /// <summary>Pods by the node that they are bound to.</summary>
    public static IInformerIndex<Pod> PodsByNode(IInformer<Pod> pods) =>
        pods.Index("nodeName", static pod => pod.Spec.NodeName.Length > 0 ? [pod.Spec.NodeName] : []);
}
