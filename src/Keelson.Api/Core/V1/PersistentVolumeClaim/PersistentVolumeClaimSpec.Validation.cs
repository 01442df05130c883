using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

/// <summary>The rules on the spec of claims, shared by claims, pod volumes and stateful sets.</summary>
public static partial class PersistentVolumeClaimRules
{
    /// <summary>Fills in what was left out: the volume mode is Filesystem.</summary>
    public static PersistentVolumeClaimSpec SetSpecDefaults(PersistentVolumeClaimSpec spec) =>
        spec.VolumeMode is null ? spec with { VolumeMode = PersistentVolumeMode.Filesystem } : spec;

    /// <summary>Validates the spec of a new claim.</summary>
    public static void ValidateSpec(PersistentVolumeClaimSpec spec, FieldPath path, FieldErrors errors)
    {
    }

    /// <summary>Validates the template of a claim that is made for a pod.</summary>
    public static void ValidateTemplate(PersistentVolumeClaimTemplate template, FieldPath path, FieldErrors errors) =>
        ValidateSpec(template.Spec, path.Child("spec"), errors);
}
