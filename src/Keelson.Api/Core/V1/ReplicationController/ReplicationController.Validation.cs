using Keelson.Api.Apps.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

public sealed partial record ReplicationController
{
    /// <inheritdoc cref="IKind{T}.Validate"/>
    public static void Validate(ReplicationController obj, FieldErrors errors)
    {
        ReplicationControllerSpec spec = obj.Spec;
        FieldPath path = FieldPath.Of("spec");
        errors.NonNegative(path.Child("minReadySeconds"), spec.MinReadySeconds);
        if (spec.Selector.Count == 0)
        {
            errors.Required(path.Child("selector"), "");
        }

        if (spec.Replicas is { } replicas)
        {
            errors.NonNegative(path.Child("replicas"), replicas);
        }
        else
        {
            errors.Required(path.Child("replicas"), "");
        }

        ValidateTemplate(spec, path.Child("template"), errors);
    }

    /// <summary>Upstream checks an update as a new object and as a change, so causes of errors show twice.</summary>
    public static void ValidateUpdate(ReplicationController obj, ReplicationController old, FieldErrors errors)
    {
        Validate(obj, errors);
        Validate(obj, errors);
    }

    private static void ValidateTemplate(ReplicationControllerSpec spec, FieldPath path, FieldErrors errors)
    {
        if (spec.Template is not { } template)
        {
            errors.Required(path, "");
            return;
        }

        if (spec.Selector.Count > 0)
        {
            WorkloadRules.RequireMatch(new LabelSelector { MatchLabels = spec.Selector }, template, path, errors);
        }

        PodTemplateRules.Validate(template, path, errors);
        WorkloadRules.RequireLasting(template, path, "ReplicationController", errors);
    }

    private static void ValidateStatus(ReplicationController obj, ReplicationController old, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("status");
        ReplicationControllerStatus status = obj.Status;
        errors.NonNegative(path.Child("replicas"), status.Replicas);
        errors.NonNegative(path.Child("fullyLabeledReplicas"), status.FullyLabeledReplicas);
        errors.NonNegative(path.Child("readyReplicas"), status.ReadyReplicas);
        errors.NonNegative(path.Child("availableReplicas"), status.AvailableReplicas);
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
