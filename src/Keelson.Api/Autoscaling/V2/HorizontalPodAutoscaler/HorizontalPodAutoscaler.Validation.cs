using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Autoscaling.V2;

public sealed partial record HorizontalPodAutoscaler
{
    private const int PeriodSecondsMax = 1800;
    private const int StabilizationSecondsMax = 3600;

    /// <inheritdoc cref="IKind{T}.Validate"/>
    public static void Validate(HorizontalPodAutoscaler obj, FieldErrors errors) =>
        ValidateSpec(obj.Spec, null, errors);

    /// <inheritdoc cref="IKind{T}.ValidateUpdate"/>
    public static void ValidateUpdate(HorizontalPodAutoscaler obj, HorizontalPodAutoscaler old, FieldErrors errors) =>
        ValidateSpec(obj.Spec, old.Spec, errors);

    private static void ValidateSpec(
        HorizontalPodAutoscalerSpec spec, HorizontalPodAutoscalerSpec? old, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("spec");

        // Scaling to zero is behind upstream's gate HPAScaleToZero; what has it already may keep it.
        int minimum = old?.MinReplicas == 0 ? 0 : 1;
        if (spec.MinReplicas < minimum)
        {
            errors.Invalid(
                path.Child("minReplicas"), spec.MinReplicas.Value, $"must be greater than or equal to {minimum}");
        }

        if (spec.MaxReplicas < 1)
        {
            errors.Required(path.Child("maxReplicas"), "must be set and greater than 0");
        }

        if (spec.MaxReplicas < spec.MinReplicas)
        {
            errors.Invalid(
                path.Child("maxReplicas"), spec.MaxReplicas, "must be greater than or equal to `minReplicas`");
        }

        ValidateTarget(spec.ScaleTargetRef, old?.ScaleTargetRef, path.Child("scaleTargetRef"), errors);
        FieldPath metrics = path.Child("metrics");
        for (int i = 0; i < spec.Metrics.Count; i++)
        {
            MetricSpecRules.Validate(spec.Metrics[i], metrics.Index(i), errors);
        }

        if (spec.MinReplicas == 0
            && !spec.Metrics.Any(static one => one.Type is MetricSourceType.Object or MetricSourceType.External))
        {
            errors.Forbidden(
                metrics, "must specify at least one Object or External metric to support scaling to zero replicas");
        }

        if (spec.Behavior is { } behavior)
        {
            ValidateRules(behavior.ScaleUp, path.Child("behavior").Child("scaleUp"), errors);
            ValidateRules(behavior.ScaleDown, path.Child("behavior").Child("scaleDown"), errors);
        }
    }

    /// <summary>
    /// Only replication controllers scale without an API group. A version that was accepted once may stay.
    /// </summary>
    private static void ValidateTarget(
        CrossVersionObjectReference target, CrossVersionObjectReference? old, FieldPath path, FieldErrors errors)
    {
        MetricSpecRules.ValidateReference(target, path, errors);
        if (VersionError(target) is { } error && (old is null || VersionError(old) is null))
        {
            errors.Invalid(path.Child("apiVersion"), target.ApiVersion, error);
        }

        static string? VersionError(CrossVersionObjectReference reference) =>
            MetricSpecRules.VersionError(
                reference.ApiVersion, allowsEmptyGroup: reference.Kind == "ReplicationController");
    }

    private static void ValidateRules(HPAScalingRules? rules, FieldPath path, FieldErrors errors)
    {
        if (rules is null)
        {
            return;
        }

        FieldPath window = path.Child("stabilizationWindowSeconds");
        if (rules.StabilizationWindowSeconds is < 0 and { } negative)
        {
            errors.Invalid(window, negative, "must be greater than or equal to zero");
        }

        if (rules.StabilizationWindowSeconds is > StabilizationSecondsMax and { } large)
        {
            errors.Invalid(window, large, $"must be less than or equal to {StabilizationSecondsMax}");
        }

        if (rules.SelectPolicy is { } select
            && select is not (ScalingPolicySelect.Disabled or ScalingPolicySelect.Max or ScalingPolicySelect.Min))
        {
            errors.NotSupported(
                path.Child("selectPolicy"),
                select,
                ScalingPolicySelect.Disabled,
                ScalingPolicySelect.Max,
                ScalingPolicySelect.Min);
        }

        if (rules.Policies.Count == 0)
        {
            errors.Required(path.Child("policies"), "must specify at least one Policy");
        }

        for (int i = 0; i < rules.Policies.Count; i++)
        {
            ValidatePolicy(rules.Policies[i], path.Child("policies").Index(i), errors);
        }

        if (rules.Tolerance is { Sign: < 0 } tolerance)
        {
            errors.Invalid(path.Child("tolerance"), tolerance.ToString(), NumberRules.NonNegativeText);
        }
    }

    private static void ValidatePolicy(HPAScalingPolicy policy, FieldPath path, FieldErrors errors)
    {
        if (policy.Type is not (HPAScalingPolicyType.Percent or HPAScalingPolicyType.Pods))
        {
            errors.NotSupported(
                path.Child("type"), policy.Type, HPAScalingPolicyType.Percent, HPAScalingPolicyType.Pods);
        }

        if (policy.Value <= 0)
        {
            errors.Invalid(path.Child("value"), policy.Value, "must be greater than zero");
        }

        if (policy.PeriodSeconds <= 0)
        {
            errors.Invalid(path.Child("periodSeconds"), policy.PeriodSeconds, "must be greater than zero");
        }

        if (policy.PeriodSeconds > PeriodSecondsMax)
        {
            errors.Invalid(
                path.Child("periodSeconds"), policy.PeriodSeconds, $"must be less than or equal to {PeriodSecondsMax}");
        }
    }
}
