using Keelson.Api.Core.V1;
using Keelson.Client.Events;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.VolumeBinding;

/// <summary>
/// What volumes and claims look like bound and unbound. What is as it should be comes back as the same record, so
/// that nothing is written.
/// </summary>
internal static class VolumeBond
{
    /// <summary>A volume that points at a claim.</summary>
    public static PersistentVolume Bound(PersistentVolume volume, PersistentVolumeClaim claim)
    {
        bool wasFor = VolumeMatching.IsFor(volume, claim);
        PersistentVolume bound = volume;
        if (!wasFor || volume.Spec.ClaimRef!.Uid != claim.Metadata.Uid)
        {
            bound = bound with { Spec = bound.Spec with { ClaimRef = EventRecorder.ReferenceTo(claim) } };
        }

        ApiMap<string> marked = Marked(bound.Metadata.Annotations, StorageNotes.BoundByController);
        return wasFor ? bound : bound with { Metadata = bound.Metadata with { Annotations = marked } };
    }

    /// <summary>A claim that points at a volume.</summary>
    public static PersistentVolumeClaim Bound(PersistentVolumeClaim claim, PersistentVolume volume)
    {
        bool pointed = claim.Spec.VolumeName == volume.Metadata.Name;
        ApiMap<string> annotations = Marked(claim.Metadata.Annotations, StorageNotes.BindCompleted);
        if (!pointed)
        {
            annotations = Marked(annotations, StorageNotes.BoundByController);
        }

        return pointed && annotations == claim.Metadata.Annotations ? claim : claim with
        {
            Metadata = claim.Metadata with { Annotations = annotations },
            Spec = claim.Spec with { VolumeName = volume.Metadata.Name },
        };
    }

    /// <summary>The status of a claim that is bound to a volume.</summary>
    public static PersistentVolumeClaimStatus BoundStatus(PersistentVolumeClaim claim, PersistentVolume volume)
    {
        PersistentVolumeClaimStatus status = claim.Status with { AccessModes = volume.Spec.AccessModes };

        // Later on the capacity belongs to whoever resizes: a file system may be smaller than its device.
        return status.Phase == PersistentVolumeClaimPhase.Bound ? status : status with
        {
            Phase = PersistentVolumeClaimPhase.Bound,
            Capacity = volume.Spec.Capacity,
            CurrentVolumeAttributesClassName = volume.Spec.VolumeAttributesClassName,
        };
    }

    /// <summary>The status of a claim that has no volume.</summary>
    public static PersistentVolumeClaimStatus UnboundStatus(PersistentVolumeClaim claim, string phase) =>
        claim.Status with
        {
            Phase = phase,
            AccessModes = default,
            Capacity = default,
        };

    /// <summary>A volume that is free again; one that a user reserved stays reserved.</summary>
    public static PersistentVolume Unbound(PersistentVolume volume) =>
        volume.Metadata.Annotations.ContainsKey(StorageNotes.BoundByController)
            ? volume with
            {
                Metadata = volume.Metadata with
                {
                    Annotations = volume.Metadata.Annotations.Without(StorageNotes.BoundByController),
                },
                Spec = volume.Spec with { ClaimRef = null },
            }
            : volume with { Spec = volume.Spec with { ClaimRef = volume.Spec.ClaimRef! with { Uid = "" } } };

    /// <summary>A claim that a provisioner is asked to make a volume for.</summary>
    public static PersistentVolumeClaim Provisioned(PersistentVolumeClaim claim, string provisioner)
    {
        ApiMap<string> annotations = claim.Metadata.Annotations;
        return annotations.GetValueOrDefault(StorageNotes.Provisioner) == provisioner ? claim : claim with
        {
            Metadata = claim.Metadata with
            {
                Annotations = annotations
                    .With(StorageNotes.BetaProvisioner, provisioner)
                    .With(StorageNotes.Provisioner, provisioner),
            },
        };
    }

    private static ApiMap<string> Marked(ApiMap<string> annotations, string mark) =>
        annotations.ContainsKey(mark) ? annotations : annotations.With(mark, "yes");
}
