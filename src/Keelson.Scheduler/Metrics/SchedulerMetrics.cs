using System.Diagnostics.Metrics;
using Keelson.Scheduler.Cycle;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Queue;

namespace Keelson.Scheduler.Metrics;

/// <summary>How an attempt ended, as metrics name it.</summary>
internal enum AttemptResult
{
    /// <summary>The pod was bound.</summary>
    Scheduled,

    /// <summary>It fits nowhere.</summary>
    Unschedulable,

    /// <summary>Something went wrong.</summary>
    Error,
}

/// <summary>The <c>scheduler_*</c> metrics, under the meter <c>Keelson.Scheduler</c>.</summary>
internal sealed class SchedulerMetrics : IDisposable
{
    private static readonly Meter Meter = new("Keelson.Scheduler");
    private static readonly Counter<long> Attempts = Meter.CreateCounter<long>("scheduler_schedule_attempts_total");

    private static readonly Counter<long> ClaimCreates =
        Meter.CreateCounter<long>("scheduler_resourceclaim_creates_total");

    private static readonly Histogram<double> AttemptDuration =
        Meter.CreateHistogram<double>("scheduler_scheduling_attempt_duration_seconds", "s");

    private static readonly Histogram<double> AlgorithmDuration =
        Meter.CreateHistogram<double>("scheduler_scheduling_algorithm_duration_seconds", "s");

    private static readonly Histogram<double> Sli =
        Meter.CreateHistogram<double>("scheduler_pod_scheduling_sli_duration_seconds", "s");
    private static readonly Histogram<int> PodAttempts =
        Meter.CreateHistogram<int>("scheduler_pod_scheduling_attempts");
    private static readonly Counter<long> PreemptionAttempts =
        Meter.CreateCounter<long>("scheduler_preemption_attempts_total");
    private static readonly Histogram<int> PreemptionVictims =
        Meter.CreateHistogram<int>("scheduler_preemption_victims");

    private readonly Meter _gauges = new("Keelson.Scheduler");

    /// <summary>Shows how many pods wait in a queue.</summary>
    public void Watch(SchedulingQueue queue) =>
        _gauges.CreateObservableGauge("scheduler_pending_pods", () => new Measurement<int>[]
    {
        new(queue.ActiveCount, new KeyValuePair<string, object?>("queue", "active")),
        new(queue.BackoffCount, new KeyValuePair<string, object?>("queue", "backoff")),
        new(queue.UnschedulableCount, new KeyValuePair<string, object?>("queue", "unschedulable")),
        new(queue.GatedCount, new KeyValuePair<string, object?>("queue", "gated")),
    });

    /// <summary>An attempt ended.</summary>
    public void Attempted(string profile, AttemptResult result, TimeSpan took)
    {
        KeyValuePair<string, object?> name = new("profile", profile);
        KeyValuePair<string, object?> how = new("result", result switch
        {
            AttemptResult.Scheduled => "scheduled",
            AttemptResult.Unschedulable => "unschedulable",
            _ => "error",
        });
        Attempts.Add(1, name, how);
        AttemptDuration.Record(took.TotalSeconds, name, how);
    }

    /// <summary>Looking for a node took so long.</summary>
    public void AlgorithmTook(TimeSpan took) => AlgorithmDuration.Record(took.TotalSeconds);

    /// <summary>A pod was bound.</summary>
    public void Bound(Placement placement, TimeProvider clock)
    {
        Attempted(placement.Profile.Name, AttemptResult.Scheduled, clock.GetElapsedTime(placement.Started));
        QueuedPod pod = placement.Queued;
        PodAttempts.Record(pod.Attempts);
        if (pod.FirstAttempt is { } first)
        {
            Sli.Record(
                (clock.GetUtcNow() - first).TotalSeconds, new KeyValuePair<string, object?>("attempts", pod.Attempts));
        }
    }

    /// <summary>Pods are being moved out for another.</summary>
    public static void Preempting(int victims)
    {
        PreemptionAttempts.Add(1);
        PreemptionVictims.Record(victims);
    }

    /// <summary>A claim for extended resources was made, or was to be.</summary>
    public static void ClaimCreated(bool succeeded) => ClaimCreates.Add(
        1, new KeyValuePair<string, object?>("status", succeeded ? "success" : "failure"));

    public void Dispose() => _gauges.Dispose();
}
