using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Apps.V1;

public sealed partial record StatefulSet
{
    private const string UpdateText =
        "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
        + "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

    /// <inheritdoc cref="IKind{T}.Validate"/>
    public static void Validate(StatefulSet obj, FieldErrors errors) =>
        ValidateSpec(obj.Spec, FieldPath.Of("spec"), isUpdate: false, skipsTemplates: false, errors);

    /// <summary>
    /// Templates that were accepted once, before they were checked, do not stand in the way of other changes.
    /// </summary>
    public static void ValidateUpdate(StatefulSet obj, StatefulSet old, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("spec");
        FieldErrors oldErrors = new();
        ValidateSpec(old.Spec, path, isUpdate: true, skipsTemplates: false, oldErrors);
        ValidateSpec(obj.Spec, path, isUpdate: true, skipsTemplates: oldErrors.Count > 0, errors);
        StatefulSetSpec allowed = obj.Spec with
        {
            Replicas = old.Spec.Replicas,
            Ordinals = old.Spec.Ordinals,
            Template = old.Spec.Template,
            UpdateStrategy = old.Spec.UpdateStrategy,
            MinReadySeconds = old.Spec.MinReadySeconds,
            RevisionHistoryLimit = old.Spec.RevisionHistoryLimit,
            PersistentVolumeClaimRetentionPolicy = old.Spec.PersistentVolumeClaimRetentionPolicy,
        };
        if (!allowed.Equals(old.Spec))
        {
            errors.Forbidden(path, UpdateText);
        }
    }

    private static void ValidateSpec(
        StatefulSetSpec spec, FieldPath path, bool isUpdate, bool skipsTemplates, FieldErrors errors)
    {
        if (spec.PodManagementPolicy.Length == 0)
        {
            errors.Required(path.Child("podManagementPolicy"), "");
        }
        else if (spec.PodManagementPolicy
            is not (PodManagementPolicyType.OrderedReady or PodManagementPolicyType.Parallel))
        {
            errors.Invalid(
                path.Child("podManagementPolicy"), spec.PodManagementPolicy, "must be 'OrderedReady' or 'Parallel'");
        }

        ValidateUpdateStrategy(spec.UpdateStrategy, path.Child("updateStrategy"), errors);
        if (spec.PersistentVolumeClaimRetentionPolicy is { } policy)
        {
            FieldPath retention = path.Child("persistentVolumeClaimRetentionPolicy");
            ValidateRetention(policy.WhenDeleted, retention.Child("whenDeleted"), errors);
            ValidateRetention(policy.WhenScaled, retention.Child("whenScaled"), errors);
        }

        errors.NonNegative(path.Child("replicas"), spec.Replicas);
        errors.NonNegative(path.Child("minReadySeconds"), spec.MinReadySeconds);
        if (spec.Ordinals is { } ordinals)
        {
            errors.NonNegative(path.Child("ordinals.start"), ordinals.Start);
        }

        if (!isUpdate && spec.ServiceName.Length > 0)
        {
            foreach (string detail in ContentRules.Dns1123Label(spec.ServiceName))
            {
                errors.Invalid(path.Child("serviceName"), spec.ServiceName, detail);
            }
        }

        ValidateTemplates(spec, path, skipsTemplates, errors);
    }

    private static void ValidateTemplates(StatefulSetSpec spec, FieldPath path, bool skipsTemplates, FieldErrors errors)
    {
        FieldPath template = path.Child("template");
        if (WorkloadRules.RequireSelector(spec.Selector, path.Child("selector"), "statefulset", "", errors))
        {
            if (spec.Selector is null || !WorkloadRules.IsEmpty(spec.Selector))
            {
                WorkloadRules.RequireMatch(spec.Selector, spec.Template, template, errors);
            }

            if (!skipsTemplates)
            {
                PodTemplateRules.Validate(WithClaims(spec), template, errors);
            }
        }

        WorkloadRules.RequireLasting(spec.Template, template, "StatefulSet", errors);
        for (int i = 0; i < spec.VolumeClaimTemplates.Count && !skipsTemplates; i++)
        {
            PersistentVolumeClaimRules.ValidateSpec(
                spec.VolumeClaimTemplates[i].Spec, path.Child("volumeClaimTemplates").Index(i).Child("spec"), errors);
        }
    }

