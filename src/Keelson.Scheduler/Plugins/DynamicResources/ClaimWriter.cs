using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Resource.V1;
using Keelson.Client;
using Keelson.Client.Devices;
using Keelson.Client.Informers;
using Keelson.Machinery.Values;
using Keelson.Scheduler.Framework;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>Writes what was decided about claims, beside the scheduling loop.</summary>
internal sealed class ClaimWriter(PluginContext context)
{
    /// <summary>How often a claim is read anew when somebody else wrote it in between (client-go's default).</summary>
    private const int Attempts = 5;

    private readonly IInformer<Claim> _claims = context.Informers.Of<Claim>();

    /// <summary>
    /// Gives a claim its allocation, if one was decided, and notes the pod as one that uses it. The claim as it is
    /// then, which the informer shows already; otherwise what went wrong.
    /// </summary>
    public async Task<(Claim? Claim, string? Problem)> BindAsync(
        Claim claim, AllocationResult? allocation, Pod pod, CancellationToken cancellationToken)
    {
        string key = $"{claim.Metadata.Namespace}/{claim.Metadata.Name}";
        for (int attempt = 1; ; attempt++)
        {
            (Claim? bound, string? problem, bool isConflict) =
                await TryBindAsync(claim, key, (allocation, pod), cancellationToken);
            if (bound is not null)
            {
                await _claims.ReachedAsync(ResourceVersions.Number(bound.Metadata.ResourceVersion), cancellationToken);
                return (bound, null);
            }

            if (!isConflict || attempt == Attempts)
            {
                return (null, problem);
            }

            ApiResult<Claim> read = await context.Client.GetAsync<Claim>(
                claim.Metadata.Namespace, claim.Metadata.Name, cancellationToken);
            if (!read.TryGet(out Claim? newer, out Status? error))
            {
                return (null, $"get updated claim {key} after conflict: {error.Message}");
            }

            claim = newer;
        }
    }

    /// <summary>Notes that a pod does not use a claim after all.</summary>
    public async Task ReleaseAsync(Claim claim, Pod pod, CancellationToken cancellationToken)
    {
        ApiResult<Claim> written = await context.Client.ModifyAsync<Claim>(
            claim.Metadata.Namespace,
            claim.Metadata.Name,
            current => current.Metadata.Uid != claim.Metadata.Uid ? null : current with
            {
                Status = current.Status with
                {
                    ReservedFor = [.. current.Status.ReservedFor.Where(one => one.Uid != pod.Metadata.Uid)],
                },
            },
            cancellationToken,
            "status");
        Log("unreserve", claim, written.Error);
    }

    /// <summary>Deletes a claim that was made for a pod, which holds nothing up.</summary>
    public async Task DeleteAsync(Claim claim, CancellationToken cancellationToken)
    {
        ApiResult<Claim> freed = await context.Client.ModifyAsync<Claim>(
            claim.Metadata.Namespace,
            claim.Metadata.Name,
            current => current.Metadata.Uid != claim.Metadata.Uid
                ? null
                : DeviceClaims.Protected(current, isProtected: false),
            cancellationToken);
        Log("delete", claim, freed.Error ?? await context.Client.DeleteAsync(claim, cancellationToken));
    }

    /// <summary>Takes the allocation of a claim back that nobody else uses.</summary>
    public async Task DeallocateAsync(Claim claim, CancellationToken cancellationToken)
    {
        ApiResult<Claim> written = await context.Client.UpdateStatusAsync(
            claim with
            {
                Status = claim.Status with { ReservedFor = default, Allocation = null, Devices = default },
            },
            cancellationToken);
        Log("deallocate", claim, written.Error);
    }

    private async Task<(Claim? Claim, string? Problem, bool IsConflict)> TryBindAsync(
        Claim claim, string key, (AllocationResult? Allocation, Pod Pod) decided, CancellationToken cancellationToken)
    {
        if (claim.Metadata.DeletionTimestamp is not null)
        {
            return (null, $"claim {key} got deleted in the meantime", false);
        }

        string what = "add reservation to claim";
        AllocationResult? allocation = claim.Status.Allocation;
        if (decided.Allocation is not null)
        {
            if (allocation is not null)
            {
                return (null, $"claim {key} got allocated elsewhere in the meantime", false);
            }

            Claim kept = DeviceClaims.Protected(claim, isProtected: true);
            if (!ReferenceEquals(kept, claim))
            {
                ApiResult<Claim> finalizer = await context.Client.UpdateAsync(kept, cancellationToken);
                if (!finalizer.TryGet(out claim!, out Status? refused))
                {
                    return (null, $"add finalizer to claim {key}: {refused.Message}", refused.Code == 409);
                }
            }

            what = "add allocation and reservation to claim";
            allocation = decided.Allocation with { AllocationTimestamp = Time.Now(context.Clock) };
        }

        ResourceClaimStatus status = claim.Status with
        {
            Allocation = allocation,
            ReservedFor = claim.Status.ReservedFor.Add(DeviceClaims.ConsumerOf(decided.Pod)),
        };
        ApiResult<Claim> written =
            await context.Client.UpdateStatusAsync(claim with { Status = status }, cancellationToken);
        return written.TryGet(out Claim? bound, out Status? error)
            ? (bound, null, false)
            : (null, $"{what} {key}: {error.Message}", error.Code == 409);
    }

    private void Log(string what, Claim claim, Status? error)
    {
        if (error is { Code: not 404 })
        {
            context.Log($"{what} claim {claim.Metadata.Namespace}/{claim.Metadata.Name}: {error.Message}");
        }
    }
}
