using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Rbac.V1;

public sealed partial record ClusterRole
{
    /// <inheritdoc/>
    public static void Validate(ClusterRole obj, FieldErrors errors) => Validate(obj, errors, allowInvalidLabelValues: false);

    /// <inheritdoc/>
    public static void ValidateUpdate(ClusterRole obj, ClusterRole old, FieldErrors errors) =>
        Validate(obj, errors, old.AggregationRule?.ClusterRoleSelectors.Any(one => LabelSelectorRules.HasInvalidValues(one)) ?? false);

    private static void Validate(ClusterRole obj, FieldErrors errors, bool allowInvalidLabelValues)
    {
        PolicyRuleRules.Validate(obj.Rules, namespaced: false, errors);
        if (obj.AggregationRule is not { } aggregation)
        {
            return;
        }

        FieldPath path = FieldPath.Of("aggregationRule").Child("clusterRoleSelectors");
        if (aggregation.ClusterRoleSelectors.Count == 0)
        {
            errors.Required(path, "at least one clusterRoleSelector required if aggregationRule is non-nil");
        }

        for (int i = 0; i < aggregation.ClusterRoleSelectors.Count; i++)
        {
            LabelSelector selector = aggregation.ClusterRoleSelectors[i];
            LabelSelectorRules.Validate(selector, path.Index(i), errors, allowInvalidLabelValues);

            // Upstream also tries to build the selector and prints what it got when that fails: nothing.
            FieldErrors strict = new();
            LabelSelectorRules.Validate(selector, path.Index(i), strict);
            if (strict.Count > 0)
            {
                errors.InvalidRaw(path.Index(i), "null", "invalid label selector.");
            }
        }
    }
}
