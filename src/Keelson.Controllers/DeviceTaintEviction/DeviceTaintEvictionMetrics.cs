using System.Diagnostics.Metrics;

namespace Keelson.Controllers.DeviceTaintEviction;

/// <summary>The <c>device_taint_eviction_controller_*</c> metrics, under the meter
/// <c>Keelson.Controllers</c>.</summary>
internal static class DeviceTaintEvictionMetrics
{
    private static readonly Meter Meter = new("Keelson.Controllers");

    private static readonly Counter<long> Deletions =
        Meter.CreateCounter<long>("device_taint_eviction_controller_pod_deletions_total");

    // From 5 ms to 4 minutes, as upstream has them.
    private static readonly Histogram<double> Durations = Meter.CreateHistogram(
        "device_taint_eviction_controller_pod_deletion_duration_seconds", "s", advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 30, 60, 120, 180, 240],
        });

    /// <summary>A pod was deleted, so long after its time was over.</summary>
    public static void Deleted(TimeSpan late)
    {
        Deletions.Add(1);
        Durations.Record(late.TotalSeconds);
    }
}
