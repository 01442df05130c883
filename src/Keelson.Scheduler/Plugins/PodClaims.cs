using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;
using Keelson.Client.Informers;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins;

/// <summary>The claims of pods, their volumes and classes.</summary>
internal sealed class PodClaims(IInformers informers)
{
    private const string ClassAnnotation = "volume.beta.kubernetes.io/storage-class";
    private const string BindCompleted = "pv.kubernetes.io/bind-completed";

    private readonly IInformer<PersistentVolumeClaim> _claims = informers.Of<PersistentVolumeClaim>();
    private readonly IInformer<PersistentVolume> _volumes = informers.Of<PersistentVolume>();
    private readonly IInformer<StorageClass> _classes = informers.Of<StorageClass>();

    /// <summary>A claim by name; null when there is none.</summary>
    public PersistentVolumeClaim? Claim(string @namespace, string name) => _claims.Find(@namespace, name);

    /// <summary>A volume by name; null when there is none.</summary>
    public PersistentVolume? Volume(string name) => _volumes.Find("", name);

    /// <summary>A class by name; null when there is none.</summary>
    public StorageClass? Class(string name) => _classes.Find("", name);

    /// <summary>All claims of a pod; with why the pod can't run when one of them is missing or can't be used.</summary>
    public PluginStatus? Of(PodInfo pod, string plugin, out List<PersistentVolumeClaim> claims)
    {
        claims = [];
        foreach (Volume volume in pod.Pod.Spec.Volumes)
        {
            bool isEphemeral = volume.VolumeSource.Ephemeral is not null;
            if (NameOf(pod, volume) is not { } name)
            {
                continue;
            }

            PersistentVolumeClaim? claim = Claim(pod.Namespace, name);
            if (Problem(pod, claim, name, isEphemeral) is { } problem)
            {
                return new(StatusCode.UnschedulableAndUnresolvable, plugin, problem);
            }

            claims.Add(claim!);
        }

        return null;
    }

    /// <summary>The name of the claim that a volume of a pod uses; null when it uses none.</summary>
    public static string? NameOf(PodInfo pod, Volume volume) =>
        volume.VolumeSource.PersistentVolumeClaim is { } claim ? claim.ClaimName
        : volume.VolumeSource.Ephemeral is not null ? pod.Key.Name + "-" + volume.Name
        : null;

    /// <summary>What is said about a claim that does not exist.</summary>
    public static string NotFound(string name) => $"persistentvolumeclaim \"{name}\" not found";

    /// <summary>The class of a claim; empty for none.</summary>
    public static string ClassOf(PersistentVolumeClaim claim) =>
        claim.Metadata.Annotations.GetValueOrDefault(ClassAnnotation) ?? claim.Spec.StorageClassName ?? "";

    /// <summary>The class of a volume; empty for none.</summary>
    public static string ClassOf(PersistentVolume volume) =>
        volume.Metadata.Annotations.GetValueOrDefault(ClassAnnotation) ?? volume.Spec.StorageClassName;

    /// <summary>True when a claim has its volume, and both know.</summary>
    public static bool IsBound(PersistentVolumeClaim claim) =>
        claim.Spec.VolumeName.Length > 0 && claim.Metadata.Annotations.ContainsKey(BindCompleted);

    private static string? Problem(PodInfo pod, PersistentVolumeClaim? claim, string name, bool isEphemeral)
    {
        if (claim is null)
        {
            return isEphemeral
                ? $"waiting for ephemeral volume controller to create the persistentvolumeclaim \"{name}\""
                : NotFound(name);
        }

        if (claim.Status.Phase == PersistentVolumeClaimPhase.Lost)
        {
            return $"persistentvolumeclaim \"{name}\" bound to non-existent persistentvolume "
                + $"\"{claim.Spec.VolumeName}\"";
        }

        if (claim.Metadata.DeletionTimestamp is not null)
        {
            return $"persistentvolumeclaim \"{name}\" is being deleted";
        }

        return isEphemeral && !IsOwner(pod, claim)
            ? $"PVC {pod.Namespace}/{name} was not created for pod {pod.Key} (pod is not owner)"
            : null;
    }

    private static bool IsOwner(PodInfo pod, PersistentVolumeClaim claim)
    {
        foreach (OwnerReference owner in claim.Metadata.OwnerReferences)
        {
            if (owner.Controller == true && owner.Uid == pod.Uid)
            {
                return true;
            }
        }

        return false;
    }
}
