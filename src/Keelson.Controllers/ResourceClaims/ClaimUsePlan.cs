using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Resource.V1;
using Keelson.Client.Devices;
using Keelson.Controllers.Pods;
using Keelson.Machinery.Values;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Controllers.ResourceClaims;

/// <summary>What becomes of a claim whose pods come and go.</summary>
/// <param name="Status">The claim with the status it should have; null when that is as it should be.</param>
/// <param name="Unprotect">True when nothing keeps the claim any more.</param>
/// <param name="Delete">True when it was made for a pod that will not run any more.</param>
/// <param name="Problem">Who uses it in a way that is not known; nothing is done then.</param>
internal sealed record ClaimUsePlan(Claim? Status, bool Unprotect, bool Delete, string? Problem)
{
    private static readonly ClaimUsePlan Nothing = new(null, false, false, null);

    /// <summary>Decides.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="pod">A pod of its namespace by name, as the server has it; null when there is none.</param>
    /// <param name="known">A pod by name, as this process has it.</param>
    public static ClaimUsePlan Compute(Claim claim, Func<string, Pod?> pod, Func<string, Pod?> known)
    {
        List<ResourceClaimConsumerReference> users = [];
        foreach (ResourceClaimConsumerReference user in claim.Status.ReservedFor)
        {
            if (user.ApiGroup.Length > 0 || user.Resource != "pods")
            {
                return Nothing with { Problem = $"unsupported ReservedFor entry: {user.Resource}/{user.Name}" };
            }

            if (pod(user.Name) is { } there && there.Metadata.Uid == user.Uid && !IsDone(there))
            {
                users.Add(user);
            }
        }

        bool isProtected = claim.Metadata.Finalizers.Contains(DeviceClaims.Finalizer);
        bool hasLost = users.Count < claim.Status.ReservedFor.Count;
        bool isUnused = users.Count == 0;

        // Devices are given back with the last user. A claim that was never used keeps its devices: who gave it them
        // may be about to use it.
        bool givesBack = isUnused && isProtected && (hasLost || claim.Metadata.DeletionTimestamp is not null);
        ResourceClaimStatus status = claim.Status with
        {
            ReservedFor = hasLost ? new ApiList<ResourceClaimConsumerReference>([.. users]) : claim.Status.ReservedFor,
            Allocation = givesBack ? null : claim.Status.Allocation,
            Devices = givesBack && claim.Status.Allocation is not null ? default : claim.Status.Devices,
        };
        bool changes = hasLost || (givesBack && claim.Status.Allocation is not null);
        return new(
            changes ? claim with { Status = status } : null,
            isProtected && status.Allocation is null
                && (hasLost || (isUnused && claim.Metadata.DeletionTimestamp is not null)),
            isUnused && IsLeftOver(claim, known),
            null);
    }

    /// <summary>True when a pod will not use its claims any more.</summary>
    public static bool IsDone(Pod pod) =>
        PodFacts.IsEnded(pod) || (pod.Metadata.DeletionTimestamp is not null && pod.Spec.NodeName.Length == 0);

    /// <summary>Of a pod that is not known at all the garbage collector takes care.</summary>
    private static bool IsLeftOver(Claim claim, Func<string, Pod?> known) =>
        DeviceClaims.OwningPod(claim) is { } owner && known(owner.Name) is { } pod
        && (pod.Metadata.Uid != owner.Uid || IsDone(pod));
}
