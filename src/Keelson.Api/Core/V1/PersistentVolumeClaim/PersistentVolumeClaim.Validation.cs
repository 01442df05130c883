using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record PersistentVolumeClaim
{
    private static readonly FieldPath SpecPath = FieldPath.Of("spec");

    /// <inheritdoc/>
    public static void Validate(PersistentVolumeClaim obj, FieldErrors errors) =>
        PersistentVolumeClaimRules.ValidateSpec(obj.Spec, null, SpecPath, errors);

    /// <inheritdoc/>
    public static void ValidateUpdate(PersistentVolumeClaim obj, PersistentVolumeClaim old, FieldErrors errors)
    {
        ValidateClaim(obj, old, errors);
        ObjectMetaRules.ValidateUpdate(obj.Metadata, old.Metadata, ObjectMetaRules.Path, errors);
        ValidateClaim(obj, old, errors);
        ValidateSpecChange(obj, old, errors);
        ValidateSizeChange(obj, old, errors);
        if (obj.Spec.VolumeMode != old.Spec.VolumeMode)
        {
            string mode = obj.Spec.VolumeMode is null ? "null" : FieldErrors.Quote(obj.Spec.VolumeMode);
            errors.InvalidRaw(FieldPath.Of("volumeMode"), mode, "field is immutable");
        }

        ValidateAttributesClassChange(obj.Spec.VolumeAttributesClassName, old, errors);
    }

    private static void ValidateClaim(PersistentVolumeClaim obj, PersistentVolumeClaim old, FieldErrors errors)
    {
        ObjectMetaRules.Validate(obj.Metadata, namespaced: true, NameRules.DnsSubdomain, ObjectMetaRules.Path, errors);
        PersistentVolumeClaimRules.ValidateSpec(obj.Spec, old.Spec, SpecPath, errors);
    }

    /// <summary>
    /// A claim stays what it is, so that quotas can't be outwitted. It may be bound once, given a class where it has none,
    /// and once bound its size and class of attributes may change.
    /// </summary>
    private static void ValidateSpecChange(PersistentVolumeClaim obj, PersistentVolumeClaim old, FieldErrors errors)
    {
        PersistentVolumeClaimSpec changed = obj.Spec;
        PersistentVolumeClaimSpec before = old.Spec;
        if (before.VolumeName.Length == 0)
        {
            before = before with { VolumeName = changed.VolumeName };
        }

        string? oldAnnotation = old.Metadata.Annotations.GetValueOrDefault(ClassAnnotation);
        string? annotation = obj.Metadata.Annotations.GetValueOrDefault(ClassAnnotation);
        bool classIsNew = before.StorageClassName is null && changed.StorageClassName is not null;
        if (oldAnnotation is not null && classIsNew && changed.StorageClassName == oldAnnotation
            && (annotation is null || annotation == oldAnnotation))
        {
            changed = changed with { StorageClassName = null };
        }
        else
        {
            if ((annotation ?? "") != (oldAnnotation ?? ""))
            {
                errors.Invalid(ObjectMetaRules.Path.Child("annotations").Child(ClassAnnotation), annotation, "field is immutable");
            }

            if (classIsNew && (oldAnnotation is null || changed.StorageClassName == oldAnnotation))
            {
                changed = changed with { StorageClassName = before.StorageClassName };
            }
        }

        if (obj.Status.Phase == PersistentVolumeClaimPhase.Bound)
        {
            changed = AllowForBound(changed, before, old.Spec.Resources.Requests.GetValueOrDefault(PersistentVolumeClaimRules.Storage));
        }

        if (changed != before)
        {
            string difference = ErrorValue.Difference(ClaimSpecText.Render(before), ClaimSpecText.Render(changed));
            errors.Forbidden(SpecPath, "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n" + difference);
        }
    }

    private static PersistentVolumeClaimSpec AllowForBound(PersistentVolumeClaimSpec changed, PersistentVolumeClaimSpec before, Quantity size)
    {
        if (!changed.Resources.Requests.IsAbsent)
        {
            ApiMap<Quantity> requests = changed.Resources.Requests.With(PersistentVolumeClaimRules.Storage, size);
            changed = changed with { Resources = changed.Resources with { Requests = requests } };
        }

        return changed with { VolumeAttributesClassName = before.VolumeAttributesClassName };
    }

    /// <summary>A claim that could not be expanded may ask for less again, but for more than it has.</summary>
    private static void ValidateSizeChange(PersistentVolumeClaim obj, PersistentVolumeClaim old, FieldErrors errors)
    {
        Quantity size = obj.Spec.Resources.Requests.GetValueOrDefault(PersistentVolumeClaimRules.Storage);
        Quantity oldSize = old.Spec.Resources.Requests.GetValueOrDefault(PersistentVolumeClaimRules.Storage);
        Quantity capacity = old.Status.Capacity.GetValueOrDefault(PersistentVolumeClaimRules.Storage);
        if (size < oldSize && size <= capacity)
        {
            FieldPath path = SpecPath.Child("resources").Child("requests").Child(PersistentVolumeClaimRules.Storage);
            errors.Forbidden(path, "field can not be less than status.capacity");
        }
    }

    /// <summary>Once a class is in force, the claim can change to another one but not to none.</summary>
    private static void ValidateAttributesClassChange(string? name, PersistentVolumeClaim old, FieldErrors errors)
    {
        const string inForce = "is forbidden when status.currentVolumeAttributesClassName is not nil";
        if (name != old.Spec.VolumeAttributesClassName && string.IsNullOrEmpty(name)
            && old.Status.CurrentVolumeAttributesClassName is not null)
        {
            string none = name is null ? "nil" : "empty string";
            errors.Forbidden(SpecPath.Child("volumeAttributesClassName"), $"update to {none} {inForce}");
        }
    }

    private static void ValidateStatusUpdate(PersistentVolumeClaim obj, PersistentVolumeClaim old, FieldErrors errors)
    {
        ObjectMetaRules.ValidateUpdate(obj.Metadata, old.Metadata, ObjectMetaRules.Path, errors);
        if (obj.Metadata.ResourceVersion.Length == 0)
        {
            errors.Required(FieldPath.Of("resourceVersion"), "");
        }

        if (obj.Spec.AccessModes.Count == 0)
        {
            errors.Required(FieldPath.Of("Spec").Child("accessModes"), "");
        }

        PersistentVolumeClaimStatusRules.Validate(obj.Status, FieldPath.Of("status"), errors);
    }
}

