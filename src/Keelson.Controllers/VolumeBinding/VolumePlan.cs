using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.VolumeBinding;

/// <summary>What to do about a volume.</summary>
internal enum VolumeStep
{
    /// <summary>Nothing but what the plan says besides.</summary>
    None,

    /// <summary>Its annotations are written; that leads to another look.</summary>
    Write,

    /// <summary>It gets a phase.</summary>
    Phase,

    /// <summary>Its binding is taken back.</summary>
    Unbind,

    /// <summary>Its claim is gone: it is released, and done with as its policy says.</summary>
    Reclaim,
}

/// <summary>How a released volume is done with.</summary>
internal enum ReclaimStep
{
    /// <summary>It is left to the administrator, or to a provisioner.</summary>
    Leave,

    /// <summary>What it holds is deleted, then the volume.</summary>
    Delete,

    /// <summary>What it holds is deleted, then it is free again.</summary>
    Recycle,

    /// <summary>It can't be done with, which its status says.</summary>
    Fail,
}

/// <summary>What to do about a volume.</summary>
/// <param name="Step">The kind of step.</param>
/// <param name="Phase">The phase that it gets; empty for the one that it has.</param>
/// <param name="Changed">The volume, when it is to be written.</param>
/// <param name="ClaimIsBehind">True when its claim has yet to take note of it.</param>
/// <param name="Events">What to tell of the volume and of its claim; null for nothing.</param>
internal sealed record VolumePlan(
    VolumeStep Step,
    string Phase = "",
    PersistentVolume? Changed = null,
    bool ClaimIsBehind = false,
    (VolumeEvent OfVolume, VolumeEvent OfClaim)? Events = null)
{
    private const string Warning = "Warning";
    private const string PluginPrefix = "kubernetes.io/";

    /// <summary>Decides.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="claim">What is there by the name of its claim; null for nothing.</param>
    public static VolumePlan Compute(PersistentVolume volume, PersistentVolumeClaim? claim)
    {
        ApiMap<string> annotations = StorageNotes.WithMigration(
            volume.Metadata.Annotations, volume.Metadata.Annotations.GetValueOrDefault(StorageNotes.ProvisionedBy));
        if (annotations != volume.Metadata.Annotations)
        {
            ObjectMeta meta = volume.Metadata with { Annotations = annotations };
            return new(VolumeStep.Write, Changed: volume with { Metadata = meta });
        }

        if (volume.Spec.ClaimRef is not { } to || to.Uid.Length == 0)
        {
            return new(VolumeStep.Phase, PersistentVolumePhase.Available);
        }

        return claim is null || claim.Metadata.Uid != to.Uid ? Released(volume)
            : claim.Spec.VolumeName.Length == 0 ? Unclaimed(volume, claim)
            : claim.Spec.VolumeName == volume.Metadata.Name ? new(VolumeStep.Phase, PersistentVolumePhase.Bound)
            : Elsewhere(volume);
    }

    /// <summary>How a released volume is done with, and what to tell of it.</summary>
    public static (ReclaimStep Step, VolumeEvent? Event) Reclaim(PersistentVolume volume)
    {
        string policy = volume.Spec.PersistentVolumeReclaimPolicy;
        if (volume.Metadata.Annotations.ContainsKey(StorageNotes.MigratedTo)
            || policy == PersistentVolumeReclaimPolicy.Retain)
        {
            return (ReclaimStep.Leave, null);
        }

        if (policy == PersistentVolumeReclaimPolicy.Recycle)
        {
            const string NoPlugin = "No recycler plugin found for the volume!";
            return VolumeRecycling.IsPossible(volume)
                ? (ReclaimStep.Recycle, null)
                : (ReclaimStep.Fail, new(Warning, "VolumeFailedRecycle", NoPlugin));
        }

        if (policy != PersistentVolumeReclaimPolicy.Delete)
        {
            const string Unrecognized = "Volume has unrecognized PersistentVolumeReclaimPolicy";
            return (ReclaimStep.Fail, new(Warning, "VolumeUnknownReclaimPolicy", Unrecognized));
        }

        return Deletion(volume) is { Length: > 0 } problem
            ? (ReclaimStep.Fail, new(Warning, "VolumeFailedDelete", problem))
            : (IsExternal(volume) ? ReclaimStep.Leave : ReclaimStep.Delete, null);
    }

    private static bool IsExternal(PersistentVolume volume) =>
        volume.Metadata.Annotations.GetValueOrDefault(StorageNotes.ProvisionedBy) is { Length: > 0 } by
        && !by.StartsWith(PluginPrefix, StringComparison.Ordinal);

    /// <summary>Why nobody can delete what a volume holds; empty when somebody can.</summary>
    private static string Deletion(PersistentVolume volume)
    {
        if (IsExternal(volume))
        {
            return "";
        }

        string by = volume.Metadata.Annotations.GetValueOrDefault(StorageNotes.ProvisionedBy) ?? "";
        PersistentVolumeSource source = volume.Spec.PersistentVolumeSource;
        string Unknown(string why) =>
            $"error getting deleter volume plugin for volume \"{volume.Metadata.Name}\": {why}";
        return by.Length > 0 && by != "kubernetes.io/host-path" ? "no volume plugin matched name: " + by
            : source.HostPath is { } path
                ? path.Path.StartsWith("/tmp/", StringComparison.Ordinal) && path.Path.Length > "/tmp/".Length
                    ? ""
                    : "host_path deleter only supports /tmp/.+ but received provided " + path.Path
            : source.Nfs is not null || source.Local is not null || source.Csi is not null
                ? Unknown("no deletable volume plugin matched")
            : Unknown("no volume plugin matched");
    }

    /// <summary>A failure stays visible while it is tried again.</summary>
    private static VolumePlan Released(PersistentVolume volume) => new(
        VolumeStep.Reclaim,
        volume.Status.Phase is PersistentVolumePhase.Released or PersistentVolumePhase.Failed
            ? ""
            : PersistentVolumePhase.Released);

    private static VolumePlan Unclaimed(PersistentVolume volume, PersistentVolumeClaim claim)
    {
        if (VolumeMatching.HasSameMode(claim, volume))
        {
            return new(VolumeStep.None, ClaimIsBehind: true);
        }

        VolumeEvent Told(string what) => new(Warning, "VolumeMismatch", what + " due to incompatible volumeMode.");
        return new(VolumeStep.None, Events: (
            Told($"Cannot bind PersistentVolume to requested PersistentVolumeClaim \"{claim.Metadata.Name}\""),
            Told($"Cannot bind PersistentVolume \"{volume.Metadata.Name}\" to requested PersistentVolumeClaim")));
    }

    /// <summary>The claim took another volume: one that was made for it is of no use any more.</summary>
    private static VolumePlan Elsewhere(PersistentVolume volume)
    {
        bool isMade = volume.Metadata.Annotations.ContainsKey(StorageNotes.ProvisionedBy)
            && volume.Spec.PersistentVolumeReclaimPolicy == PersistentVolumeReclaimPolicy.Delete;
        return isMade
            ? Released(volume)
            : new(VolumeStep.Unbind, PersistentVolumePhase.Available, VolumeBond.Unbound(volume));
    }
}
