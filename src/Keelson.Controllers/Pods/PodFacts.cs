using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Pods;

/// <summary>What controllers ask about a pod.</summary>
internal static class PodFacts
{
    /// <summary>A condition; null when the pod does not have it.</summary>
    public static PodCondition? Condition(Pod pod, string type)
    {
        foreach (PodCondition one in pod.Status.Conditions)
        {
            if (one.Type == type)
            {
                return one;
            }
        }

        return null;
    }

    /// <summary>True when the pod is ready to serve.</summary>
    public static bool IsReady(Pod pod) => Condition(pod, PodConditionType.Ready) is { Status: "True" };

    /// <summary>True when the pod has been ready for so long that it counts as available.</summary>
    public static bool IsAvailable(Pod pod, int minReadySeconds, Time now) =>
        Condition(pod, PodConditionType.Ready) is { Status: "True" } ready
        && (minReadySeconds == 0
            || (!ready.LastTransitionTime.IsZero && ready.LastTransitionTime.Instant.AddSeconds(minReadySeconds) <= now.Instant));

    /// <summary>When a ready pod becomes available by standing still; null when it is available, or not
    /// ready.</summary>
    public static TimeSpan? UntilAvailable(Pod pod, int minReadySeconds, Time now)
    {
        if (minReadySeconds == 0 || Condition(pod, PodConditionType.Ready) is not { Status: "True" } ready)
        {
            return null;
        }

        TimeSpan left = ready.LastTransitionTime.Instant.AddSeconds(minReadySeconds) - now.Instant;
        return left > TimeSpan.Zero ? left : null;
    }

    /// <summary>True for a pod that has ended.</summary>
    public static bool IsEnded(Pod pod) => pod.Status.Phase is PodPhase.Succeeded or PodPhase.Failed;

    /// <summary>True for a pod that counts as a replica: neither ended nor going away.</summary>
    public static bool IsActive(Pod pod) => !IsEnded(pod) && pod.Metadata.DeletionTimestamp is null;

    /// <summary>True for a pod that is going away and has not ended yet.</summary>
    public static bool IsTerminating(Pod pod) => !IsEnded(pod) && pod.Metadata.DeletionTimestamp is not null;
}
