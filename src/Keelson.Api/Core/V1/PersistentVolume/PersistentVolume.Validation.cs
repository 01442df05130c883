using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

public sealed partial record PersistentVolume
{
    private static readonly FieldPath SpecPath = FieldPath.Of("spec");

    /// <inheritdoc/>
    public static void Validate(PersistentVolume obj, FieldErrors errors) => PersistentVolumeSpecRules.Validate(obj, null, SpecPath, errors);

    /// <inheritdoc/>
    public static void ValidateUpdate(PersistentVolume obj, PersistentVolume old, FieldErrors errors)
    {
        ValidateVolume(obj, old, errors);
        ValidateVolume(obj, old, errors);
        ValidateSourceChange(obj.Spec.PersistentVolumeSource, old.Spec.PersistentVolumeSource, errors);
        if (obj.Spec.VolumeMode != old.Spec.VolumeMode)
        {
            string mode = obj.Spec.VolumeMode is null ? "null" : FieldErrors.Quote(obj.Spec.VolumeMode);
            errors.InvalidRaw(FieldPath.Of("volumeMode"), mode, "field is immutable");
        }

        if (old.Spec.NodeAffinity is { } affinity && !NodeAffinityRules.IsSame(obj.Spec.NodeAffinity, affinity))
        {
            errors.InvalidRaw(
                FieldPath.Of("nodeAffinity"),
                NodeAffinityRules.Render(obj.Spec.NodeAffinity),
                "field is immutable, except for updating from beta label to GA");
        }

        if (old.Spec.VolumeAttributesClassName is not null && obj.Spec.VolumeAttributesClassName is null)
        {
            errors.Forbidden(SpecPath.Child("volumeAttributesClassName"), "update from non-nil value to nil is forbidden");
        }
    }

    private static void ValidateVolume(PersistentVolume obj, PersistentVolume old, FieldErrors errors)
    {
        ObjectMetaRules.Validate(obj.Metadata, namespaced: false, NameRules.DnsSubdomain, ObjectMetaRules.Path, errors);
        PersistentVolumeSpecRules.Validate(obj, old, SpecPath, errors);
    }

    /// <summary>A source never changes; a secret for expansion may be added where there was none.</summary>
    private static void ValidateSourceChange(PersistentVolumeSource source, PersistentVolumeSource old, FieldErrors errors)
    {
        if (old.Csi is { ControllerExpandSecretRef: null } && source.Csi is { ControllerExpandSecretRef: not null } csi)
        {
            source = source with { Csi = csi with { ControllerExpandSecretRef = null } };
        }

        if (source != old)
        {
            string difference = ErrorValue.Difference(PersistentVolumeSourceText.Render(old), PersistentVolumeSourceText.Render(source));
            errors.Forbidden(SpecPath.Child("persistentvolumesource"), "spec.persistentvolumesource is immutable after creation\n" + difference);
        }
    }

    private static void ValidateStatusUpdate(PersistentVolume obj, PersistentVolume old, FieldErrors errors)
    {
        ObjectMetaRules.ValidateUpdate(obj.Metadata, old.Metadata, ObjectMetaRules.Path, errors);
        if (obj.Metadata.ResourceVersion.Length == 0)
        {
            errors.Required(FieldPath.Of("resourceVersion"), "");
        }
    }
}

/// <summary>The rule that a volume stays where it is.</summary>
internal static class NodeAffinityRules
{
    /// <summary>True when only beta labels gave way to their successors.</summary>
    public static bool IsSame(VolumeNodeAffinity? affinity, VolumeNodeAffinity old)
    {
        if (affinity is null || (affinity.Required is null) != (old.Required is null))
        {
            return false;
        }

        return affinity.Required is not { } required || old.Required is not { } before
            || (required.NodeSelectorTerms.Count == before.NodeSelectorTerms.Count
                && required.NodeSelectorTerms.Zip(before.NodeSelectorTerms).All(pair => IsSame(pair.First, pair.Second)));
    }

    public static string Render(VolumeNodeAffinity? affinity) => affinity is null ? "null" : ErrorValue.Object(
        ("Required", affinity.Required is not { } required ? "null" : ErrorValue.Object(
            ("NodeSelectorTerms", ErrorValue.List([.. required.NodeSelectorTerms.Select(term => ErrorValue.Object(
                ("MatchExpressions", ErrorValue.List([.. term.MatchExpressions.Select(Render)])),
                ("MatchFields", ErrorValue.List([.. term.MatchFields.Select(Render)]))))])))));

    private static bool IsSame(NodeSelectorTerm term, NodeSelectorTerm old) =>
        term.MatchExpressions.Count == old.MatchExpressions.Count
        && term.MatchFields == old.MatchFields
        && term.MatchExpressions.Zip(old.MatchExpressions).All(pair => pair.First == pair.Second
            || (DeprecatedLabels.IsReplacedBy(pair.Second.Key, pair.First.Key) && pair.First == pair.Second with { Key = pair.First.Key }));

    private static string Render(NodeSelectorRequirement requirement) => ErrorValue.Object(
        ("Key", ErrorValue.Json(requirement.Key)),
        ("Operator", ErrorValue.Json(requirement.Operator)),
        ("Values", requirement.Values.IsAbsent ? "null" : ErrorValue.Json(requirement.Values)));
}
