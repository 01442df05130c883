using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Nodes;
using Keelson.Machinery.Values;
using Keelson.Nodes.Objects;

namespace Keelson.Nodes.Volumes;

/// <summary>A volume, or why it can't be told what it is.</summary>
/// <param name="Volume">The volume; null when there is an error.</param>
/// <param name="Error">Upstream's words, ready for an event.</param>
internal readonly record struct ResolvedVolume(PodVolume? Volume, string? Error);

/// <summary>Finds out what the volumes of a pod are: from claims to what they are bound to.</summary>
internal sealed class VolumeResolver(IApiClient client, OwnNode node)
{
    /// <summary>The volumes that containers of a pod use; others are left alone.</summary>
    public static IEnumerable<Volume> InUse(Pod pod)
    {
        (HashSet<string> mounted, HashSet<string> devices) = Uses(pod);
        return pod.Spec.Volumes.Where(one => mounted.Contains(one.Name) || devices.Contains(one.Name));
    }

    /// <summary>Resolves a volume of a pod.</summary>
    public async ValueTask<ResolvedVolume> ResolveAsync(Pod pod, Volume volume, CancellationToken cancellationToken)
    {
        string? claim = volume.VolumeSource switch
        {
            { PersistentVolumeClaim: { } source } => source.ClaimName,
            { Ephemeral: not null } => pod.Metadata.Name + "-" + volume.Name,
            _ => null,
        };
        PodVolume plain = new() { Pod = pod, Name = volume.Name, Source = volume.VolumeSource };
        if (claim is null)
        {
            return new(plain, null);
        }

        (PodVolume? bound, string? error) = await BoundAsync(plain, claim, cancellationToken);
        if (bound is null)
        {
            return new(null, $"Unable to attach or mount volumes: unmounted volumes=[{volume.Name}], unattached "
                + $"volumes=[], failed to process volumes=[{volume.Name}]: {error}");
        }

        string? refusal = await AffinityErrorAsync(bound, cancellationToken);
        return refusal is null ? new(bound, null) : new(null, refusal);
    }

    private static (HashSet<string> Mounted, HashSet<string> Devices) Uses(Pod pod)
    {
        HashSet<string> mounted = new(StringComparer.Ordinal);
        HashSet<string> devices = new(StringComparer.Ordinal);
        foreach (Container one in pod.Spec.InitContainers.Concat(pod.Spec.Containers))
        {
            Add(one.VolumeMounts, one.VolumeDevices);
        }

        foreach (EphemeralContainer one in pod.Spec.EphemeralContainers)
        {
            Add(one.EphemeralContainerCommon.VolumeMounts, one.EphemeralContainerCommon.VolumeDevices);
        }

        return (mounted, devices);

        void Add(ApiList<VolumeMount> mounts, ApiList<VolumeDevice> blocks)
        {
            mounted.UnionWith(mounts.Select(static one => one.Name));
            devices.UnionWith(blocks.Select(static one => one.Name));
        }
    }

    private async ValueTask<(PodVolume? Bound, string? Error)> BoundAsync(
        PodVolume volume, string claimName, CancellationToken cancellationToken)
    {
        string @namespace = volume.Pod.Metadata.Namespace;
        string about = $"error processing PVC {@namespace}/{claimName}: ";
        ApiResult<PersistentVolumeClaim> read =
            await client.GetAsync<PersistentVolumeClaim>(@namespace, claimName, cancellationToken);
        if (!read.TryGet(out PersistentVolumeClaim? claim, out Status? error))
        {
            return (null, about + "failed to fetch PVC from API server: " + error.Message);
        }

        if (ClaimError(volume, claim) is { } refusal)
        {
            return (null, refusal.IsAboutOwner ? refusal.Text : about + refusal.Text);
        }

        ApiResult<PersistentVolume> found =
            await client.GetAsync<PersistentVolume>("", claim.Spec.VolumeName, cancellationToken);
        if (!found.TryGet(out PersistentVolume? persistent, out error))
        {
            return (null, $"{about}failed to fetch PV {claim.Spec.VolumeName} from API server: {error.Message}");
        }

        if (PersistentError(claim, persistent) is { } words)
        {
            return (null, about + words);
        }

        string mode = persistent.Spec.VolumeMode ?? PersistentVolumeMode.Filesystem;
        (HashSet<string> mounted, HashSet<string> devices) = Uses(volume.Pod);
        if (mounted.Contains(volume.Name) && mode != PersistentVolumeMode.Filesystem)
        {
            return (null, $"volume {volume.Name} has volumeMode {mode}, but is specified in volumeMounts");
        }

        if (devices.Contains(volume.Name) && mode != PersistentVolumeMode.Block)
        {
            return (null, $"volume {volume.Name} has volumeMode {mode}, but is specified in volumeDevices");
        }

        bool isBlock = mode == PersistentVolumeMode.Block;
        return (volume with { Persistent = persistent, Claim = claim, IsBlock = isBlock }, null);
    }

    private static (string Text, bool IsAboutOwner)? ClaimError(PodVolume volume, PersistentVolumeClaim claim)
    {
        if (volume.Source.Ephemeral is not null
            && !claim.Metadata.OwnerReferences.Any(one =>
                one.Controller == true && one.Uid == volume.Pod.Metadata.Uid))
        {
            ObjectMeta of = claim.Metadata;
            return ($"PVC {of.Namespace}/{of.Name} was not created for pod "
                + $"{volume.Pod.Metadata.Namespace}/{volume.Pod.Metadata.Name} (pod is not owner)", true);
        }

        if (claim.Metadata.DeletionTimestamp is not null && claim.Metadata.Finalizers.Count == 0)
        {
            return ("PVC is being deleted", false);
        }

        bool isBound = claim.Status.Phase == PersistentVolumeClaimPhase.Bound && claim.Spec.VolumeName.Length > 0;
        return isBound ? null : ("PVC is not bound", false);
    }

    private static string? PersistentError(PersistentVolumeClaim claim, PersistentVolume persistent)
    {
        string name = persistent.Metadata.Name;
        return persistent.Spec.ClaimRef switch
        {
            null => $"found PV object {name} but it has a nil pv.Spec.ClaimRef indicating it is not yet bound to the "
                + "claim",
            { } reference when reference.Uid != claim.Metadata.Uid =>
                $"found PV object {name} but its pv.Spec.ClaimRef.UID {reference.Uid} does not point to claim.UID "
                + claim.Metadata.Uid,
            _ => null,
        };
    }

    private async ValueTask<string?> AffinityErrorAsync(PodVolume volume, CancellationToken cancellationToken)
    {
        if (volume.Persistent!.Spec.NodeAffinity?.Required is not { } required
            || await node.GetAsync(cancellationToken) is not { } own
            || required.NodeSelectorTerms.Any(term => NodeMatching.Meets(term, own)))
        {
            return null;
        }

        return $"MountVolume.NodeAffinity check failed for volume \"{volume.SpecName}\" : "
            + "no matching NodeSelectorTerms";
    }
}
