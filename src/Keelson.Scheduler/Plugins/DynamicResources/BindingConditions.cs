using Keelson.Api.Meta.V1;
using Keelson.Api.Resource.V1;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>Whether devices that have to be made ready for their pod are.</summary>
internal static class BindingConditions
{
    /// <summary>True when a claim has devices that have to be made ready.</summary>
    public static bool HasAny(Claim claim) =>
        claim.Status.Allocation?.Devices.Results.Any(static one => one.BindingConditions.Count > 0) == true;

    /// <summary>True when all of a claim's devices are ready; false with a problem when one failed.</summary>
    public static bool IsReady(Claim claim, out string? problem)
    {
        problem = null;
        if (claim.Status.Allocation is not { } allocation)
        {
            return false;
        }

        foreach (DeviceRequestAllocationResult one in allocation.Devices.Results)
        {
            if (one.BindingConditions.Count == 0)
            {
                continue;
            }

            AllocatedDeviceStatus? status = claim.Status.Devices.FirstOrDefault(
                there => (there.Driver, there.Pool, there.Device) == (one.Driver, one.Pool, one.Device));
            if (status is null)
            {
                return false;
            }

            if (status.Conditions.FirstOrDefault(
                condition => condition.Status == "True" && one.BindingFailureConditions.Contains(condition.Type))
                is { } failed)
            {
                problem = $"claim {claim.Metadata.Name} binding failed: reason={failed.Reason}, "
                    + $"message=\"{failed.Message}\"";
                return false;
            }

            if (!one.BindingConditions.All(type => status.Conditions.Any(
                condition => condition.Type == type && condition.Status == "True")))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True when a claim has waited longer for its devices than it may.</summary>
    public static bool IsLate(Claim claim, TimeSpan timeout, DateTimeOffset now) =>
        HasAny(claim) && claim.Status.Allocation?.AllocationTimestamp is { } since && since.Instant + timeout < now;
}
