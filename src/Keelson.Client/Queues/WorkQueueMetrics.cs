using System.Diagnostics.Metrics;

namespace Keelson.Client.Queues;

/// <summary>The <c>workqueue_*</c> metrics of one queue, under the meter <c>Keelson.Client</c>.</summary>
internal sealed class WorkQueueMetrics(string name)
{
    private static readonly Meter Meter = new("Keelson.Client");
    private static readonly Counter<long> Adds = Meter.CreateCounter<long>("workqueue_adds_total");
    private static readonly Counter<long> Retries = Meter.CreateCounter<long>("workqueue_retries_total");
    private static readonly UpDownCounter<long> Depth = Meter.CreateUpDownCounter<long>("workqueue_depth");
    private static readonly Histogram<double> Queued = Meter.CreateHistogram<double>(
        "workqueue_queue_duration_seconds", "s");
    private static readonly Histogram<double> Worked = Meter.CreateHistogram<double>(
        "workqueue_work_duration_seconds", "s");

    private readonly KeyValuePair<string, object?> _name = new("name", name);

    public void Added()
    {
        Adds.Add(1, _name);
        Depth.Add(1, _name);
    }

    public void Retried() => Retries.Add(1, _name);

    public void Taken(TimeSpan waited)
    {
        Depth.Add(-1, _name);
        Queued.Record(waited.TotalSeconds, _name);
    }

    public void Done(TimeSpan took) => Worked.Record(took.TotalSeconds, _name);
}
