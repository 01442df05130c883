using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Framework;

/// <summary>A pod that waits, and its history of attempts. Only the scheduling loop touches it.</summary>
internal sealed class QueuedPod(PodInfo pod, DateTimeOffset addedAt)
{
    /// <summary>The pod as it is now.</summary>
    public PodInfo Pod { get; set; } = pod;

    /// <summary>When it last entered the queue.</summary>
    public DateTimeOffset Timestamp { get; set; } = addedAt;

    /// <summary>When it was first tried; null before.</summary>
    public DateTimeOffset? FirstAttempt { get; set; }

    /// <summary>Attempts so far.</summary>
    public int Attempts { get; set; }

    /// <summary>Attempts that ended because the pod fits nowhere; how long it waits grows with them.</summary>
    public int UnschedulableCount { get; set; }

    /// <summary>Attempts in a row that ended in an error.</summary>
    public int ErrorCount { get; set; }

    /// <summary>The plugins that turned it away last.</summary>
    public HashSet<string> UnschedulablePlugins { get; } = new(StringComparer.Ordinal);

    /// <summary>The plugins that wait for something on the pod's behalf.</summary>
    public HashSet<string> PendingPlugins { get; } = new(StringComparer.Ordinal);

    /// <summary>The plugin that keeps it out of the queue; empty when none does.</summary>
    public string GatingPlugin { get; set; } = "";

    /// <summary>Until when it waits after a failure.</summary>
    public DateTimeOffset BackoffUntil { get; set; }

    /// <summary>The number of its last entry, which orders pods that are equal otherwise.</summary>
    public long Sequence { get; set; }

    /// <summary>Its place in the heap it is in; -1 for none.</summary>
    public int HeapIndex { get; set; } = -1;
}
