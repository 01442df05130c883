using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Server.Authorization.Nodes;

/// <summary>The kinds of objects a node may reach because of what runs on it.</summary>
internal enum ReachableKind
{
    Secret,
    ConfigMap,
    ServiceAccount,
    PersistentVolumeClaim,
    ResourceClaim,
    Pod,
}

/// <summary>An object a node may reach.</summary>
internal readonly record struct ReachableObject(ReachableKind Kind, string Namespace, string Name);

/// <summary>The objects that pods and volumes name.</summary>
internal static class ObjectReferences
{
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";

    /// <summary>What a pod's node has to reach for it: the pod itself, and what its spec names. A mirror pod gives
    /// access to nothing else, as nodes make those themselves.</summary>
    public static IEnumerable<ReachableObject> Of(Pod pod)
    {
        var (podNamespace, spec) = (pod.Metadata.Namespace, pod.Spec);
        IEnumerable<(ReachableKind Kind, string Name)> named = [(ReachableKind.Pod, pod.Metadata.Name)];
        if (!pod.Metadata.Annotations.ContainsKey(MirrorAnnotation))
        {
            named = named
                .Append((ReachableKind.ServiceAccount, spec.ServiceAccountName))
                .Concat(spec.ImagePullSecrets.Select(secret => (ReachableKind.Secret, secret.Name)))
                .Concat(spec.InitContainers.SelectMany(container => OfEnvironment(container.Env, container.EnvFrom)))
                .Concat(spec.Containers.SelectMany(container => OfEnvironment(container.Env, container.EnvFrom)))
                .Concat(spec.EphemeralContainers.SelectMany(container => OfEnvironment(
                    container.EphemeralContainerCommon.Env, container.EphemeralContainerCommon.EnvFrom)))
                .Concat(spec.Volumes.SelectMany(volume => OfVolume(pod, volume)))
                .Concat(ResourceClaims(pod));
        }
        return named
            .Where(reference => !string.IsNullOrEmpty(reference.Name))
            .Select(reference => new ReachableObject(reference.Kind, podNamespace, reference.Name))
            .Distinct();
    }

    /// <summary>The secrets of a volume that nodes read, rather than controllers.</summary>
    public static IEnumerable<ReachableObject> SecretsOf(PersistentVolume volume)
    {
        var source = volume.Spec.PersistentVolumeSource;
        var claimNamespace = volume.Spec.ClaimRef?.Namespace ?? "";
        IEnumerable<(string? Namespace, string? Name)> secrets =
        [
            (source.AzureFile?.SecretNamespace, source.AzureFile?.SecretName),
            (source.Cephfs?.SecretRef?.Namespace, source.Cephfs?.SecretRef?.Name),
            (source.Cinder?.SecretRef?.Namespace, source.Cinder?.SecretRef?.Name),
            (source.FlexVolume?.SecretRef?.Namespace, source.FlexVolume?.SecretRef?.Name),
            (source.Rbd?.SecretRef?.Namespace, source.Rbd?.SecretRef?.Name),
            (source.ScaleIO?.SecretRef?.Namespace, source.ScaleIO?.SecretRef?.Name),
            (source.Iscsi?.SecretRef?.Namespace, source.Iscsi?.SecretRef?.Name),
            (source.Storageos?.SecretRef?.Namespace, source.Storageos?.SecretRef?.Name),
            (source.Csi?.NodePublishSecretRef?.Namespace, source.Csi?.NodePublishSecretRef?.Name),
            (source.Csi?.NodeStageSecretRef?.Namespace, source.Csi?.NodeStageSecretRef?.Name),
            (source.Csi?.NodeExpandSecretRef?.Namespace, source.Csi?.NodeExpandSecretRef?.Name),
        ];
        return secrets
            .Where(secret => !string.IsNullOrEmpty(secret.Name))
            .Select(secret => new ReachableObject(
                ReachableKind.Secret,
                string.IsNullOrEmpty(secret.Namespace) ? claimNamespace : secret.Namespace,
                secret.Name!));
    }

    private static IEnumerable<(ReachableKind Kind, string Name)> OfEnvironment(
        ApiList<EnvVar> variables, ApiList<EnvFromSource> sources)
    {
        foreach (var variable in (IReadOnlyList<EnvVar>)variables)
        {
            if (variable.ValueFrom?.SecretKeyRef is { } secret)
            {
                yield return (ReachableKind.Secret, secret.LocalObjectReference.Name);
            }
            if (variable.ValueFrom?.ConfigMapKeyRef is { } configMap)
            {
                yield return (ReachableKind.ConfigMap, configMap.LocalObjectReference.Name);
            }
        }
        foreach (var source in (IReadOnlyList<EnvFromSource>)sources)
        {
            if (source.SecretRef is { } secret)
            {
                yield return (ReachableKind.Secret, secret.LocalObjectReference.Name);
            }
            if (source.ConfigMapRef is { } configMap)
            {
                yield return (ReachableKind.ConfigMap, configMap.LocalObjectReference.Name);
            }
        }
    }

    private static IEnumerable<(ReachableKind Kind, string Name)> OfVolume(Pod pod, Volume volume)
    {
        var source = volume.VolumeSource;
        var claim = source.PersistentVolumeClaim?.ClaimName
            ?? (source.Ephemeral is not null ? $"{pod.Metadata.Name}-{volume.Name}" : "");
        string?[] secrets =
        [
            source.Secret?.SecretName, source.AzureFile?.SecretName, source.Cephfs?.SecretRef?.Name,
            source.Cinder?.SecretRef?.Name, source.FlexVolume?.SecretRef?.Name, source.Rbd?.SecretRef?.Name,
            source.ScaleIO?.SecretRef?.Name, source.Iscsi?.SecretRef?.Name, source.Storageos?.SecretRef?.Name,
            source.Csi?.NodePublishSecretRef?.Name,
        ];
        IReadOnlyList<VolumeProjection> projections = source.Projected?.Sources ?? default;
        return
        [
            (ReachableKind.PersistentVolumeClaim, claim),
            (ReachableKind.ConfigMap, source.ConfigMap?.LocalObjectReference.Name ?? ""),
            .. secrets.Select(secret => (ReachableKind.Secret, secret ?? "")),
            .. projections.Select(one => (ReachableKind.Secret, one.Secret?.LocalObjectReference.Name ?? "")),
            .. projections.Select(one => (ReachableKind.ConfigMap, one.ConfigMap?.LocalObjectReference.Name ?? "")),
        ];
    }

    private static IEnumerable<(ReachableKind Kind, string Name)> ResourceClaims(Pod pod)
    {
        foreach (var claim in (IReadOnlyList<PodResourceClaim>)pod.Spec.ResourceClaims)
        {
            // A claim made from a template has a generated name, which the pod's status tells.
            var name = claim.ResourceClaimName ?? pod.Status.ResourceClaimStatuses
                .FirstOrDefault(status => status.Name == claim.Name)?.ResourceClaimName;
            yield return (ReachableKind.ResourceClaim, name ?? "");
        }
        yield return (ReachableKind.ResourceClaim, pod.Status.ExtendedResourceClaimStatus?.ResourceClaimName ?? "");
    }
}
