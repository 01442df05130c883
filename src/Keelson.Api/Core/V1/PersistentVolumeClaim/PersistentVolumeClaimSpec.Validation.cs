using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>The rules on the spec of claims, shared by claims, pod volumes and stateful sets.</summary>
public static class PersistentVolumeClaimRules
{
    internal const string Storage = "storage";

    /// <summary>Fills in what was left out: the volume mode is Filesystem. Amounts finer than a thousandth are rounded up.</summary>
    public static PersistentVolumeClaimSpec SetSpecDefaults(PersistentVolumeClaimSpec spec)
    {
        if (spec.VolumeMode is null)
        {
            spec = spec with { VolumeMode = PersistentVolumeMode.Filesystem };
        }

        VolumeResourceRequirements rounded = spec.Resources with
        {
            Limits = ResourceRules.SetDefaults(spec.Resources.Limits),
            Requests = ResourceRules.SetDefaults(spec.Resources.Requests),
        };
        return rounded == spec.Resources ? spec : spec with { Resources = rounded };
    }

    /// <summary>Validates the spec of a new claim.</summary>
    public static void ValidateSpec(PersistentVolumeClaimSpec spec, FieldPath path, FieldErrors errors) =>
        ValidateSpec(spec, null, path, errors);

    /// <summary>Validates the template of a claim that is made for a pod.</summary>
    public static void ValidateTemplate(PersistentVolumeClaimTemplate template, FieldPath path, FieldErrors errors)
    {
        FieldPath meta = path.Child("metadata");
        ObjectMetaRules.ValidateAnnotations(template.Metadata.Annotations, meta.Child("annotations"), errors);
        ObjectMetaRules.ValidateLabels(template.Metadata.Labels, meta.Child("labels"), errors);
        ForbidOtherMetadata(template.Metadata, meta, errors);
        ValidateSpec(template.Spec, null, path.Child("spec"), errors);
    }

    /// <summary>Validates a spec; <paramref name="old"/> excuses what is stored already.</summary>
    internal static void ValidateSpec(
        PersistentVolumeClaimSpec spec, PersistentVolumeClaimSpec? old, FieldPath path, FieldErrors errors)
    {
        if (spec.AccessModes.Count == 0)
        {
            errors.Required(path.Child("accessModes"), "at least 1 access mode is required");
        }

        if (spec.Selector is not null)
        {
            LabelSelectorRules.Validate(spec.Selector, path.Child("selector"), errors, LabelSelectorRules.HasInvalidValues(old?.Selector));
        }

        AccessModeRules.Validate(spec.AccessModes, path.Child("accessModes"), errors);
        ValidateStorage(spec.Resources.Requests, path.Child("resources").Key(Storage), errors);
        ClassName(spec.StorageClassName, path, "storageClassName", errors);
        AccessModeRules.ValidateVolumeMode(spec.VolumeMode, path.Child("volumeMode"), errors);
        bool anyGroup = old?.DataSource?.ApiGroup is not null || old?.DataSourceRef?.ApiGroup is not null;
        if (spec.DataSource is { } source)
        {
            ValidateSource(source.ApiGroup, source.Kind, source.Name, path.Child("dataSource"), anyGroup, errors);
        }

        if (spec.DataSourceRef is { } reference)
        {
            FieldPath at = path.Child("dataSourceRef");
            ValidateSource(reference.ApiGroup, reference.Kind, reference.Name, at, anyGroup, errors);
            if (!string.IsNullOrEmpty(reference.Namespace))
            {
                errors.Invalid(NameRules.DnsLabel(reference.Namespace, false), at, "namespace", reference.Namespace);
            }
        }

        ValidateSourcesAgree(spec, path, errors);
        ClassName(spec.VolumeAttributesClassName, path, "volumeAttributesClassName", errors);
    }

    private static void ForbidOtherMetadata(ObjectMeta meta, FieldPath path, FieldErrors errors)
    {
        (string Field, bool IsSet)[] others =
        [
            ("name", meta.Name.Length > 0),
            ("generateName", meta.GenerateName.Length > 0),
            ("namespace", meta.Namespace.Length > 0),
            ("selfLink", meta.SelfLink.Length > 0),
            ("uID", meta.Uid.Length > 0),
            ("resourceVersion", meta.ResourceVersion.Length > 0),
            ("generation", meta.Generation != 0),
            ("creationTimestamp", !meta.CreationTimestamp.IsZero),
            ("deletionTimestamp", meta.DeletionTimestamp is not null),
            ("deletionGracePeriodSeconds", meta.DeletionGracePeriodSeconds is not null),
            ("ownerReferences", meta.OwnerReferences.Count > 0),
            ("finalizers", meta.Finalizers.Count > 0),
            ("managedFields", meta.ManagedFields.Count > 0),
        ];
        foreach ((string field, bool isSet) in others)
        {
            if (isSet)
            {
                errors.Forbidden(path.Child(field), "cannot be set");
            }
        }
    }

