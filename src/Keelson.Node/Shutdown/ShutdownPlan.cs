using Keelson.Api.Core.V1;

namespace Keelson.Nodes.Shutdown;

/// <summary>Pods that end at the same time.</summary>
/// <param name="Seconds">How long they get.</param>
/// <param name="Pods">The pods.</param>
internal sealed record ShutdownGroup(long Seconds, IReadOnlyList<Pod> Pods)
{
    /// <summary>How long one of them gets: what it asks for, if that is less.</summary>
    public long SecondsOf(Pod pod) => Math.Min(Seconds, pod.Spec.TerminationGracePeriodSeconds ?? long.MaxValue);
}

/// <summary>In which order pods end when the machine shuts down. Pure.</summary>
internal static class ShutdownPlan
{
    private const int SystemCriticalPriority = 2_000_000_000;

    /// <summary>The groups, the one that ends first in front.</summary>
    public static IReadOnlyList<ShutdownGroup> Of(ShutdownConfig config, IEnumerable<Pod> pods)
    {
        KeyValuePair<int, long>[] steps = config.SecondsByPriority.Count > 0
            ? [.. config.SecondsByPriority.OrderBy(static one => one.Key)]
            :
            [
                new(0, (long)(config.GracePeriod - config.CriticalGracePeriod).TotalSeconds),
                new(SystemCriticalPriority, (long)config.CriticalGracePeriod.TotalSeconds),
            ];
        List<Pod>[] groups = [.. steps.Select(static _ => new List<Pod>())];
        foreach (Pod pod in pods)
        {
            // The step below or at the pod's priority; what is below all goes with the lowest.
            int priority = pod.Spec.Priority ?? 0;
            groups[Math.Max(0, Array.FindLastIndex(steps, one => one.Key <= priority))].Add(pod);
        }

        return [.. steps.Select((one, index) => new ShutdownGroup(one.Value, groups[index]))];
    }
}
