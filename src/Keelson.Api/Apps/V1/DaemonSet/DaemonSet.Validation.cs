using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Apps.V1;

public sealed partial record DaemonSet
{
    /// <inheritdoc cref="IKind{T}.Validate"/>
    public static void Validate(DaemonSet obj, FieldErrors errors)
    {
        DaemonSetSpec spec = obj.Spec;
        FieldPath path = FieldPath.Of("spec");
        int before = errors.Count;
        LabelSelectorRules.Validate(spec.Selector, path.Child("selector"), errors);
        if (errors.Count == before)
        {
            WorkloadRules.RequireMatch(spec.Selector, spec.Template, path.Child("template"), errors);
        }

        if (spec.Selector is { } selector && WorkloadRules.IsEmpty(selector))
        {
            errors.InvalidRaw(
                path.Child("selector"), UnversionedText.Wire(selector), "empty selector is invalid for daemonset");
        }

        PodTemplateRules.Validate(spec.Template, path.Child("template"), errors);
        WorkloadRules.RequireLasting(spec.Template, path.Child("template"), "DaemonSet", errors);
        errors.NonNegative(path.Child("minReadySeconds"), spec.MinReadySeconds);
        ValidateUpdateStrategy(spec.UpdateStrategy, path.Child("updateStrategy"), errors);
        errors.NonNegative(path.Child("revisionHistoryLimit"), spec.RevisionHistoryLimit);
    }

    /// <summary>Upstream checks an update as a new object and as a change, so causes of errors show twice.</summary>
    public static void ValidateUpdate(DaemonSet obj, DaemonSet old, FieldErrors errors)
    {
        Validate(obj, errors);
        Validate(obj, errors);
        WorkloadRules.ImmutableSelector(obj.Spec.Selector, old.Spec.Selector, errors);
    }

    private static void ValidateUpdateStrategy(DaemonSetUpdateStrategy strategy, FieldPath path, FieldErrors errors)
    {
        switch (strategy.Type)
        {
            case DaemonSetUpdateStrategyType.OnDelete:
                break;
            case DaemonSetUpdateStrategyType.RollingUpdate:
                if (strategy.RollingUpdate is { } rolling)
                {
                    ValidateRolling(rolling, path.Child("rollingUpdate"), errors);
                }
                else
                {
                    errors.Required(path.Child("rollingUpdate"), "");
                }

                break;
            default:
                errors.NotSupportedRaw(
                    path,
                    UnversionedText.Of(strategy, DaemonSetUpdateStrategy.WireSchema),
                    DaemonSetUpdateStrategyType.RollingUpdate,
                    DaemonSetUpdateStrategyType.OnDelete);
                break;
        }
    }

    private static void ValidateRolling(RollingUpdateDaemonSet rolling, FieldPath path, FieldErrors errors)
    {
        IntOrString unavailable = rolling.MaxUnavailable ?? 0;
        IntOrString surge = rolling.MaxSurge ?? 0;
        errors.NumberOrPercent(path.Child("maxUnavailable"), unavailable);
        errors.NumberOrPercent(path.Child("maxSurge"), surge);
        errors.AtMostAll(path.Child("maxUnavailable"), unavailable);
        errors.AtMostAll(path.Child("maxSurge"), surge);
        bool hasUnavailable = NumberRules.Amount(unavailable) != 0;
        bool hasSurge = NumberRules.Amount(surge) != 0;
        if (hasUnavailable && hasSurge)
        {
            NumberRules.Invalid(
                errors, path.Child("maxSurge"), surge, "may not be set when maxUnavailable is non-zero");
        }
        else if (!hasUnavailable && !hasSurge)
        {
            errors.Required(path.Child("maxUnavailable"), "cannot be 0 when maxSurge is 0");
        }
    }

    private static void ValidateStatus(DaemonSet obj, DaemonSet old, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("status");
        DaemonSetStatus status = obj.Status;
        errors.NonNegative(path.Child("currentNumberScheduled"), status.CurrentNumberScheduled);
        errors.NonNegative(path.Child("numberMisscheduled"), status.NumberMisscheduled);
        errors.NonNegative(path.Child("desiredNumberScheduled"), status.DesiredNumberScheduled);
        errors.NonNegative(path.Child("numberReady"), status.NumberReady);
        errors.NonNegative(path.Child("observedGeneration"), status.ObservedGeneration);
        errors.NonNegative(path.Child("updatedNumberScheduled"), status.UpdatedNumberScheduled);
        errors.NonNegative(path.Child("numberAvailable"), status.NumberAvailable);
        errors.NonNegative(path.Child("numberUnavailable"), status.NumberUnavailable);
        errors.NonNegative(path.Child("collisionCount"), status.CollisionCount);
        WorkloadRules.NotDecremented(status.CollisionCount, old.Status.CollisionCount, errors);
    }
}
