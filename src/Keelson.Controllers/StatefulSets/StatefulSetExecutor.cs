using Keelson.Api.Apps.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Events;
using Keelson.Client.Informers;
using Keelson.Controllers.Workloads;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.StatefulSets;

/// <summary>Does what a plan says for one stateful set, in order, up to the first refusal.</summary>
internal sealed class StatefulSetExecutor(
    StatefulSet set, IApiClient client, EventRecorder events, IInformer<PersistentVolumeClaim> claims)
{
    /// <summary>Does it; the result is the first refusal.</summary>
    public async Task<Status?> ExecuteAsync(
        StatefulSetPlan plan, ControllerRevision current, ControllerRevision update, CancellationToken cancellationToken)
    {
        foreach (Pod pod in plan.Keep)
        {
            if (await KeepAsync(pod, cancellationToken) is { } refused)
            {
                return refused;
            }
        }

        foreach ((int ordinal, bool isUpdate) in plan.Create)
        {
            ControllerRevision revision = isUpdate ? update : current;
            if (await CreateAsync(ordinal, revision, isUpdate, cancellationToken) is { } refused)
            {
                return refused;
            }
        }

        foreach ((Pod pod, StatefulDeletion why) in plan.Delete)
        {
            if (await DeleteAsync(pod, why, cancellationToken) is { } refused)
            {
                return refused;
            }
        }

        return null;
    }

    private async Task<Status?> CreateAsync(
        int ordinal, ControllerRevision revision, bool isUpdate, CancellationToken cancellationToken)
    {
        PodTemplateSpec template = isUpdate
            ? set.Spec.Template
            : RevisionHistory.TemplateOf(revision) ?? set.Spec.Template;
        Pod pod = StatefulPods.PodOf(set, template, revision.Metadata.Name, ordinal);
        if (await EnsureClaimsAsync(pod, ordinal, null, false, cancellationToken) is { } refused)
        {
            return refused;
        }

        ApiResult<Pod> created = await client.CreateAsync(pod, cancellationToken);
        if (created.Error is { Reason: "AlreadyExists" })
        {
            return created.Error;
        }

        if (created.Error is { } error)
        {
            events.Warning(
                set, "FailedCreate", $"create Pod {pod.Metadata.Name} in StatefulSet {set.Metadata.Name} failed error: {error.Message}");
            return error;
        }

        events.Normal(
            set, "SuccessfulCreate", $"create Pod {pod.Metadata.Name} in StatefulSet {set.Metadata.Name} successful");
        return null;
    }

    /// <summary>Brings labels and claims of a pod that stays in order.</summary>
    private async Task<Status?> KeepAsync(Pod pod, CancellationToken cancellationToken)
    {
        if (pod.Metadata.DeletionTimestamp is not null)
        {
            return null;
        }

        int ordinal = StatefulPods.OrdinalOf(set, pod);
        if (await EnsureClaimsAsync(pod, ordinal, pod, false, cancellationToken) is { } refused)
        {
            return refused;
        }

        Pod mended = StatefulPods.Mended(set, pod);
        return ReferenceEquals(mended, pod) ? null : (await client.UpdateAsync(mended, cancellationToken)).Error;
    }

    private async Task<Status?> DeleteAsync(Pod pod, StatefulDeletion why, CancellationToken cancellationToken)
    {
        string name = $"{set.Metadata.Namespace}/{set.Metadata.Name}";
        if (why == StatefulDeletion.Failed)
        {
            events.Warning(
                set, "RecreatingFailedPod", $"StatefulSet {name} is recreating failed Pod {pod.Metadata.Name}");
        }
        else if (why == StatefulDeletion.Ended)
        {
            events.Normal(
                set, "RecreatingTerminatedPod", $"StatefulSet {name} is recreating terminated Pod {pod.Metadata.Name}");
        }

        if (why == StatefulDeletion.ScaleDown
            && await EnsureClaimsAsync(pod, StatefulPods.OrdinalOf(set, pod), pod, true, cancellationToken) is { } refused)
        {
            return refused;
        }

        if (await client.DeleteAsync(pod, cancellationToken) is { } error)
        {
            events.Warning(
                set, "FailedDelete", $"delete Pod {pod.Metadata.Name} in StatefulSet {set.Metadata.Name} failed error: {error.Message}");
            return error;
        }

        events.Normal(
            set, "SuccessfulDelete", $"delete Pod {pod.Metadata.Name} in StatefulSet {set.Metadata.Name} successful");
        return null;
    }

    /// <summary>Creates the claims that are missing, and gives those there are the owners that the retention policy
    /// wants.</summary>
    private async Task<Status?> EnsureClaimsAsync(
        Pod pod, int ordinal, Pod? existing, bool isScaledAway, CancellationToken cancellationToken)
    {
        foreach (PersistentVolumeClaim wanted in StatefulPods.ClaimsOf(set, ordinal))
        {
            PersistentVolumeClaim? found = claims.Find(wanted.Metadata.Namespace, wanted.Metadata.Name);
            if (found?.Metadata.DeletionTimestamp is not null && existing is null)
            {
                return ApiErrors.Conflict(
                    PersistentVolumeClaim.Info, found.Metadata.Name, $"pvc {found.Metadata.Name} is being deleted");
            }

            ApiList<OwnerReference> old = found?.Metadata.OwnerReferences ?? default;
            ApiList<OwnerReference> owners = StatefulPods.ClaimOwners(set, existing, old, isScaledAway);
            Status? refused = null;
            if (found is null && !isScaledAway)
            {
                refused = await CreateClaimAsync(
                    pod,
                    wanted with { Metadata = wanted.Metadata with { OwnerReferences = owners } },
                    cancellationToken);
            }
            else if (found is not null && owners != old && found.Metadata.DeletionTimestamp is null)
            {
                refused = (await client.UpdateAsync(
                    found with { Metadata = found.Metadata with { OwnerReferences = owners } }, cancellationToken)).Error;
            }

            if (refused is not null)
            {
                return refused;
            }
        }

        return null;
    }

    private async Task<Status?> CreateClaimAsync(
        Pod pod, PersistentVolumeClaim claim, CancellationToken cancellationToken)
    {
        ApiResult<PersistentVolumeClaim> created = await client.CreateAsync(claim, cancellationToken);
        string subject =
            $"create Claim {claim.Metadata.Name} Pod {pod.Metadata.Name} in StatefulSet {set.Metadata.Name}";
        if (created.Error is { Reason: "AlreadyExists" })
        {
            return null;
        }

        if (created.Error is { } error)
        {
            events.Warning(set, "FailedCreate", $"{subject} failed error: {error.Message}");
            return error;
        }

        events.Normal(set, "SuccessfulCreate", $"{subject} success");
        return null;
    }
}
