using Keelson.Scheduler.Framework;

namespace Keelson.Scheduler.Plugins.PrioritySort;

/// <summary>Higher priorities first; among equals, who came first.</summary>
internal sealed class PrioritySortPlugin : IQueueSortPlugin
{
    /// <summary>The name.</summary>
    public const string PluginName = "PrioritySort";

    /// <inheritdoc/>
    public string Name => PluginName;

    /// <inheritdoc/>
    public int Compare(QueuedPod left, QueuedPod right)
    {
        int order = right.Pod.Priority.CompareTo(left.Pod.Priority);
        return order != 0 ? order : left.Timestamp.CompareTo(right.Timestamp);
    }
}
