using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Client.Informers;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;
using Consumer = Keelson.Api.Resource.V1.ResourceClaimConsumerReference;

namespace Keelson.Client.Devices;

/// <summary>The claim that stands behind an entry of a pod's <c>spec.resourceClaims</c>.</summary>
/// <param name="Name">Its name; null when there is none, with or without a problem.</param>
/// <param name="MustBeOwned">True when it was made for the pod, and must belong to it.</param>
/// <param name="Problem">Why there is no name, in upstream's words; null when that is as it should be.</param>
public readonly record struct PodClaimName(string? Name, bool MustBeOwned, string? Problem);

/// <summary>Claims of devices and the pods that use them.</summary>
public static class DeviceClaims
{
    /// <summary>Keeps a claim while devices are allocated for it.</summary>
    public const string Finalizer = "resource.kubernetes.io/delete-protection";

    /// <summary>Marks the claim that stands for a pod's extended resources, with the value <c>true</c>.</summary>
    public const string ExtendedResourceAnnotation = "resource.kubernetes.io/extended-resource-claim";

    /// <summary>As many pods may use a claim.</summary>
    private const int MostConsumers = 256;

    /// <summary>The claim behind an entry. One that comes from a template shows in the pod's status.</summary>
    public static PodClaimName NameOf(Pod pod, PodResourceClaim entry)
    {
        if (entry.ResourceClaimName is { } name)
        {
            return new(name, false, null);
        }

        string key = $"pod \"{pod.Metadata.Namespace}/{pod.Metadata.Name}\"";
        if (entry.ResourceClaimTemplateName is null)
        {
            return new(null, false,
                $"{key}, spec.resourceClaim \"{entry.Name}\": none of the supported fields are set");
        }

        foreach (PodResourceClaimStatus status in pod.Status.ResourceClaimStatuses)
        {
            if (status.Name == entry.Name)
            {
                return new(status.ResourceClaimName, true, null);
            }
        }

        return new(null, false, $"{key}: ResourceClaim not created yet");
    }

    /// <summary>Why a claim is not the one that was made for a pod; null when it is.</summary>
    public static string? WhyNotFor(Pod pod, Claim claim)
    {
        ObjectMeta meta = claim.Metadata;
        return meta.Namespace == pod.Metadata.Namespace && OwningPod(claim)?.Uid == pod.Metadata.Uid
            ? null
            : $"ResourceClaim {meta.Namespace}/{meta.Name} was not created for pod "
                + $"{pod.Metadata.Namespace}/{pod.Metadata.Name} (pod is not owner)";
    }

    /// <summary>The pod that a claim was made for; null for claims of their own.</summary>
    public static OwnerReference? OwningPod(Claim claim)
    {
        foreach (OwnerReference one in claim.Metadata.OwnerReferences)
        {
            if (one is { Controller: true, ApiVersion: "v1", Kind: "Pod" })
            {
                return one;
            }
        }

        return null;
    }

    /// <summary>True for the claim that stands for a pod's extended resources.</summary>
    public static bool IsForExtendedResources(Claim claim) =>
        claim.Metadata.Annotations.GetValueOrDefault(ExtendedResourceAnnotation) == "true";

    /// <summary>The claims that were made for pods, by the pods' uids.</summary>
    public static IInformerIndex<Claim> ByOwningPod(IInformer<Claim> claims) => claims.Index(
        "owningPod", static claim => OwningPod(claim) is { } pod ? [pod.Uid] : []);

    /// <summary>True when a pod is among those that use a claim.</summary>
    public static bool IsReservedFor(Claim claim, string podUid)
    {
        foreach (Consumer one in claim.Status.ReservedFor)
        {
            if (one.Uid == podUid)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when there is room for another pod.</summary>
    public static bool CanBeReserved(Claim claim) => claim.Status.ReservedFor.Count < MostConsumers;

    /// <summary>A pod as one that uses a claim.</summary>
    public static Consumer ConsumerOf(Pod pod) =>
        new() { Resource = "pods", Name = pod.Metadata.Name, Uid = pod.Metadata.Uid };

    /// <summary>A claim with the finalizer, or without it.</summary>
    public static Claim Protected(Claim claim, bool isProtected)
    {
        bool has = claim.Metadata.Finalizers.Contains(Finalizer);
        return has == isProtected ? claim : claim with
        {
            Metadata = claim.Metadata with
            {
                Finalizers = isProtected ? claim.Metadata.Finalizers.Add(Finalizer)
                    : [.. claim.Metadata.Finalizers.Where(static one => one != Finalizer)],
            },
        };
    }
}
