using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record Affinity
{
    internal void Validate(PodValidationOptions options, FieldPath path, FieldErrors errors)
    {
        NodeAffinity?.Validate(options.AllowInvalidLabelValueInNodeAffinity, path.Child("nodeAffinity"), errors);
        if (PodAffinity is { } with)
        {
            FieldPath at = path.Child("podAffinity");
            PodAffinityTerm.ValidateRequired(with.RequiredDuringSchedulingIgnoredDuringExecution, options, at, errors);
            PodAffinityTerm.ValidatePreferred(
                with.PreferredDuringSchedulingIgnoredDuringExecution, options, at, errors);
        }

        if (PodAntiAffinity is { } without)
        {
            FieldPath at = path.Child("podAntiAffinity");
            PodAffinityTerm.ValidateRequired(
                without.RequiredDuringSchedulingIgnoredDuringExecution, options, at, errors);
            PodAffinityTerm.ValidatePreferred(
                without.PreferredDuringSchedulingIgnoredDuringExecution, options, at, errors);
        }
    }

    /// <summary>All terms about pods, whether required or preferred.</summary>
    internal IEnumerable<PodAffinityTerm> PodTerms() =>
    [
        .. (PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? default).AsSpan(),
        .. Terms(PodAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? default),
        .. (PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? default).AsSpan(),
        .. Terms(PodAntiAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? default),
    ];

    private static IEnumerable<PodAffinityTerm> Terms(ApiList<WeightedPodAffinityTerm> terms) =>
        terms.Select(one => one.PodAffinityTerm);
}

public sealed partial record NodeAffinity
{
    internal void Validate(bool allowInvalidValues, FieldPath path, FieldErrors errors)
    {
        if (RequiredDuringSchedulingIgnoredDuringExecution is { } required)
        {
            NodeSelectorRules.Validate(
                required, path.Child("requiredDuringSchedulingIgnoredDuringExecution"), errors, allowInvalidValues);
        }

        ApiList<PreferredSchedulingTerm> preferred = PreferredDuringSchedulingIgnoredDuringExecution;
        for (int i = 0; i < preferred.Count; i++)
        {
            FieldPath at = path.Child("preferredDuringSchedulingIgnoredDuringExecution").Index(i);
            PodAffinityTerm.ValidateWeight(preferred[i].Weight, at, errors);

            // Values were never checked here, and what was let in once has to stay valid.
            NodeSelectorRules.ValidateTerm(
                preferred[i].Preference, at.Child("preference"), errors, allowInvalidValues: true);
        }
    }
}

/// <summary>Validates node selectors: of pods, of persistent volumes, of devices.</summary>
public static class NodeSelectorRules
{
    /// <summary>Validates a selector: at least one term, each of them valid.</summary>
    public static void Validate(
        NodeSelector selector, FieldPath path, FieldErrors errors, bool allowInvalidValues = false)
    {
        FieldPath terms = path.Child("nodeSelectorTerms");
        if (selector.NodeSelectorTerms.Count == 0)
        {
            errors.Required(terms, "must have at least one node selector term");
        }

        for (int i = 0; i < selector.NodeSelectorTerms.Count; i++)
        {
            ValidateTerm(selector.NodeSelectorTerms[i], terms.Index(i), errors, allowInvalidValues);
        }
    }

    /// <summary>Validates one term.</summary>
    public static void ValidateTerm(
        NodeSelectorTerm term, FieldPath path, FieldErrors errors, bool allowInvalidValues = false)
    {
        for (int i = 0; i < term.MatchExpressions.Count; i++)
        {
            ValidateExpression(
                term.MatchExpressions[i], path.Child("matchExpressions").Index(i), errors, allowInvalidValues);
        }

        for (int i = 0; i < term.MatchFields.Count; i++)
        {
            ValidateField(term.MatchFields[i], path.Child("matchFields").Index(i), errors);
        }
    }

