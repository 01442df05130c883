using Keelson.Api.Core.V1;
using Keelson.Api.Resource.V1;
using Keelson.Client.Devices;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Controllers.DeviceTaintEviction;

/// <summary>Whether and when a pod must go because of taints on its devices.</summary>
internal static class DeviceEvictionPlan
{
    /// <summary>The earliest moment that any of the pod's devices says; null when it may stay.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="claim">A claim of the pod's namespace by name.</param>
    /// <param name="device">What drivers show of a device that was given out; null when it is not shown.</param>
    public static DateTimeOffset? Compute(
        Pod pod, Func<string, Claim?> claim, Func<DeviceRequestAllocationResult, Device?> device)
    {
        if (pod.Spec.NodeName.Length == 0)
        {
            return null;
        }

        DateTimeOffset? earliest = null;
        foreach (PodResourceClaim entry in pod.Spec.ResourceClaims)
        {
            PodClaimName name = DeviceClaims.NameOf(pod, entry);
            if (name.Name is null || claim(name.Name) is not { Status.Allocation: { } allocation } one
                || (name.MustBeOwned && DeviceClaims.WhyNotFor(pod, one) is not null)
                || !DeviceClaims.IsReservedFor(one, pod.Metadata.Uid))
            {
                continue;
            }

            foreach (DeviceRequestAllocationResult result in allocation.Devices.Results)
            {
                if (EndOf(result, device(result)) is { } end && (earliest is null || end < earliest))
                {
                    earliest = end;
                }
            }
        }

        return earliest;
    }

    private static DateTimeOffset? EndOf(DeviceRequestAllocationResult result, Device? device)
    {
        DateTimeOffset? earliest = null;
        foreach (DeviceTaint taint in device?.Taints ?? default)
        {
            if (taint.Effect != DeviceTaintEffect.NoExecute || TimeLeft(result, taint) is not { } left)
            {
                continue;
            }

            DateTimeOffset end = (taint.TimeAdded?.Instant ?? DateTimeOffset.UnixEpoch) + left;
            earliest = earliest is null || end < earliest ? end : earliest;
        }

        return earliest;
    }

    /// <summary>
    /// How long a taint is put up with after it was added; null for ever. Only tolerations that name the effect count
    /// here, as upstream has it.
    /// </summary>
    private static TimeSpan? TimeLeft(DeviceRequestAllocationResult result, DeviceTaint taint)
    {
        long? seconds = null;
        foreach (DeviceToleration toleration in result.Tolerations)
        {
            if (toleration.Effect != DeviceTaintEffect.NoExecute || !DeviceTaints.Tolerates(toleration, taint))
            {
                continue;
            }

            if (toleration.TolerationSeconds is not { } limit)
            {
                return null;
            }

            seconds = Math.Min(seconds ?? long.MaxValue, Math.Max(limit, 0));
        }

        // Longer than any cluster lives, so that the sum with a time stays one.
        const long Most = 100L * 365 * 24 * 3600;
        return TimeSpan.FromSeconds(Math.Min(seconds ?? 0, Most));
    }
}
