using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

public sealed partial record PersistentVolumeClaim
{
    /// <summary>Where the storage class stood before there was a field for it.</summary>
    internal const string ClassAnnotation = "volume.beta.kubernetes.io/storage-class";

    /// <inheritdoc/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <inheritdoc/>
    public static IReadOnlyList<SubresourceStrategy<PersistentVolumeClaim>> Subresources { get; } =
    [
        new("status", static (obj, old, _) => obj with { Spec = old.Spec }, ValidateStatusUpdate, ["spec"]),
    ];

    /// <inheritdoc/>
    public static PersistentVolumeClaim PrepareForCreate(PersistentVolumeClaim obj, WriteContext context) => obj with
    {
        Spec = ClaimSources.Align(ClaimSources.DropUnknown(ClaimSources.DropForeign(obj.Spec, null), null)),
        Status = PersistentVolumeClaimStatus.Empty with { Phase = PersistentVolumeClaimPhase.Pending },
    };

    /// <inheritdoc/>
    public static PersistentVolumeClaim PrepareForUpdate(PersistentVolumeClaim obj, PersistentVolumeClaim old, WriteContext context) => obj with
    {
        Spec = ClaimSources.DropUnknown(ClaimSources.DropForeign(obj.Spec, old.Spec), old.Spec),
        Status = old.Status,
    };

    /// <inheritdoc/>
    public static IEnumerable<string> Warnings(PersistentVolumeClaim obj, PersistentVolumeClaim? old)
    {
        if (obj.Metadata.Annotations.ContainsKey(ClassAnnotation))
        {
            yield return $"{ObjectMetaRules.Path.Child("annotations").Key(ClassAnnotation)}: deprecated since v1.8; use \"storageClassName\" attribute instead";
        }

        foreach (string warning in ClaimSources.Warnings(obj.Spec, FieldPath.Of("spec")))
        {
            yield return warning;
        }
    }
}
