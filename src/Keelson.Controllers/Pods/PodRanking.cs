using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Pods;

/// <summary>
/// The order in which surplus pods go: unscheduled before scheduled, pending before unknown before running, not ready
/// before ready, cheap before dear (annotation <c>controller.kubernetes.io/pod-deletion-cost</c>), crowded nodes before
/// others, ready for a short time before a long one, many restarts before few, young before old. Times are compared by
/// their magnitude, so that pods of about the same age go by chance.
/// </summary>
internal sealed class PodRanking : IComparer<Pod>
{
    private const string CostAnnotation = "controller.kubernetes.io/pod-deletion-cost";

    private readonly Dictionary<string, int> _perNode = new(StringComparer.Ordinal);
    private readonly Time _now;

    /// <summary>A ranking.</summary>
    /// <param name="related">The pods whose crowding on nodes counts: active ones of the same workload.</param>
    /// <param name="now">The present.</param>
    public PodRanking(IEnumerable<Pod> related, Time now)
    {
        _now = now;
        foreach (Pod pod in related)
        {
            _perNode[pod.Spec.NodeName] = _perNode.GetValueOrDefault(pod.Spec.NodeName) + 1;
        }
    }

    /// <inheritdoc/>
    public int Compare(Pod? left, Pod? right)
    {
        Pod a = left!;
        Pod b = right!;
        int order = Truth(a.Spec.NodeName.Length > 0, b.Spec.NodeName.Length > 0);
        order = order != 0 ? order : PhaseOf(a).CompareTo(PhaseOf(b));
        order = order != 0 ? order : Truth(PodFacts.IsReady(a), PodFacts.IsReady(b));
        order = order != 0 ? order : CostOf(a).CompareTo(CostOf(b));
        order = order != 0
            ? order
            : _perNode.GetValueOrDefault(b.Spec.NodeName).CompareTo(_perNode.GetValueOrDefault(a.Spec.NodeName));
        if (order == 0 && PodFacts.IsReady(a))
        {
            order = Younger(ReadySince(a), ReadySince(b));
        }

        order = order != 0 ? order : Restarts(b).CompareTo(Restarts(a));
        return order != 0 ? order : Younger(a.Metadata.CreationTimestamp, b.Metadata.CreationTimestamp);
    }

    private static int Truth(bool a, bool b) => a.CompareTo(b);

    private static int PhaseOf(Pod pod) => pod.Status.Phase switch
    {
        PodPhase.Pending or "" => 0,
        PodPhase.Unknown => 1,
        _ => 2,
    };

    private static int CostOf(Pod pod) =>
        pod.Metadata.Annotations.TryGetValue(CostAnnotation, out string? text)
        && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int cost)
            ? cost
            : 0;

    private static Time ReadySince(Pod pod) => PodFacts.Condition(pod, PodConditionType.Ready)!.LastTransitionTime;

    private static int Restarts(Pod pod)
    {
        int most = 0;
        foreach (ContainerStatus one in pod.Status.ContainerStatuses)
        {
            most = Math.Max(most, one.RestartCount);
        }

        return most;
    }

    /// <summary>Less than zero when the first is clearly younger: by a power of two of its age.</summary>
    private int Younger(Time a, Time b) => Magnitude(a).CompareTo(Magnitude(b));

    private int Magnitude(Time since)
    {
        long seconds = since.IsZero ? 0 : (long)(_now.Instant - since.Instant).TotalSeconds;
        return seconds <= 0 ? 0 : 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)seconds);
    }
}
