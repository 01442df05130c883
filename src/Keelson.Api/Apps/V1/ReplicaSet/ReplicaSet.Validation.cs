using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Apps.V1;

public sealed partial record ReplicaSet
{
    /// <inheritdoc cref="IKind{T}.Validate"/>
    public static void Validate(ReplicaSet obj, FieldErrors errors)
    {
        ReplicaSetSpec spec = obj.Spec;
        FieldPath path = FieldPath.Of("spec");
        errors.NonNegative(path.Child("replicas"), spec.Replicas);
        errors.NonNegative(path.Child("minReadySeconds"), spec.MinReadySeconds);
        FieldPath selector = path.Child("selector");
        if (WorkloadRules.RequireSelector(spec.Selector, selector, "deployment", "invalid label selector", errors))
        {
            WorkloadRules.ReplicaTemplate(spec.Selector, spec.Template, path.Child("template"), errors);
        }
    }

    /// <summary>Upstream checks an update as a new object and as a change, so causes of errors show twice.</summary>
    public static void ValidateUpdate(ReplicaSet obj, ReplicaSet old, FieldErrors errors)
    {
        Validate(obj, errors);
        Validate(obj, errors);
        WorkloadRules.ImmutableSelector(obj.Spec.Selector, old.Spec.Selector, errors);
    }

    private static void ValidateStatus(ReplicaSet obj, ReplicaSet old, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("status");
        ReplicaSetStatus status = obj.Status;
        errors.NonNegative(path.Child("replicas"), status.Replicas);
        errors.NonNegative(path.Child("fullyLabeledReplicas"), status.FullyLabeledReplicas);
        errors.NonNegative(path.Child("readyReplicas"), status.ReadyReplicas);
        errors.NonNegative(path.Child("availableReplicas"), status.AvailableReplicas);
        errors.NonNegative(path.Child("terminatingReplicas"), status.TerminatingReplicas);
        errors.NonNegative(path.Child("observedGeneration"), status.ObservedGeneration);
        WorkloadRules.NotAboveReplicas(
            path.Child("fullyLabeledReplicas"), status.FullyLabeledReplicas, status.Replicas, errors);
        WorkloadRules.NotAboveReplicas(path.Child("readyReplicas"), status.ReadyReplicas, status.Replicas, errors);
        WorkloadRules.NotAboveReplicas(
            path.Child("availableReplicas"), status.AvailableReplicas, status.Replicas, errors);
        WorkloadRules.NotAboveReady(
            path.Child("availableReplicas"), status.AvailableReplicas, status.ReadyReplicas, errors);
    }
}
