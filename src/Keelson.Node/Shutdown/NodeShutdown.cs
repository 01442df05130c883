using Keelson.Api.Core.V1;
using Keelson.Client.Events;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Statuses;

namespace Keelson.Nodes.Shutdown;

/// <summary>Ends the node's pods in order because the machine shuts down.</summary>
internal sealed class NodeShutdown(NodeContext context, ShutdownConfig config, EventRecorder events)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private volatile bool _isOn;
    private Task _run = Task.CompletedTask;

    /// <summary>True once it began.</summary>
    public bool IsOn => _isOn;

    /// <summary>Null, or why a new pod may not run.</summary>
    public PodVerdict? Refuses() =>
        _isOn ? new("NodeShutdown", "Pod was rejected as the node is shutting down.") : null;

    /// <summary>What holds logind back until the pods have ended.</summary>
    public ShutdownWatch Watch(Func<CancellationToken, Task> shutDown, Action report) =>
        new(context, config) { ShutDown = shutDown, Cancelled = () => Cancel(report) };

    /// <summary>Ends the pods, group by group; done when all have ended or had their time. Once begun it goes on,
    /// whoever asks for it again.</summary>
    public Task RunAsync(PodWorkers workers, Action report, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_isOn)
            {
                _isOn = true;
                _run = EndAllAsync(workers, report, cancellationToken);
            }

            return _run;
        }
    }

    /// <summary>The machine stays up after all: pods may come again.</summary>
    private void Cancel(Action report)
    {
        _isOn = false;
        Tell("Shutdown manager detected shutdown cancellation");
        report();
    }

    private async Task EndAllAsync(PodWorkers workers, Action report, CancellationToken cancellationToken)
    {
        context.Metrics.Node.ShutdownStart.Set(context.Clock.GetUtcNow().ToUnixTimeSeconds());
        Tell("Shutdown manager detected shutdown event");
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

    private void Tell(string message) => events.Record(
        new ObjectReference { Kind = "Node", Name = context.NodeName, Uid = context.NodeName },
        "Normal",
        "Shutdown",
        message);
}
