using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Client.Nodes;

/// <summary>Whether nodes are what pods ask for by their selectors, required affinity and tolerations.</summary>
public static class NodeMatching
{
    /// <summary>True when a node meets a pod's nodeSelector and required node affinity.</summary>
    public static bool MeetsAffinity(PodSpec pod, Node node)
    {
        foreach (KeyValuePair<string, string> wanted in pod.NodeSelector)
        {
            if (node.Metadata.Labels.GetValueOrDefault(wanted.Key) != wanted.Value)
            {
                return false;
            }
        }

        return pod.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is not { } required
            || required.NodeSelectorTerms.Any(term => Meets(term, node));
    }

    /// <summary>True when a node meets a term; an empty term is met by none.</summary>
    public static bool Meets(NodeSelectorTerm term, Node node)
    {
        if (term.MatchExpressions.Count == 0 && term.MatchFields.Count == 0)
        {
            return false;
        }

        foreach (NodeSelectorRequirement one in term.MatchExpressions)
        {
            if (!Meets(one, node.Metadata.Labels.GetValueOrDefault(one.Key)))
            {
                return false;
            }
        }

        foreach (NodeSelectorRequirement one in term.MatchFields)
        {
            if (!Meets(one, one.Key == "metadata.name" ? node.Metadata.Name : null))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The first taint with one of these effects that nothing tolerates; null when there is none.</summary>
    public static Taint? Untolerated(
        ApiList<Taint> taints, ApiList<Toleration> tolerations, params ReadOnlySpan<string> effects)
    {
        foreach (Taint taint in taints)
        {
            if (effects.Contains(taint.Effect) && !Tolerates(tolerations, taint))
            {
                return taint;
            }
        }

        return null;
    }

    /// <summary>True when a toleration covers a taint.</summary>
    public static bool Tolerates(ApiList<Toleration> tolerations, Taint taint)
    {
        foreach (Toleration one in tolerations)
        {
            if ((one.Effect.Length == 0 || one.Effect == taint.Effect)
                && (one.Key.Length == 0 || one.Key == taint.Key)
                && HasValue(one, taint.Value))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasValue(Toleration toleration, string value) => toleration.Operator switch
    {
        "" or TolerationOperator.Equal => toleration.Value == value,
        TolerationOperator.Exists => true,
        "Lt" => Compare(value, toleration.Value) is < 0,
        "Gt" => Compare(value, toleration.Value) is > 0,
        _ => false,
    };

    private static bool Meets(NodeSelectorRequirement requirement, string? value) => requirement.Operator switch
    {
        NodeSelectorOperator.In => value is not null && requirement.Values.Contains(value),
        NodeSelectorOperator.NotIn => value is null || !requirement.Values.Contains(value),
        NodeSelectorOperator.Exists => value is not null,
        NodeSelectorOperator.DoesNotExist => value is null,
        NodeSelectorOperator.Gt => requirement.Values.Count == 1 && Compare(value, requirement.Values[0]) is > 0,
        NodeSelectorOperator.Lt => requirement.Values.Count == 1 && Compare(value, requirement.Values[0]) is < 0,
        _ => false,
    };

    /// <summary>Two numbers compared; null when one is none.</summary>
    private static int? Compare(string? left, string right) =>
        long.TryParse(left, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long a)
        && long.TryParse(right, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long b)
            ? a.CompareTo(b)
            : null;
}