    private static void ValidateExpression(
        NodeSelectorRequirement requirement, FieldPath path, FieldErrors errors, bool allowInvalidValues)
    {
        FieldPath values = path.Child("values");
        switch (requirement.Operator)
        {
            case NodeSelectorOperator.In or NodeSelectorOperator.NotIn when requirement.Values.Count == 0:
                errors.Required(values, "must be specified when `operator` is 'In' or 'NotIn'");
                break;
            case NodeSelectorOperator.Exists or NodeSelectorOperator.DoesNotExist when requirement.Values.Count > 0:
                errors.Forbidden(values, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                break;
            case NodeSelectorOperator.Gt or NodeSelectorOperator.Lt when requirement.Values.Count != 1:
                errors.Required(values, "must be specified single value when `operator` is 'Lt' or 'Gt'");
                break;
            case NodeSelectorOperator.In or NodeSelectorOperator.NotIn or NodeSelectorOperator.Exists
                or NodeSelectorOperator.DoesNotExist or NodeSelectorOperator.Gt or NodeSelectorOperator.Lt:
                break;
            default:
                errors.Invalid(path.Child("operator"), requirement.Operator, "not a valid selector operator");
                break;
        }

        errors.InvalidEach(path.Child("key"), requirement.Key, ContentRules.QualifiedName(requirement.Key));
        for (int i = 0; i < requirement.Values.Count && !allowInvalidValues; i++)
        {
            errors.InvalidEach(values.Index(i), requirement.Values[i], ContentRules.LabelValue(requirement.Values[i]));
        }
    }

    private static void ValidateField(NodeSelectorRequirement requirement, FieldPath path, FieldErrors errors)
    {
        if (requirement.Operator is not (NodeSelectorOperator.In or NodeSelectorOperator.NotIn))
        {
            errors.Invalid(path.Child("operator"), requirement.Operator, "not a valid selector operator");
        }
        else if (requirement.Values.Count != 1)
        {
            errors.Required(
                path.Child("values"),
                "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
        }

        if (requirement.Key != "metadata.name")
        {
            errors.Invalid(path.Child("key"), requirement.Key, "not a valid field selector key");
            return;
        }

        for (int i = 0; i < requirement.Values.Count; i++)
        {
            errors.InvalidEach(
                path.Child("values").Index(i), requirement.Values[i],
                NameRules.DnsSubdomain(requirement.Values[i], isPrefix: false));
        }
    }
}

public sealed partial record PodAffinityTerm
{
    internal static void ValidateRequired(
        ApiList<PodAffinityTerm> terms, PodValidationOptions options, FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < terms.Count; i++)
        {
            terms[i].Validate(options, path.Child("requiredDuringSchedulingIgnoredDuringExecution").Index(i), errors);
        }
    }

    internal static void ValidatePreferred(
        ApiList<WeightedPodAffinityTerm> terms, PodValidationOptions options, FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < terms.Count; i++)
        {
            FieldPath at = path.Child("preferredDuringSchedulingIgnoredDuringExecution").Index(i);
            ValidateWeight(terms[i].Weight, at, errors);
            terms[i].PodAffinityTerm.Validate(options, at.Child("podAffinityTerm"), errors);
        }
    }

    internal static void ValidateWeight(int weight, FieldPath path, FieldErrors errors)
    {
        if (weight is <= 0 or > 100)
        {
            errors.Invalid(path.Child("weight"), weight, "must be in the range 1-100");
        }
    }

    private void Validate(PodValidationOptions options, FieldPath path, FieldErrors errors)
    {
        bool lenient = options.AllowInvalidLabelValueInSelector;
        LabelSelectorRules.Validate(LabelSelector, path.Child("labelSelector"), errors, lenient);
        LabelSelectorRules.Validate(NamespaceSelector, path.Child("namespaceSelector"), errors, lenient);
        foreach (string one in Namespaces)
        {
            errors.InvalidEach(path.Child("namespace"), one, NameRules.DnsLabel(one, isPrefix: false));
        }

        MatchLabelKeyRules.Validate(MatchLabelKeys, MismatchLabelKeys, LabelSelector, path, errors);
        FieldPath key = path.Child("topologyKey");
        if (TopologyKey.Length == 0)
        {
            errors.Required(key, "can not be empty");
        }

        errors.InvalidEach(key, TopologyKey, ContentRules.QualifiedName(TopologyKey));
    }
}

