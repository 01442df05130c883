using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Policy.V1;

public sealed partial record PodDisruptionBudget
{
    /// <inheritdoc cref="IKind{T}.Validate"/>
    public static void Validate(PodDisruptionBudget obj, FieldErrors errors)
    {
        PodDisruptionBudgetSpec spec = obj.Spec;
        FieldPath path = FieldPath.Of("spec");
        if (spec.MinAvailable is not null && spec.MaxUnavailable is not null)
        {
            errors.InvalidRaw(
                path,
                UnversionedText.Of(spec, PodDisruptionBudgetSpec.WireSchema),
                "minAvailable and maxUnavailable cannot be both set");
        }

        ValidateShare(spec.MinAvailable, path.Child("minAvailable"), errors);
        ValidateShare(spec.MaxUnavailable, path.Child("maxUnavailable"), errors);
        LabelSelectorRules.Validate(spec.Selector, path.Child("selector"), errors);
        if (spec.UnhealthyPodEvictionPolicy is { } policy
            && policy
                is not (UnhealthyPodEvictionPolicyType.AlwaysAllow or UnhealthyPodEvictionPolicyType.IfHealthyBudget))
        {
            errors.NotSupported(
                path.Child("unhealthyPodEvictionPolicy"),
                policy,
                UnhealthyPodEvictionPolicyType.AlwaysAllow,
                UnhealthyPodEvictionPolicyType.IfHealthyBudget);
        }
    }

    private static void ValidateShare(IntOrString? share, FieldPath path, FieldErrors errors)
    {
        if (share is { } value)
        {
            errors.NumberOrPercent(path, value);
            errors.AtMostAll(path, value);
        }
    }

    private static void ValidateStatus(PodDisruptionBudget obj, PodDisruptionBudget old, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("status");
        ConditionRules.Validate(obj.Status.Conditions, path.Child("conditions"), errors);
        errors.NonNegative(path.Child("disruptionsAllowed"), obj.Status.DisruptionsAllowed);
        errors.NonNegative(path.Child("currentHealthy"), obj.Status.CurrentHealthy);
        errors.NonNegative(path.Child("desiredHealthy"), obj.Status.DesiredHealthy);
        errors.NonNegative(path.Child("expectedPods"), obj.Status.ExpectedPods);
    }
}
