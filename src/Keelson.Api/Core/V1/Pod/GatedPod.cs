using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>While a gate keeps a pod from being scheduled, the nodes it may run on can still be narrowed down.</summary>
internal static class GatedPod
{
    private const string OnlyAdditions = "only additions are allowed (no mutations or deletions)";

    /// <summary>Validates changes of the node selector and node affinity; returns the spec with the old ones.</summary>
    public static PodSpec Mask(PodSpec spec, PodSpec old, FieldPath path, FieldErrors errors)
    {
        if (spec.NodeSelector != old.NodeSelector)
        {
            bool onlyAdded = old.NodeSelector.All(
                one => spec.NodeSelector.TryGetValue(one.Key, out string? value) && value == one.Value);
            if (!onlyAdded)
            {
                errors.InvalidRaw(
                    path.Child("nodeSelector"),
                    ErrorValue.Json(spec.NodeSelector),
                    "only additions to spec.nodeSelector are allowed (no mutations or deletions)");
            }

            spec = spec with { NodeSelector = old.NodeSelector };
        }

        NodeAffinity? before = old.Affinity?.NodeAffinity;
        NodeAffinity? now = spec.Affinity?.NodeAffinity;
        if (before == now)
        {
            return spec;
        }

        ValidateAffinity(now, before, path.Child("affinity").Child("nodeAffinity"), errors);
        Affinity? affinity = (spec.Affinity ?? new()) with { NodeAffinity = before };
        bool isEmpty = old.Affinity is null && affinity == new Affinity();
        return spec with { Affinity = isEmpty ? null : affinity };
    }

    private static void ValidateAffinity(NodeAffinity? now, NodeAffinity? before, FieldPath path, FieldErrors errors)
    {
        if (before?.RequiredDuringSchedulingIgnoredDuringExecution is not { } required)
        {
            return;
        }

        ApiList<NodeSelectorTerm> old = required.NodeSelectorTerms;
        ApiList<NodeSelectorTerm> terms = now?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms
            ?? default;
        FieldPath at = path.Child("requiredDuringSchedulingIgnoredDuringExecution").Child("nodeSelectorTerms");
        if (old.Count > 0 && old.Count != terms.Count)
        {
            IEnumerable<string> rendered = terms.Select(one => UnversionedText.Of(one, NodeSelectorTerm.WireSchema));
            errors.InvalidRaw(
                at, ErrorValue.List([.. rendered]),
                "no additions/deletions to non-empty NodeSelectorTerms list are allowed");
            return;
        }

        for (int i = 0; i < old.Count; i++)
        {
            if (!HasOnlyAdditions(terms[i], old[i]))
            {
                errors.InvalidRaw(
                    at.Index(i), UnversionedText.Of(terms[i], NodeSelectorTerm.WireSchema), OnlyAdditions);
            }
        }
    }

    private static bool HasOnlyAdditions(NodeSelectorTerm now, NodeSelectorTerm old)
    {
        // A term that selects nothing would come to select something.
        bool wasEmpty = old.MatchExpressions.Count == 0 && old.MatchFields.Count == 0;
        return wasEmpty
            ? now.MatchExpressions.Count == 0 && now.MatchFields.Count == 0
            : BeginsWith(now.MatchExpressions, old.MatchExpressions) && BeginsWith(now.MatchFields, old.MatchFields);
    }

    private static bool BeginsWith(ApiList<NodeSelectorRequirement> now, ApiList<NodeSelectorRequirement> old) =>
        now.Count >= old.Count && now.Take(old.Count).SequenceEqual(old);
}
