using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>The rules on volumes.</summary>
internal static class PersistentVolumeSpecRules
{
    /// <summary>Validates a volume; <paramref name="old"/> excuses what is stored already.</summary>
    public static void Validate(PersistentVolume obj, PersistentVolume? old, FieldPath path, FieldErrors errors)
    {
        PersistentVolumeSpec spec = obj.Spec;
        if (spec.AccessModes.Count == 0)
        {
            errors.Required(path.Child("accessModes"), "");
        }

        AccessModeRules.Validate(spec.AccessModes, path.Child("accessModes"), errors);
        ValidateCapacity(spec.Capacity, path.Child("capacity"), errors);
        ValidateReclaimPolicy(spec.PersistentVolumeReclaimPolicy, path.Child("persistentVolumeReclaimPolicy"), errors);
        if (spec.NodeAffinity is { } affinity)
        {
            ValidateAffinity(affinity, old?.Spec.NodeAffinity, path.Child("nodeAffinity"), errors);
        }

        PersistentVolumeSourceRules.Validate(obj, path, errors);
        if (spec.PersistentVolumeSource.HostPath is { } host && spec.PersistentVolumeReclaimPolicy == PersistentVolumeReclaimPolicy.Recycle
            && IsRoot(host.Path))
        {
            errors.Forbidden(path.Child("persistentVolumeReclaimPolicy"), "may not be 'recycle' for a hostPath mount of '/'");
        }

        if (spec.StorageClassName.Length > 0)
        {
            errors.Invalid(NameRules.DnsSubdomain(spec.StorageClassName, false), path, "storageClassName", spec.StorageClassName);
        }

        AccessModeRules.ValidateVolumeMode(spec.VolumeMode, path.Child("volumeMode"), errors);
        ValidateAttributesClass(spec, path, errors);
    }

    /// <summary>
    /// Validates a volume that an attachment describes on its own: one of a CSI driver, that no claim knows and nothing
    /// provisioned.
    /// </summary>
    public static void ValidateInline(PersistentVolumeSpec spec, FieldPath path, FieldErrors errors)
    {
        const string retain = $"may only be {PersistentVolumeReclaimPolicy.Retain} in the context of inline volumes";
        const string mode = $"may not specify volumeMode other than {PersistentVolumeMode.Filesystem} in the context of inline volumes";
        Forbid(spec.ClaimRef is not null, "claimRef");
        Forbid(spec.Capacity.Count > 0, "capacity");
        if (spec.PersistentVolumeSource.Csi is null)
        {
            errors.Required(path.Child("csi"), "has to be specified in the context of inline volumes");
        }

        if (spec.AccessModes.Count == 0)
        {
            errors.Required(path.Child("accessModes"), "");
        }

        AccessModeRules.Validate(spec.AccessModes, path.Child("accessModes"), errors);
        Forbid(
            spec.PersistentVolumeReclaimPolicy is not ("" or PersistentVolumeReclaimPolicy.Retain), "persistentVolumeReclaimPolicy", retain);
        Forbid(spec.NodeAffinity is not null, "nodeAffinity");
        PersistentVolumeSourceRules.Validate(new PersistentVolume { Spec = spec }, path, errors);
        Forbid(spec.StorageClassName.Length > 0, "storageClassName");
        Forbid(spec.VolumeMode is not (null or PersistentVolumeMode.Filesystem), "volumeMode", mode);
        ValidateAttributesClass(spec, path, errors);

        void Forbid(bool present, string field, string text = "may not be specified in the context of inline volumes")
        {
            if (present)
            {
                errors.Forbidden(path.Child(field), text);
            }
        }
    }

    private static void ValidateCapacity(ApiMap<Quantity> capacity, FieldPath path, FieldErrors errors)
    {
        if (capacity.Count == 0)
        {
            errors.Required(path, "");
        }

        if (!capacity.ContainsKey(PersistentVolumeClaimRules.Storage) || capacity.Count > 1)
        {
            errors.NotSupportedRaw(path, ErrorValue.Json(capacity), PersistentVolumeClaimRules.Storage);
        }

        foreach (KeyValuePair<string, Quantity> amount in capacity)
        {
            if (amount.Value.Value < 0)
            {
                errors.Invalid(path.Key(amount.Key), amount.Value.Value, "must be a valid resource quantity");
            }

            ResourceRules.ValidatePositive(amount.Value, path.Key(amount.Key), errors);
        }
    }

    private static void ValidateReclaimPolicy(string policy, FieldPath path, FieldErrors errors)
    {
        if (policy is not ("" or PersistentVolumeReclaimPolicy.Delete or PersistentVolumeReclaimPolicy.Recycle or PersistentVolumeReclaimPolicy.Retain))
        {
            errors.NotSupported(
                path, policy, PersistentVolumeReclaimPolicy.Delete, PersistentVolumeReclaimPolicy.Recycle, PersistentVolumeReclaimPolicy.Retain);
        }
    }

    private static void ValidateAffinity(VolumeNodeAffinity affinity, VolumeNodeAffinity? old, FieldPath path, FieldErrors errors)
    {
        if (affinity.Required is not { } required)
        {
            errors.Required(path.Child("required"), "must specify required node constraints");
            return;
        }

        bool lenient = old?.Required is { } stored && stored.NodeSelectorTerms.Any(term => term.MatchExpressions.Any(
            expression => expression.Values.Any(value => ContentRules.LabelValue(value).Any())));
        NodeSelectorRules.Validate(required, path.Child("required"), errors, lenient);
    }

    private static void ValidateAttributesClass(PersistentVolumeSpec spec, FieldPath path, FieldErrors errors)
    {
        if (spec.VolumeAttributesClassName is not { } name)
        {
            return;
        }

        if (name.Length == 0)
        {
            errors.Required(path.Child("volumeAttributesClassName"), "an empty string is disallowed");
        }
        else
        {
            errors.Invalid(NameRules.DnsSubdomain(name, false), path, "volumeAttributesClassName", name);
        }

        if (spec.PersistentVolumeSource.Csi is null)
        {
            errors.Required(path.Child("csi"), "has to be specified when using volumeAttributesClassName");
        }
    }

    private static bool IsRoot(string path)
    {
        int depth = 0;
        foreach (string part in path.Split('/'))
        {
            depth = part is "" or "." ? depth : part == ".." ? Math.Max(0, depth - 1) : depth + 1;
        }

        return path.StartsWith('/') && depth == 0;
    }
}
