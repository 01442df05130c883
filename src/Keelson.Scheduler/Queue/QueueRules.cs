using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Queue;

/// <summary>What the queue asks the profiles, and its numbers.</summary>
internal sealed class QueueRules
{
    /// <summary>Which of two pods comes first.</summary>
    public required Comparison<QueuedPod> Compare { get; init; }

    /// <summary>What keeps a pod out of the queue; null for nothing.</summary>
    public required Func<PodInfo, PluginStatus?> PreEnqueue { get; init; }

    /// <summary>The events that each plugin wants to hear of, by profile and plugin.</summary>
    public required Func<PodInfo, string, IReadOnlyList<ClusterEventHint>> HintsOf { get; init; }

    /// <summary>The wait after the first failure.</summary>
    public TimeSpan InitialBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait after a failure.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After how long a pod is tried again although nothing happened that would help it.</summary>
    public TimeSpan MaxUnschedulable { get; init; } = TimeSpan.FromMinutes(5);
}
