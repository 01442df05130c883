using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Apps.V1;

public sealed partial record Deployment
{
    /// <inheritdoc cref="IKind{T}.Validate"/>
    public static void Validate(Deployment obj, FieldErrors errors) =>
        ValidateSpec(obj.Spec, FieldPath.Of("spec"), errors);

    /// <inheritdoc cref="IKind{T}.ValidateUpdate"/>
    public static void ValidateUpdate(Deployment obj, Deployment old, FieldErrors errors)
    {
        ValidateSpec(obj.Spec, FieldPath.Of("spec"), errors);
        WorkloadRules.ImmutableSelector(obj.Spec.Selector, old.Spec.Selector, errors);
    }

    private static void ValidateSpec(DeploymentSpec spec, FieldPath path, FieldErrors errors)
    {
        errors.NonNegative(path.Child("replicas"), spec.Replicas);
        FieldPath selector = path.Child("selector");
        if (WorkloadRules.RequireSelector(spec.Selector, selector, "deployment", "invalid label selector", errors))
        {
            WorkloadRules.ReplicaTemplate(spec.Selector, spec.Template, path.Child("template"), errors);
        }

        ValidateStrategy(spec.Strategy, path.Child("strategy"), errors);
        errors.NonNegative(path.Child("minReadySeconds"), spec.MinReadySeconds);
        errors.NonNegative(path.Child("revisionHistoryLimit"), spec.RevisionHistoryLimit);
        if (spec.ProgressDeadlineSeconds is { } deadline)
        {
            errors.NonNegative(path.Child("progressDeadlineSeconds"), deadline);
            if (deadline <= spec.MinReadySeconds)
            {
                errors.Invalid(path.Child("progressDeadlineSeconds"), deadline, "must be greater than minReadySeconds");
            }
        }
    }

    private static void ValidateStrategy(DeploymentStrategy strategy, FieldPath path, FieldErrors errors)
    {
        switch (strategy.Type)
        {
            case DeploymentStrategyType.Recreate:
                if (strategy.RollingUpdate is not null)
                {
                    errors.Forbidden(
                        path.Child("rollingUpdate"), "may not be specified when strategy `type` is 'Recreate'");
                }

                break;
            case DeploymentStrategyType.RollingUpdate:
                if (strategy.RollingUpdate is null)
                {
                    errors.Required(path.Child("rollingUpdate"), "this should be defaulted and never be nil");
                }
                else
                {
                    ValidateRolling(strategy.RollingUpdate, path.Child("rollingUpdate"), errors);
                }

                break;
            default:
                errors.NotSupportedRaw(
                    path,
                    UnversionedText.Of(strategy, DeploymentStrategy.WireSchema),
                    DeploymentStrategyType.Recreate,
                    DeploymentStrategyType.RollingUpdate);
                break;
        }
    }

    private static void ValidateRolling(RollingUpdateDeployment rolling, FieldPath path, FieldErrors errors)
    {
        IntOrString unavailable = rolling.MaxUnavailable ?? 0;
        IntOrString surge = rolling.MaxSurge ?? 0;
        errors.NumberOrPercent(path.Child("maxUnavailable"), unavailable);
        errors.NumberOrPercent(path.Child("maxSurge"), surge);
        if (NumberRules.Amount(unavailable) == 0 && NumberRules.Amount(surge) == 0)
        {
            NumberRules.Invalid(errors, path.Child("maxUnavailable"), unavailable, "may not be 0 when `maxSurge` is 0");
        }

        errors.AtMostAll(path.Child("maxUnavailable"), unavailable);
    }

    private static void ValidateStatus(Deployment obj, Deployment old, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("status");
        DeploymentStatus status = obj.Status;
        errors.NonNegative(path.Child("observedGeneration"), status.ObservedGeneration);
        errors.NonNegative(path.Child("replicas"), status.Replicas);
        errors.NonNegative(path.Child("updatedReplicas"), status.UpdatedReplicas);
        errors.NonNegative(path.Child("readyReplicas"), status.ReadyReplicas);
        errors.NonNegative(path.Child("availableReplicas"), status.AvailableReplicas);
        errors.NonNegative(path.Child("unavailableReplicas"), status.UnavailableReplicas);
        errors.NonNegative(path.Child("terminatingReplicas"), status.TerminatingReplicas);
        errors.NonNegative(path.Child("collisionCount"), status.CollisionCount);
        WorkloadRules.NotAboveReplicas(path.Child("updatedReplicas"), status.UpdatedReplicas, status.Replicas, errors);
        WorkloadRules.NotAboveReplicas(path.Child("readyReplicas"), status.ReadyReplicas, status.Replicas, errors);
        WorkloadRules.NotAboveReplicas(
            path.Child("availableReplicas"), status.AvailableReplicas, status.Replicas, errors);
        WorkloadRules.NotAboveReady(
            path.Child("availableReplicas"), status.AvailableReplicas, status.ReadyReplicas, errors);
        WorkloadRules.NotDecremented(status.CollisionCount, old.Status.CollisionCount, errors);
    }
}
