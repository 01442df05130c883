using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.DefaultPreemption;

/// <summary>A node, and the pods to move out of it so that another fits.</summary>
/// <param name="NodeName">The node.</param>
/// <param name="Victims">The pods, the most important first.</param>
/// <param name="Violations">How many of them a disruption budget protects.</param>
internal sealed record Candidate(string NodeName, IReadOnlyList<PodInfo> Victims, long Violations)
{
    /// <summary>The priority of the most important victim.</summary>
    public int HighestPriority { get; } = Victims[0].Priority;

    /// <summary>The sum of all priorities, each counted from the lowest there is.</summary>
    public long PrioritySum { get; } = Victims.Sum(static victim => (long)victim.Priority + int.MaxValue + 1);

    /// <summary>When the first of the most important victims started; null when none has.</summary>
    public DateTimeOffset? EarliestStart { get; } =
        Victims.Where(one => one.Priority == Victims[0].Priority).Min(static one => one.Pod.Status.StartTime?.Instant);
}

/// <summary>Which of several candidates does the least harm.</summary>
internal static class CandidateChoice
{
    /// <summary>
    /// The one with the fewest violated budgets; of those the one whose most important victim is least important; then
    /// the one with the lowest sum of priorities, the fewest victims, the youngest among the most important victims;
    /// then any.
    /// </summary>
    public static Candidate Best(IReadOnlyList<Candidate> candidates, DateTimeOffset now)
    {
        Candidate best = candidates[0];
        for (int i = 1; i < candidates.Count; i++)
        {
            best = DoesLessHarm(candidates[i], best, now) ? candidates[i] : best;
        }

        return best;
    }

    private static bool DoesLessHarm(Candidate one, Candidate other, DateTimeOffset now)
    {
        int order = one.Violations.CompareTo(other.Violations);
        order = order != 0 ? order : one.HighestPriority.CompareTo(other.HighestPriority);
        order = order != 0 ? order : one.PrioritySum.CompareTo(other.PrioritySum);
        order = order != 0 ? order : one.Victims.Count.CompareTo(other.Victims.Count);
        return (order != 0 ? order : (other.EarliestStart ?? now).CompareTo(one.EarliestStart ?? now)) < 0;
    }
}

/// <summary>Which of two pods is kept rather.</summary>
internal static class Importance
{
    /// <summary>When a pod started; one that has not counts as starting now.</summary>
    public static DateTimeOffset StartOf(PodInfo pod, DateTimeOffset now) =>
        pod.Pod.Status.StartTime is { } start ? start.Instant : now;

    /// <summary>Orders pods, the most important first: by priority, then by how long they run.</summary>
    public static Comparison<PodInfo> Order(DateTimeOffset now) => (left, right) =>
    {
        int order = right.Priority.CompareTo(left.Priority);
        return order != 0 ? order : StartOf(left, now).CompareTo(StartOf(right, now));
    };
}
