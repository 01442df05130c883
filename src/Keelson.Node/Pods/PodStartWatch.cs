using Keelson.Api.Core.V1;
using Keelson.Nodes.Metrics;

namespace Keelson.Nodes.Pods;

/// <summary>
/// Measures how long looks at a pod take, and how long the pod takes to start, from what its status says; of one that
/// ran already, not that.
/// </summary>
internal sealed class PodStartWatch
{
    private readonly NodeContext _context;
    private readonly DateTimeOffset _created;
    private readonly long _seen;
    private DateTimeOffset? _initialized;
    private bool _isDone;
    private bool _wasLookedAt;

    /// <summary>A pod is seen.</summary>
    public PodStartWatch(Pod pod, NodeContext context)
    {
        _context = context;
        _seen = context.Clock.GetTimestamp();
        _created = pod.Metadata.CreationTimestamp is { IsZero: false } created
            ? created.Instant
            : context.Clock.GetUtcNow();
        _isDone = pod.Status.Phase is not ("" or PodPhase.Pending);
        context.Metrics.Pods.ContainersPerPod.Observe(pod.Spec.Containers.Count);
        context.Metrics.Pods.WorkerStart.Observe(TimeSpan.Zero);
    }

    /// <summary>True when the pod was changed since it was looked at.</summary>
    public bool IsUpdated
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    /// <summary>Measures one look at the pod.</summary>
    public async Task<TimeSpan> MeasureAsync(PodStage stage, Func<Task<TimeSpan>> look)
    {
        string operation = !_wasLookedAt ? "create"
            : stage > PodStage.Running ? "kill"
            : IsUpdated ? "update" : "sync";
        _wasLookedAt = true;
        IsUpdated = false;
        long started = _context.Clock.GetTimestamp();
        TimeSpan wait = await look();
        _context.Metrics.Pods.WorkerDuration.Observe(_context.Clock.GetElapsedTime(started), operation);
        return wait;
    }

    /// <summary>The pod has a new status.</summary>
    public void Look(PodStatus status)
    {
        if (_isDone)
        {
            return;
        }

        DateTimeOffset now = _context.Clock.GetUtcNow();
        if (_initialized is null && status.Conditions.Any(static one => one is { Type: "Initialized", Status: "True" }))
        {
            _initialized = now;
        }

        _isDone = status.Phase is PodPhase.Failed or PodPhase.Succeeded;
        if (status.Phase != PodPhase.Running
            || !status.ContainerStatuses.All(static one => one.State.Running is not null))
        {
            return;
        }

        _isDone = true;
        PodWorkMetrics metrics = _context.Metrics.Pods;
        TimeSpan total = Positive(now - _created);
        metrics.Start.Observe(_context.Clock.GetElapsedTime(_seen));
        metrics.StartTotal.Observe(total);

        // What init containers took is nothing that the node is to blame for.
        bool hasInits = status.InitContainerStatuses.Count > 0;
        metrics.StartSli.Observe(
            hasInits && _initialized is { } initialized ? Positive(now - initialized) : total);
    }

    private static TimeSpan Positive(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;
}
