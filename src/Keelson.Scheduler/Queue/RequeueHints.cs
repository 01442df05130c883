using Keelson.Scheduler.Framework;

namespace Keelson.Scheduler.Queue;

/// <summary>Asks the plugins that keep pods back whether an event may help them.</summary>
internal sealed class RequeueHints(QueueRules rules)
{
    /// <summary>Whether a plugin wants to hear of an event at all; profiles have the same plugins' events.</summary>
    public bool Concerns(ClusterEvent change, string plugin, HashSet<QueuedPod> pods)
    {
        foreach (QueuedPod pod in pods)
        {
            IReadOnlyList<ClusterEventHint> hints = rules.HintsOf(pod.Pod, plugin);
            bool concerns = false;
            for (int i = 0; i < hints.Count; i++)
            {
                concerns |= hints[i].Event.Covers(change);
            }

            return concerns;
        }

        return false;
    }

    /// <summary>Whether one plugin thinks that an event may help a pod.</summary>
    public bool IsWorthRequeuing(QueuedPod pod, string plugin, ClusterEvent change, object? old, object? now)
    {
        IReadOnlyList<ClusterEventHint> hints = rules.HintsOf(pod.Pod, plugin);
        for (int i = 0; i < hints.Count; i++)
        {
            if (hints[i].Event.Covers(change) && (hints[i].Hint is not { } hint || hint(pod.Pod, old, now)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether one of the plugins that keep a pod back thinks that an event may help it.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="change">What happened.</param>
    /// <param name="old">The object before.</param>
    /// <param name="now">The object now.</param>
    /// <param name="immediately">What the pod waited for has come: its wait was no failure of its own.</param>
    public bool IsWorthRequeuing(QueuedPod pod, ClusterEvent change, object? old, object? now, out bool immediately)
    {
        immediately = false;
        bool worth = false;
        foreach (string plugin in pod.PendingPlugins)
        {
            if (IsWorthRequeuing(pod, plugin, change, old, now))
            {
                immediately = true;
                return true;
            }
        }

        foreach (string plugin in pod.UnschedulablePlugins)
        {
            worth = worth || IsWorthRequeuing(pod, plugin, change, old, now);
        }

        return worth;
    }
}
