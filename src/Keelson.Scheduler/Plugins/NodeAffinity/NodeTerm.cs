using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.NodeAffinity;

/// <summary>
/// A term of a node selector: conditions on labels and on the name, which must all hold. An empty one matches nothing.
/// </summary>
internal static class NodeTerm
{
    private const string NameField = "metadata.name";

    /// <summary>True when any of the terms matches.</summary>
    public static bool MatchesAny(in ApiList<NodeSelectorTerm> terms, Node node)
    {
        foreach (NodeSelectorTerm term in terms)
        {
            if (Matches(term, node))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when a term matches a node.</summary>
    public static bool Matches(NodeSelectorTerm term, Node node)
    {
        if (term.MatchExpressions.Count + term.MatchFields.Count == 0)
        {
            return false;
        }

        foreach (NodeSelectorRequirement one in term.MatchExpressions)
        {
            if (!Matches(one, node.Metadata.Labels.TryGetValue(one.Key, out string? value) ? value : null))
            {
                return false;
            }
        }

        foreach (NodeSelectorRequirement one in term.MatchFields)
        {
            if (one.Key != NameField || !Matches(one, node.Metadata.Name))
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

    private static bool Matches(NodeSelectorRequirement requirement, string? value) => requirement.Operator switch
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

/// <summary>What pods require of nodes: their node selector and their required node affinity.</summary>
internal static class NodeRequirements
{
    /// <summary>True when a node has what a pod requires.</summary>
    public static bool Match(Pod pod, NodeInfo node) => Match(pod, node.Node);

    /// <summary>True when a node has what a pod requires.</summary>
    public static bool Match(Pod pod, Node node)
    {
        foreach (KeyValuePair<string, string> one in pod.Spec.NodeSelector.AsSpan())
        {
            if (!node.Metadata.Labels.TryGetValue(one.Key, out string? value) || value != one.Value)
            {
                return false;
            }
        }

        return pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is not { } required
            || NodeTerm.MatchesAny(required.NodeSelectorTerms, node);
    }
}
