using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.SchedulingGates;

/// <summary>Keeps pods out of the queue until all their gates are open.</summary>
internal sealed class SchedulingGatesPlugin : IPreEnqueuePlugin, IEnqueueExtensions
{
    /// <summary>The name.</summary>
    public const string PluginName = "SchedulingGates";

    /// <inheritdoc/>
    public string Name => PluginName;

    /// <inheritdoc/>
    public IEnumerable<ClusterEventHint> EventsToRegister() =>
        [new(new(EventResource.UnscheduledPod, ActionType.UpdatePodSchedulingGatesEliminated))];

    /// <inheritdoc/>
    public PluginStatus? PreEnqueue(PodInfo pod)
    {
        if (pod.Pod.Spec.SchedulingGates.Count == 0)
        {
            return null;
        }

        string gates = string.Join(' ', pod.Pod.Spec.SchedulingGates.Select(static one => one.Name));
        return new(StatusCode.UnschedulableAndUnresolvable, PluginName, $"waiting for scheduling gates: [{gates}]");
    }
}
