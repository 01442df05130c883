using Keelson.Api.Core.V1;
using Keelson.Client;
using Keelson.Client.Devices;
using Keelson.Scheduler.Snapshot;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>The claims of pods, and what events about them mean for pods that wait.</summary>
internal sealed class PodDevices(ClaimLedger ledger)
{
    /// <summary>The claims of a pod; null when one is missing, with upstream's words for it.</summary>
    public Claim[]? ClaimsOf(Pod pod, out string? problem)
    {
        problem = null;
        if (pod.Spec.ResourceClaims.Count == 0)
        {
            return [];
        }

        List<Claim> claims = [];
        foreach (PodResourceClaim entry in pod.Spec.ResourceClaims)
        {
            PodClaimName name = DeviceClaims.NameOf(pod, entry);
            problem = name.Problem;
            if (problem is null && name.Name is null)
            {
                // It was found out that the pod needs none.
                continue;
            }

            Claim? claim = problem is null ? ledger.Find(new(pod.Metadata.Namespace, name.Name!)) : null;
            problem ??= claim is null
                    ? $"could not find ResourceClaim \"{pod.Metadata.Namespace}/{name.Name}\""
                : claim.Metadata.DeletionTimestamp is not null
                    ? $"resourceclaim \"{claim.Metadata.Name}\" is being deleted"
                : name.MustBeOwned ? DeviceClaims.WhyNotFor(pod, claim)
                : null;
            if (problem is not null)
            {
                return null;
            }

            claims.Add(claim!);
        }

        return [.. claims];
    }

    /// <summary>A claim that lost its devices helps every pod; other changes only those that use it.</summary>
    public bool IsWorthAfterClaim(PodInfo pod, object? old, object? now)
    {
        if (now is null)
        {
            return old is Claim { Status.Allocation: not null } || IsMadeFor(pod, old as Claim);
        }

        if (now is not Claim changed || ClaimsOf(pod.Pod, out _) is not { } claims)
        {
            return false;
        }

        if (old is Claim { Status.Allocation: not null } && changed.Status.Allocation is null)
        {
            return true;
        }

        return claims.Any(one => one.Metadata.Uid == changed.Metadata.Uid)
            && (old is not Claim before || before.Status != changed.Status);
    }

    /// <summary>The claims that the pod waited for were made.</summary>
    public bool IsWorthAfterPod(PodInfo pod, object? old, object? now) =>
        now is PodInfo changed && changed.Uid == pod.Uid && ClaimsOf(changed.Pod, out _) is not null;

    private static bool IsMadeFor(PodInfo pod, Claim? claim) =>
        claim is not null && DeviceClaims.OwningPod(claim)?.Uid == pod.Uid;
}