    /// <summary>The template as pods will have it: each claim template becomes a volume of the same name.</summary>
    private static PodTemplateSpec WithClaims(StatefulSetSpec spec)
    {
        PodTemplateSpec template = spec.Template;
        Volume[] missing =
        [
            .. spec.VolumeClaimTemplates
                .Select(static claim => claim.Metadata.Name)
                .Where(name => name.Length > 0 && !template.Spec.Volumes.Any(volume => volume.Name == name))
                .Distinct()
                .Select(static name => new Volume
                {
                    Name = name,
                    VolumeSource = new() { PersistentVolumeClaim = new() { ClaimName = name } },
                }),
        ];
        return missing.Length == 0
            ? template
            : template with { Spec = template.Spec with { Volumes = new([.. template.Spec.Volumes, .. missing]) } };
    }

    private static void ValidateUpdateStrategy(StatefulSetUpdateStrategy strategy, FieldPath path, FieldErrors errors)
    {
        switch (strategy.Type)
        {
            case "":
                errors.Required(path, "");
                break;
            case StatefulSetUpdateStrategyType.OnDelete:
                if (strategy.RollingUpdate is { } unused)
                {
                    errors.InvalidRaw(
                        path.Child("rollingUpdate"),
                        RollingText(unused),
                        "only allowed for updateStrategy 'RollingUpdate'");
                }

                break;
            case StatefulSetUpdateStrategyType.RollingUpdate:
                if (strategy.RollingUpdate is { } rolling)
                {
                    ValidateRolling(rolling, path.Child("rollingUpdate"), errors);
                }

                break;
            default:
                string nested = strategy.RollingUpdate is { } one ? RollingText(one) : "null";
                errors.InvalidRaw(
                    path,
                    $"{{\"Type\":{FieldErrors.Quote(strategy.Type)},\"RollingUpdate\":{nested}}}",
                    "must be 'RollingUpdate' or 'OnDelete'");
                break;
        }
    }

    /// <summary>The partition is a plain number upstream, so it shows as 0 where it is not set.</summary>
    private static string RollingText(RollingUpdateStatefulSetStrategy rolling) =>
        UnversionedText.Of(
            rolling with { Partition = rolling.Partition ?? 0 }, RollingUpdateStatefulSetStrategy.WireSchema);

    private static void ValidateRolling(RollingUpdateStatefulSetStrategy rolling, FieldPath path, FieldErrors errors)
    {
        errors.NonNegative(path.Child("partition"), rolling.Partition);
        if (rolling.MaxUnavailable is { } unavailable)
        {
            FieldPath field = path.Child("maxUnavailable");
            errors.NumberOrPercent(field, unavailable);
            if (NumberRules.Amount(unavailable) == 0)
            {
                NumberRules.Invalid(errors, field, unavailable, "cannot be 0");
            }

            errors.AtMostAll(field, unavailable);
        }
    }

    private static void ValidateRetention(string policy, FieldPath path, FieldErrors errors)
    {
        if (policy
            is not (PersistentVolumeClaimRetentionPolicyType.Retain or PersistentVolumeClaimRetentionPolicyType.Delete))
        {
            errors.NotSupported(
                path,
                policy,
                PersistentVolumeClaimRetentionPolicyType.Retain,
                PersistentVolumeClaimRetentionPolicyType.Delete);
        }
    }

    private static void ValidateStatus(StatefulSet obj, StatefulSet old, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("status");
        StatefulSetStatus status = obj.Status;
        errors.NonNegative(path.Child("replicas"), status.Replicas);
        errors.NonNegative(path.Child("readyReplicas"), status.ReadyReplicas);
        errors.NonNegative(path.Child("currentReplicas"), status.CurrentReplicas);
        errors.NonNegative(path.Child("updatedReplicas"), status.UpdatedReplicas);
        errors.NonNegative(path.Child("availableReplicas"), status.AvailableReplicas);
        errors.NonNegative(path.Child("observedGeneration"), status.ObservedGeneration);
        errors.NonNegative(path.Child("collisionCount"), status.CollisionCount);
        WorkloadRules.NotAboveReplicas(path.Child("readyReplicas"), status.ReadyReplicas, status.Replicas, errors);
        WorkloadRules.NotAboveReplicas(path.Child("currentReplicas"), status.CurrentReplicas, status.Replicas, errors);
        WorkloadRules.NotAboveReplicas(path.Child("updatedReplicas"), status.UpdatedReplicas, status.Replicas, errors);
        WorkloadRules.NotAboveReplicas(
            path.Child("availableReplicas"), status.AvailableReplicas, status.Replicas, errors);
        WorkloadRules.NotAboveReady(
            path.Child("availableReplicas"), status.AvailableReplicas, status.ReadyReplicas, errors);
        WorkloadRules.NotDecremented(status.CollisionCount, old.Status.CollisionCount, errors);
    }
}
