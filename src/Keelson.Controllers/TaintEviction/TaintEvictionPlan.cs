using Keelson.Api.Core.V1;
using Keelson.Client.Nodes;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.TaintEviction;

/// <summary>An eviction that is planned.</summary>
/// <param name="Since">When the pod's time began to run.</param>
/// <param name="At">When it goes.</param>
internal sealed record PlannedEviction(DateTimeOffset Since, DateTimeOffset At);

/// <summary>Whether and when a pod must leave its node.</summary>
internal static class TaintEvictionPlan
{
    /// <summary>
    /// The eviction by what the pod tolerates: at once, after its tolerations have run out, or null for never. Time
    /// that has begun to run goes on running when the taints change.
    /// </summary>
    /// <param name="taints">The node's taints.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="planned">What was planned before; null for nothing.</param>
    /// <param name="now">The present.</param>
    public static PlannedEviction? Compute(ApiList<Taint> taints, Pod pod, PlannedEviction? planned, DateTimeOffset now)
    {
        ApiList<Taint> evicting = taints.Where(static one => one.Effect == TaintEffect.NoExecute).ToApiList();
        if (evicting.Count == 0 || Tolerations.TimeLeft(pod.Spec.Tolerations, evicting) is not { } left)
        {
            return null;
        }

        if (left == TimeSpan.Zero)
        {
            return new(now, now);
        }

        if (planned is not null && planned.Since + left < now)
        {
            return planned;
        }

        DateTimeOffset since = planned?.Since ?? now;
        return new(since, since + left);
    }
}
