using Keelson.Api.Core.V1;
using Keelson.Client;
using Keelson.Machinery.Selectors;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.VolumeBinding;

/// <summary>Which volumes do for which claims.</summary>
internal static class VolumeMatching
{
    private const string Storage = "storage";

    /// <summary>
    /// The volume for a claim that names none: the one that a user reserved for it, else the smallest of those that
    /// are large enough, those with the fewest access modes first. Null when none does.
    /// </summary>
    /// <param name="claim">The claim.</param>
    /// <param name="volumes">The volumes.</param>
    /// <param name="isDelayed">True when the scheduler chooses: then only a reserved volume counts.</param>
    public static PersistentVolume? Best(
        PersistentVolumeClaim claim, IEnumerable<PersistentVolume> volumes, bool isDelayed)
    {
        Quantity wanted = SizeOf(claim);
        LabelMatcher? selector = claim.Spec.Selector is null ? null : claim.Spec.Selector.ToMatcher();
        string @class = StorageNotes.ClassOf(claim);
        PersistentVolume? best = null;
        foreach (PersistentVolume volume in volumes)
        {
            bool isReserved = IsFor(volume, claim);
            if ((volume.Spec.ClaimRef is not null && !isReserved)
                || volume.Metadata.DeletionTimestamp is not null
                || SizeOf(volume) < wanted
                || !HasSameMode(claim, volume)
                || !HasSameAttributesClass(claim, volume)
                || !HasAccessModes(claim, volume))
            {
                continue;
            }

            if (isReserved)
            {
                return volume;
            }

            if (!isDelayed
                && volume.Status.Phase == PersistentVolumePhase.Available
                && StorageNotes.ClassOf(volume) == @class
                && selector?.Matches(volume.Metadata.Labels) != false
                && (best is null || IsTighter(volume, best)))
            {
                best = volume;
            }
        }

        return best;
    }

    /// <summary>Why a claim can't have the volume that it names; null when it can.</summary>
    public static string? Mismatch(PersistentVolumeClaim claim, PersistentVolume volume)
    {
        if (volume.Metadata.DeletionTimestamp is not null)
        {
            return $"the volume is marked for deletion \"{volume.Metadata.Name}\"";
        }

        return SizeOf(volume).Value < SizeOf(claim).Value ? "requested PV is too small"
            : StorageNotes.ClassOf(volume) != StorageNotes.ClassOf(claim) ? "storageClassName does not match"
            : !HasSameAttributesClass(claim, volume) ? "volumeAttributesClassName does not match"
            : !HasSameMode(claim, volume) ? "incompatible volumeMode"
            : !HasAccessModes(claim, volume) ? "incompatible accessMode"
            : null;
    }

    /// <summary>True when a volume is bound to a claim, or reserved for it by name.</summary>
    public static bool IsFor(PersistentVolume volume, PersistentVolumeClaim claim) =>
        volume.Spec.ClaimRef is { } to
        && to.Name == claim.Metadata.Name
        && to.Namespace == claim.Metadata.Namespace
        && (to.Uid.Length == 0 || to.Uid == claim.Metadata.Uid);

    /// <summary>True when both are file systems, or both block devices.</summary>
    public static bool HasSameMode(PersistentVolumeClaim claim, PersistentVolume volume) =>
        (claim.Spec.VolumeMode ?? PersistentVolumeMode.Filesystem)
        == (volume.Spec.VolumeMode ?? PersistentVolumeMode.Filesystem);

    private static bool HasSameAttributesClass(PersistentVolumeClaim claim, PersistentVolume volume) =>
        (claim.Spec.VolumeAttributesClassName ?? "") == (volume.Spec.VolumeAttributesClassName ?? "");

    private static bool HasAccessModes(PersistentVolumeClaim claim, PersistentVolume volume)
    {
        foreach (string mode in claim.Spec.AccessModes)
        {
            if (!volume.Spec.AccessModes.Contains(mode))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsTighter(PersistentVolume one, PersistentVolume than)
    {
        int modes = one.Spec.AccessModes.Count.CompareTo(than.Spec.AccessModes.Count);
        return modes < 0 || (modes == 0 && SizeOf(one) < SizeOf(than));
    }

    private static Quantity SizeOf(PersistentVolumeClaim claim) =>
        claim.Spec.Resources.Requests.GetValueOrDefault(Storage);

    private static Quantity SizeOf(PersistentVolume volume) => volume.Spec.Capacity.GetValueOrDefault(Storage);
}
