using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Client.Nodes;

/// <summary>
/// Whether nodes are what pods and volumes ask for by selectors and required affinity. Called for each pod and node:
/// nothing is allocated.
/// </summary>
public static class NodeMatching
{
    private const string NameField = "metadata.name";

    /// <summary>True when a node meets a pod's nodeSelector and required node affinity.</summary>
    public static bool MeetsAffinity(PodSpec pod, Node node)
    {
        foreach (KeyValuePair<string, string> one in pod.NodeSelector.AsSpan())
        {
            if (!node.Metadata.Labels.TryGetValue(one.Key, out string? value) || value != one.Value)
            {
                return false;
            }
        }

        return pod.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is not { } required
            || MeetsAny(required.NodeSelectorTerms, node);
    }

    /// <summary>True when a node meets one of the terms.</summary>
    public static bool MeetsAny(in ApiList<NodeSelectorTerm> terms, Node node)
    {
        foreach (NodeSelectorTerm term in terms)
        {
            if (Meets(term, node))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when a node meets a term; an empty term is met by none.</summary>
    public static bool Meets(NodeSelectorTerm term, Node node)
    {
        if (term.MatchExpressions.Count + term.MatchFields.Count == 0)
        {
            return false;
        }

        foreach (NodeSelectorRequirement one in term.MatchExpressions)
        {
            if (!Meets(one, node.Metadata.Labels.TryGetValue(one.Key, out string? value) ? value : null))
            {
                return false;
            }
        }

        foreach (NodeSelectorRequirement one in term.MatchFields)
        {
            if (one.Key != NameField || !Meets(one, node.Metadata.Name))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The names that a term restricts nodes to; null when it does not.</summary>
    public static HashSet<string>? NamesOf(NodeSelectorTerm term)
    {
        HashSet<string>? names = null;
        foreach (NodeSelectorRequirement one in term.MatchFields)
        {
            if (one.Key == NameField && one.Operator == NodeSelectorOperator.In)
            {
                HashSet<string> own = one.Values.ToHashSet(StringComparer.Ordinal);
                names = names is null ? own : names.Intersect(own).ToHashSet(StringComparer.Ordinal);
            }
        }

        return names;
    }

    private static bool Meets(NodeSelectorRequirement requirement, string? value) => requirement.Operator switch
    {
        NodeSelectorOperator.In => value is not null && requirement.Values.AsSpan().Contains(value),
        NodeSelectorOperator.NotIn => value is null || !requirement.Values.AsSpan().Contains(value),
        NodeSelectorOperator.Exists => value is not null,
        NodeSelectorOperator.DoesNotExist => value is null,
        NodeSelectorOperator.Gt => Compare(requirement, value) > 0,
        NodeSelectorOperator.Lt => Compare(requirement, value) < 0,
        _ => false,
    };

    private static int Compare(NodeSelectorRequirement requirement, string? value) =>
        requirement.Values.Count == 1
        && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long actual)
        && long.TryParse(
            requirement.Values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long bound)
            ? actual.CompareTo(bound)
            : 0;
}
