using Keelson.Api.Core.V1;
using Keelson.Scheduler.Framework;

namespace Keelson.Scheduler.Cycle;

/// <summary>Puts a pod back that could not be placed, and says so: an event, a condition, its nominated node.</summary>
internal sealed class FailureReport(SchedulingParts parts)
{
    /// <summary>The attempt failed. On the scheduling loop.</summary>
    public void Failed(QueuedPod queued, Profile profile, AttemptOutcome outcome)
    {
        Pod? current = parts.Pods.Find(queued.Pod.Namespace, queued.Pod.Key.Name);
        if (current is null || current.Metadata.Uid != queued.Pod.Uid || current.Spec.NodeName.Length > 0)
        {
            // Gone, or bound after all: there is nothing to put back and nobody to tell.
            parts.State.Nominations.Remove(queued.Pod);
            return;
        }

        if (!ReferenceEquals(current, queued.Pod.Pod))
        {
            queued.Pod = new(current);
        }

        HashSet<string> plugins = outcome.IsPending ? queued.PendingPlugins : queued.UnschedulablePlugins;
        plugins.UnionWith(outcome.Plugins.Where(static one => one.Length > 0));
        parts.State.Queue.PutBack(queued, outcome.IsError);
        if (outcome.Nomination is { } nomination)
        {
            parts.State.Nominations.Set(queued.Pod, nomination.NodeName);
        }

        parts.Events[profile.Name]
            .Record(queued.Pod.Pod, null, "Warning", "FailedScheduling", "Scheduling", outcome.Message);
        PodCondition condition = new()
        {
            Type = PodConditionType.PodScheduled,
            ObservedGeneration = queued.Pod.Pod.Metadata.Generation,
            Status = "False",
            Reason = outcome.IsError ? "SchedulerError" : "Unschedulable",
            Message = outcome.Message,
        };
        parts.Statuses.Write(new(queued.Pod.Pod, condition, outcome.Nomination));
    }
}
