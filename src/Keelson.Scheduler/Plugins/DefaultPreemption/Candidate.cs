using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.DefaultPreemption;

/// <summary>A node, and the pods to move out of it so that another fits.</summary>
/// <param name="NodeName">The node.</param>
/// <param name="Victims">The pods, the most important first.</param>
/// <param name="Violations">How many of them a disruption budget protects.</param>
internal sealed record Candidate(string NodeName, IReadOnlyList<PodInfo> Victims, long Violations);

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
        List<Candidate> left = [.. candidates];
        Keep(left, static one => -one.Violations);
        Keep(left, static one => -(long)one.Victims[0].Priority);
        Keep(left, static one => -one.Victims.Sum(static victim => (long)victim.Priority + int.MaxValue + 1));
        Keep(left, static one => -one.Victims.Count);
        Keep(left, one => EarliestStart(one, now));
        return left[0];
    }

    private static void Keep(List<Candidate> candidates, Func<Candidate, long> score)
    {
        if (candidates.Count > 1)
        {
            long best = candidates.Max(score);
            candidates.RemoveAll(one => score(one) < best);
        }
    }

    private static long EarliestStart(Candidate candidate, DateTimeOffset now)
    {
        int highest = candidate.Victims.Max(static one => one.Priority);
        return candidate.Victims.Where(one => one.Priority == highest)
            .Min(one => Importance.StartOf(one, now).UtcTicks);
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