/// <summary>Label keys whose values are taken from the pod itself and merged into a label selector.</summary>
internal static class MatchLabelKeyRules
{
    /// <summary>Validates keys that must match, keys that must not, and what they have to do with the selector.</summary>
    public static void Validate(
        ApiList<string> match, ApiList<string> mismatch, LabelSelector? selector, FieldPath path, FieldErrors errors)
    {
        ValidateKeys(match, selector, path.Child("matchLabelKeys"), errors);
        ValidateKeys(mismatch, selector, path.Child("mismatchLabelKeys"), errors);
        if (match.Count > 0 && selector is not null)
        {
            ValidateOverlap(match, selector, path, errors);
        }

        for (int i = 0; i < match.Count; i++)
        {
            if (mismatch.Contains(match[i]))
            {
                errors.Invalid(
                    path.Child("matchLabelKeys").Index(i), match[i],
                    "exists in both matchLabelKeys and mismatchLabelKeys");
            }
        }
    }

    /// <summary>Merges the pod's own values of the keys into the selector, when the pod is created.</summary>
    public static LabelSelector? Merge(
        LabelSelector? selector, ApiList<string> match, ApiList<string> mismatch, ApiMap<string> labels)
    {
        if (selector is null || match.Count + mismatch.Count == 0)
        {
            return selector;
        }

        ApiList<LabelSelectorRequirement> expressions =
        [
            .. selector.MatchExpressions.AsSpan(),
            .. Requirements(match, LabelSelectorOperator.In, labels),
            .. Requirements(mismatch, LabelSelectorOperator.NotIn, labels),
        ];
        return selector with { MatchExpressions = expressions };
    }

    /// <summary>The rule of before 1.34, for constraints that a newer rule would refuse.</summary>
    public static void ValidateAsBefore(
        ApiList<string> match, LabelSelector? selector, FieldPath path, FieldErrors errors)
    {
        if (match.Count > 0 && selector is null)
        {
            errors.Forbidden(path, "must not be specified when labelSelector is not set");
        }

        for (int i = 0; i < match.Count; i++)
        {
            errors.InvalidEach(path.Index(i), match[i], ContentRules.QualifiedName(match[i]));
            bool isSelected = selector is not null
                && (selector.MatchLabels.ContainsKey(match[i])
                    || selector.MatchExpressions.Any(one => one.Key == match[i]));
            if (isSelected)
            {
                errors.Invalid(path.Index(i), match[i], "exists in both matchLabelKeys and labelSelector");
            }
        }
    }

    private static IEnumerable<LabelSelectorRequirement> Requirements(
        ApiList<string> keys, string @operator, ApiMap<string> labels) =>
        keys.Where(labels.ContainsKey).Select(
            key => new LabelSelectorRequirement { Key = key, Operator = @operator, Values = [labels[key]] });

    private static void ValidateKeys(ApiList<string> keys, LabelSelector? selector, FieldPath path, FieldErrors errors)
    {
        if (keys.Count > 0 && selector is null)
        {
            errors.Forbidden(path, "must not be specified when labelSelector is not set");
            return;
        }

        for (int i = 0; i < keys.Count; i++)
        {
            errors.InvalidEach(path.Index(i), keys[i], ContentRules.QualifiedName(keys[i]));
        }
    }

    /// <summary>Merging has added one expression for each key; a second one means that the user selects by the key, too.</summary>
    private static void ValidateOverlap(
        ApiList<string> match, LabelSelector selector, FieldPath path, FieldErrors errors)
    {
        HashSet<string> seen = [.. selector.MatchLabels.Keys];
        foreach (LabelSelectorRequirement expression in selector.MatchExpressions)
        {
            int index = Array.LastIndexOf(match.AsSpan().ToArray(), expression.Key);
            if (index >= 0 && seen.Contains(expression.Key))
            {
                errors.Invalid(path.Index(index), expression.Key, "exists in both matchLabelKeys and labelSelector");
            }

            seen.Add(expression.Key);
        }
    }
}
