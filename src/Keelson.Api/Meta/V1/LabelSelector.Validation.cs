using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Meta.V1;

/// <summary>The rules on label selectors, and what they select.</summary>
public static class LabelSelectorRules
{
    /// <summary>Validates a selector; an absent one is fine here.</summary>
    /// <param name="selector">The selector.</param>
    /// <param name="path">Where it stands.</param>
    /// <param name="errors">Takes the errors.</param>
    /// <param name="allowInvalidValues">True when the stored object has values that are no label values already.</param>
    public static void Validate(LabelSelector? selector, FieldPath path, FieldErrors errors, bool allowInvalidValues = false)
    {
        if (selector is null)
        {
            return;
        }

        if (selector.MatchLabels.Count > 0)
        {
            ObjectMetaRules.ValidateLabels(selector.MatchLabels, path.Child("matchLabels"), errors);
        }

        for (int i = 0; i < selector.MatchExpressions.Count; i++)
        {
            Validate(selector.MatchExpressions[i], path.Child("matchExpressions").Index(i), errors, allowInvalidValues);
        }
    }

    /// <summary>
    /// True when the labels meet all conditions. An absent selector selects nothing, an empty one everything, one with an
    /// operator that does not exist nothing.
    /// </summary>
    public static bool Matches(LabelSelector? selector, ApiMap<string> labels)
    {
        if (selector is null)
        {
            return false;
        }

        foreach (KeyValuePair<string, string> wanted in selector.MatchLabels)
        {
            if (!labels.TryGetValue(wanted.Key, out string? value) || value != wanted.Value)
            {
                return false;
            }
        }

        foreach (LabelSelectorRequirement requirement in selector.MatchExpressions)
        {
            if (!Matches(requirement, labels))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True when the selector has values that are no label values.</summary>
    public static bool HasInvalidValues(LabelSelector? selector) =>
        selector is not null && selector.MatchExpressions.Any(one => one.Values.Any(value => ContentRules.LabelValue(value).Any()));

    private static void Validate(LabelSelectorRequirement requirement, FieldPath path, FieldErrors errors, bool allowInvalidValues)
    {
        switch (requirement.Operator)
        {
            case LabelSelectorOperator.In or LabelSelectorOperator.NotIn:
                if (requirement.Values.Count == 0)
                {
                    errors.Required(path.Child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
                }

                break;
            case LabelSelectorOperator.Exists or LabelSelectorOperator.DoesNotExist:
                if (requirement.Values.Count > 0)
                {
                    errors.Forbidden(path.Child("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                }

                break;
            default:
                errors.Invalid(path.Child("operator"), requirement.Operator, "not a valid selector operator");
                break;
        }

        foreach (string message in ContentRules.QualifiedName(requirement.Key))
        {
            errors.Invalid(path.Child("key"), requirement.Key, message);
        }

        for (int i = 0; i < requirement.Values.Count && !allowInvalidValues; i++)
        {
            foreach (string message in ContentRules.LabelValue(requirement.Values[i]))
            {
                errors.Invalid(path.Child("values").Index(i), requirement.Values[i], message);
            }
        }
    }

    private static bool Matches(LabelSelectorRequirement requirement, ApiMap<string> labels)
    {
        bool present = labels.TryGetValue(requirement.Key, out string? value);
        return requirement.Operator switch
        {
            LabelSelectorOperator.In => present && requirement.Values.AsSpan().Contains(value!),
            LabelSelectorOperator.NotIn => !present || !requirement.Values.AsSpan().Contains(value!),
            LabelSelectorOperator.Exists => present,
            LabelSelectorOperator.DoesNotExist => !present,
            _ => false,
        };
    }
}