    private static void ValidateStorage(ApiMap<Quantity> requests, FieldPath path, FieldErrors errors)
    {
        if (!requests.TryGetValue(Storage, out Quantity amount))
        {
            errors.Required(path, "");
            return;
        }

        ResourceRules.ValidatePositive(amount, path, errors);
    }

    private static void ClassName(string? name, FieldPath path, string field, FieldErrors errors)
    {
        if (!string.IsNullOrEmpty(name))
        {
            errors.Invalid(NameRules.DnsSubdomain(name, false), path, field, name);
        }
    }

    private static void ValidateSource(
        string? group, string kind, string name, FieldPath path, bool anyGroup, FieldErrors errors)
    {
        if (name.Length == 0)
        {
            errors.Required(path.Child("name"), "");
        }

        if (kind.Length == 0)
        {
            errors.Required(path.Child("kind"), "");
        }

        if (string.IsNullOrEmpty(group))
        {
            if (kind != PersistentVolumeClaim.Info.Kind)
            {
                errors.Invalid(path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
            }
        }
        else if (!anyGroup)
        {
            errors.Invalid(ContentRules.Dns1123Subdomain(group), path, "apiGroup", group);
        }
    }

    private static void ValidateSourcesAgree(PersistentVolumeClaimSpec spec, FieldPath path, FieldErrors errors)
    {
        if (spec.DataSource is not { } source || spec.DataSourceRef is not { } reference)
        {
            return;
        }

        // Upstream prints the path of the field in place of its value, which comes out empty.
        const string rendered = "{}";
        if (!string.IsNullOrEmpty(reference.Namespace))
        {
            errors.InvalidRaw(path, rendered, "may not be specified when dataSourceRef.namespace is specified");
        }
        else if (source.ApiGroup != reference.ApiGroup || source.Kind != reference.Kind || source.Name != reference.Name)
        {
            errors.InvalidRaw(path, rendered, "must match dataSourceRef");
        }
    }
}

/// <summary>How volumes may be used.</summary>
internal static class AccessModeRules
{
    /// <summary>Known modes only, and the exclusive one only by itself.</summary>
    public static void Validate(ApiList<string> modes, FieldPath path, FieldErrors errors)
    {
        bool onePod = false;
        bool others = false;
        foreach (string mode in modes)
        {
            bool known = mode is PersistentVolumeAccessMode.ReadOnlyMany or PersistentVolumeAccessMode.ReadWriteMany
                or PersistentVolumeAccessMode.ReadWriteOnce or PersistentVolumeAccessMode.ReadWriteOncePod;
            if (!known)
            {
                errors.NotSupported(
                    path,
                    mode,
                    PersistentVolumeAccessMode.ReadOnlyMany,
                    PersistentVolumeAccessMode.ReadWriteMany,
                    PersistentVolumeAccessMode.ReadWriteOnce,
                    PersistentVolumeAccessMode.ReadWriteOncePod);
            }

            onePod |= mode == PersistentVolumeAccessMode.ReadWriteOncePod;
            others |= known && mode != PersistentVolumeAccessMode.ReadWriteOncePod;
        }

        if (onePod && others)
        {
            errors.Forbidden(path, "may not use ReadWriteOncePod with other access modes");
        }
    }

    /// <summary>Block or Filesystem.</summary>
    public static void ValidateVolumeMode(string? mode, FieldPath path, FieldErrors errors)
    {
        if (mode is not (null or PersistentVolumeMode.Block or PersistentVolumeMode.Filesystem))
        {
            errors.NotSupported(path, mode, PersistentVolumeMode.Block, PersistentVolumeMode.Filesystem);
        }
    }

    /// <summary>The modes as tables show them: <c>RWO,ROX</c>, each once.</summary>
    public static string Format(ApiList<string> modes)
    {
        (string Mode, string Short)[] known =
        [
            (PersistentVolumeAccessMode.ReadWriteOnce, "RWO"),
            (PersistentVolumeAccessMode.ReadOnlyMany, "ROX"),
            (PersistentVolumeAccessMode.ReadWriteMany, "RWX"),
            (PersistentVolumeAccessMode.ReadWriteOncePod, "RWOP"),
        ];
        return string.Join(',', known.Where(one => modes.AsSpan().Contains(one.Mode)).Select(one => one.Short));
    }
}