/// <summary>The rules on the sizes that a claim has and is on its way to.</summary>
internal static class PersistentVolumeClaimStatusRules
{
    public static void Validate(PersistentVolumeClaimStatus status, FieldPath path, FieldErrors errors)
    {
        foreach (KeyValuePair<string, Quantity> capacity in status.Capacity)
        {
            ValidateAmount(capacity.Value, path.Child("capacity").Key(capacity.Key), errors);
        }

        FieldPath states = path.Child("allocatedResourceStatuses");
        foreach (KeyValuePair<string, string> state in status.AllocatedResourceStatuses)
        {
            ValidateResource(state.Key, states, errors);
            ValidateState(state, states, errors);
        }

        FieldPath allocated = path.Child("allocatedResources");
        foreach (KeyValuePair<string, Quantity> resource in status.AllocatedResources)
        {
            if (ValidateResource(resource.Key, allocated, errors))
            {
                ValidateAmount(resource.Value, allocated.Key(resource.Key), errors);
            }
        }
    }

    private static void ValidateState(KeyValuePair<string, string> state, FieldPath path, FieldErrors errors)
    {
        string[] known =
        [
            ClaimResourceStatus.ControllerResizeInProgress,
            ClaimResourceStatus.ControllerResizeInfeasible,
            ClaimResourceStatus.NodeResizeInProgress,
            ClaimResourceStatus.NodeResizeInfeasible,
            ClaimResourceStatus.NodeResizePending,
        ];
        if (!known.Contains(state.Value))
        {
            Array.Sort(known, StringComparer.Ordinal);
            errors.NotSupported(path, state.Key, known);
        }
    }

    private static bool ValidateResource(string name, FieldPath path, FieldErrors errors)
    {
        int before = errors.Count;
        errors.Invalid(ContentRules.QualifiedName(name), path, name);
        if (errors.Count == before && ResourceRules.IsNative(name) && name != PersistentVolumeClaimRules.Storage)
        {
            errors.NotSupported(path, name, PersistentVolumeClaimRules.Storage);
        }

        return errors.Count == before;
    }

    private static void ValidateAmount(Quantity amount, FieldPath path, FieldErrors errors)
    {
        if (amount.Value < 0)
        {
            errors.Invalid(path, amount.Value, "must be a valid resource quantity");
        }
    }
}
