using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

public sealed partial record PersistentVolume
{
    private const string MountOptionsAnnotation = "volume.beta.kubernetes.io/mount-options";

    /// <inheritdoc/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <inheritdoc/>
    public static IReadOnlyList<SubresourceStrategy<PersistentVolume>> Subresources { get; } =
        [new("status", PrepareStatus, ValidateStatusUpdate, ["spec"])];

    /// <inheritdoc/>
    public static PersistentVolume PrepareForCreate(PersistentVolume obj, WriteContext context) => obj with
    {
        Status = PersistentVolumeStatus.Empty with { Phase = PersistentVolumePhase.Pending, LastPhaseTransitionTime = context.Now },
    };

    /// <inheritdoc/>
    public static PersistentVolume PrepareForUpdate(PersistentVolume obj, PersistentVolume old, WriteContext context) =>
        obj with { Status = old.Status };

    /// <inheritdoc/>
    public static IEnumerable<string> Warnings(PersistentVolume obj, PersistentVolume? old)
    {
        List<string> warnings = [];
        FieldPath annotations = ObjectMetaRules.Path.Child("annotations");
        if (obj.Metadata.Annotations.ContainsKey(PersistentVolumeClaim.ClassAnnotation))
        {
            warnings.Add($"{annotations.Key(PersistentVolumeClaim.ClassAnnotation)}: deprecated since v1.8; use \"storageClassName\" attribute instead");
        }

        if (obj.Metadata.Annotations.ContainsKey(MountOptionsAnnotation))
        {
            warnings.Add($"{annotations.Key(MountOptionsAnnotation)}: deprecated since v1.31; use \"mountOptions\" attribute instead");
        }

        if (obj.Spec.PersistentVolumeReclaimPolicy == PersistentVolumeReclaimPolicy.Recycle)
        {
            warnings.Add("spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.");
        }

        WarnOfLabels(obj.Spec.NodeAffinity?.Required, warnings);
        WarnOfSource(obj.Spec.PersistentVolumeSource, warnings);
        return warnings;
    }

    /// <summary>The time of the last change of phase is set here unless the controller says itself.</summary>
    private static PersistentVolume PrepareStatus(PersistentVolume obj, PersistentVolume old, WriteContext context)
    {
        PersistentVolumeStatus status = obj.Status;
        bool samePhase = status.Phase == old.Status.Phase;
        if (samePhase && status.LastPhaseTransitionTime is null)
        {
            status = status with { LastPhaseTransitionTime = old.Status.LastPhaseTransitionTime };
        }
        else if (!samePhase
            && (status.LastPhaseTransitionTime is null || status.LastPhaseTransitionTime == old.Status.LastPhaseTransitionTime))
        {
            status = status with { LastPhaseTransitionTime = context.Now };
        }

        return obj with { Spec = old.Spec, Status = status };
    }

    private static void WarnOfLabels(NodeSelector? selector, List<string> warnings)
    {
        for (int term = 0; term < (selector?.NodeSelectorTerms.Count ?? 0); term++)
        {
            FieldPath path = FieldPath.Of("spec").Child("nodeAffinity").Child("required").Child("nodeSelectorTerms").Index(term);
            Machinery.Values.ApiList<NodeSelectorRequirement> expressions = selector!.NodeSelectorTerms[term].MatchExpressions;
            for (int i = 0; i < expressions.Count; i++)
            {
                if (DeprecatedLabels.Advice(expressions[i].Key) is { } advice)
                {
                    warnings.Add($"{path.Child("matchExpressions").Index(i).Child("key")}: {expressions[i].Key} is {advice}");
                }
            }
        }
    }

    private static void WarnOfSource(PersistentVolumeSource source, List<string> warnings)
    {
        (bool Used, string Warning)[] gone =
        [
            (source.Cephfs is not null, "spec.cephfs: deprecated in v1.28, non-functional in v1.31+"),
            (source.PhotonPersistentDisk is not null, "spec.photonPersistentDisk: deprecated in v1.11, non-functional in v1.16+"),
            (source.ScaleIO is not null, "spec.scaleIO: deprecated in v1.16, non-functional in v1.22+"),
            (source.Storageos is not null, "spec.storageOS: deprecated in v1.22, non-functional in v1.25+"),
            (source.Glusterfs is not null, "spec.glusterfs: deprecated in v1.25, non-functional in v1.26+"),
            (source.Rbd is not null, "spec.rbd: deprecated in v1.28, non-functional in v1.31+"),
        ];
        warnings.AddRange(gone.Where(one => one.Used).Select(one => one.Warning));
    }
}
