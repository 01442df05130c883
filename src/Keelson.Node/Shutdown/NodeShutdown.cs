using Keelson.Api.Core.V1;
using Keelson.Client.Events;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Statuses;

namespace Keelson.Nodes.Shutdown;

/// <summary>Ends the node's pods in order because the machine shuts down.</summary>
internal sealed class NodeShutdown(NodeContext context, ShutdownConfig config, EventRecorder events)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private volatile bool _isOn;

    /// <summary>True once it began.</summary>
    public bool IsOn => _isOn;

    /// <summary>Null, or why a new pod may not run.</summary>
    public PodVerdict? Refuses() =>
        _isOn ? new("NodeShutdown", "Pod was rejected as the node is shutting down.") : null;

    /// <summary>Ends the pods, group by group; done when all have ended or had their time.</summary>
    public async Task RunAsync(PodWorkers workers, Action report, CancellationToken cancellationToken)
    {
        _isOn = true;
        context.Metrics.Node.ShutdownStart.Set(context.Clock.GetUtcNow().ToUnixTimeSeconds());
        events.Record(
            new ObjectReference { Kind = "Node", Name = context.NodeName, Uid = context.NodeName },
            "Normal",
            "Shutdown",
            "Shutdown manager detected shutdown event");
        report();
        PodVerdict verdict = new(
            "Terminated",
            "Pod was terminated in response to imminent node shutdown.",
            "TerminationByKubelet");
        foreach (ShutdownGroup group in ShutdownPlan.Of(config, workers.Active))
        {
            foreach (Pod pod in group.Pods)
            {
                workers.Find(pod.Metadata.Uid)?.End(verdict, group.SecondsOf(pod));
            }

            long since = context.Clock.GetTimestamp();
            while (group.Pods.Any(one => !workers.IsCleanedUp(one.Metadata.Uid))
                && context.Clock.GetElapsedTime(since).TotalSeconds < group.Seconds)
            {
                await Task.Delay(Pause, context.Clock, cancellationToken);
            }
        }

        context.Metrics.Node.ShutdownEnd.Set(context.Clock.GetUtcNow().ToUnixTimeSeconds());
    }
}
