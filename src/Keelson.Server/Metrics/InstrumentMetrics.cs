using System.Diagnostics.Metrics;

namespace Keelson.Server.Metrics;

/// <summary>
/// What the roles of this process measure with .NET's instruments (work queues, calls to the API, elections,
/// scheduling), under upstream's names. A metric is shown from when something in the process can measure it.
/// </summary>
internal sealed class InstrumentMetrics : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, Lazy<InstrumentSink>> _sinks = new(StringComparer.Ordinal);

    /// <summary>Listens from now on.</summary>
    public InstrumentMetrics(MetricRegistry registry)
    {
        DeclareClients(registry);
        DeclareScheduler(registry);
        DeclareDevices(registry);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith("Keelson.", StringComparison.Ordinal)
                && _sinks.TryGetValue(instrument.Name, out Lazy<InstrumentSink>? sink))
            {
                listener.EnableMeasurementEvents(instrument, sink.Value);
            }
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, sink) => Take(sink, value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, sink) => Take(sink, value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, sink) => Take(sink, value, tags));
        _listener.Start();
        registry.OnCollect(_listener.RecordObservableInstruments);
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void DeclareClients(MetricRegistry registry)
    {
        double[] waits = Buckets.Exponential(1e-8, 10, 12);
        double[] calls = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];
        const MetricStability alpha = MetricStability.Alpha;
        Add("workqueue_depth", name => registry.Gauge(name, alpha, "Keys that wait in a work queue.", "name"));
        Add("workqueue_adds_total", name => registry.Counter(name, alpha, "Keys added to a work queue.", "name"));
        Add("workqueue_retries_total", name => registry.Counter(
            name, alpha, "Keys added to a work queue after a failure.", "name"));
        Add("workqueue_queue_duration_seconds", name => registry.Histogram(
            name, alpha, "Time that keys waited in a work queue.", waits, "name"));
        Add("workqueue_work_duration_seconds", name => registry.Histogram(
            name, alpha, "Time that work on a key took.", waits, "name"));
        Add("rest_client_requests_total", name => registry.Counter(
            name, alpha, "Requests to an API server, by answer.", "code", "host", "method"));
        Add("rest_client_request_duration_seconds", name => registry.Histogram(
            name, alpha, "Time that requests to an API server took.", calls, "host", "verb"));
        Add("leader_election_master_status", name => registry.Gauge(
            name, alpha, "1 where this process leads, else 0.", "name"));
    }

    private void DeclareScheduler(MetricRegistry registry)
    {
        double[] attempts = Buckets.Exponential(0.001, 2, 15);
        const MetricStability stable = MetricStability.Stable;
        Add("scheduler_schedule_attempts_total", name => registry.Counter(
            name, stable, "Attempts to place pods, by result.", "profile", "result"));
        Add("scheduler_scheduling_attempt_duration_seconds", name => registry.Histogram(
            name, stable, "Time that attempts to place a pod took, binding included.", attempts, "profile", "result"));
        Add("scheduler_scheduling_algorithm_duration_seconds", name => registry.Histogram(
            name, MetricStability.Alpha, "Time that looking for a node took.", attempts));
        Add("scheduler_pod_scheduling_sli_duration_seconds", name => registry.Histogram(
            name, MetricStability.Beta, "Time from when a pod could be placed until it was bound.",
            Buckets.Exponential(0.01, 2, 20), "attempts"));
        Add("scheduler_pod_scheduling_attempts", name => registry.Histogram(
            name, stable, "Attempts that pods took to be placed.", Buckets.Exponential(1, 2, 5)));
        Add("scheduler_preemption_attempts_total", name => registry.Counter(
            name, stable, "Attempts to make room by moving pods out."));
        Add("scheduler_preemption_victims", name => registry.Histogram(
            name, stable, "Pods that had to move out for another.", Buckets.Exponential(1, 2, 7)));
        Add("scheduler_pending_pods", name => registry.Gauge(name, stable, "Pods that wait, by queue.", "queue"));
    }

    private void DeclareDevices(MetricRegistry registry)
    {
        double[] evictions = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 30, 60, 120, 180, 240];
        const MetricStability alpha = MetricStability.Alpha;
        Add("resourceclaim_controller_creates_total", name => registry.Counter(
            name, alpha, "Claims made of templates, by result.", "status", "admin_access"));
        Add("resourceclaim_controller_resource_claims", name => registry.Gauge(
            name, alpha, "Claims that there are.", "allocated", "admin_access", "source"));
        Add("scheduler_resourceclaim_creates_total", name => registry.Counter(
            name, alpha, "Claims made for extended resources, by result.", "status"));
        Add("device_taint_eviction_controller_pod_deletions_total", name => registry.Counter(
            name, alpha, "Pods deleted because of taints on their devices."));
        Add("device_taint_eviction_controller_pod_deletion_duration_seconds", name => registry.Histogram(
            name, alpha, "Time between when a pod had to go because of its devices and its deletion.", evictions));
    }

    private void Add(string name, Func<string, MetricFamily> declare) =>
        _sinks.Add(name, new(() => new InstrumentSink(declare(name))));

    private static void Take(object? sink, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((InstrumentSink)sink!).Take(value, tags);

    /// <summary>Where an instrument's measurements go.</summary>
    private sealed class InstrumentSink(MetricFamily family)
    {
        private readonly IReadOnlyList<string> _labels = family.Description.Labels;

        public void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            string first = Value(tags, 0);
            string second = Value(tags, 1);
            string third = Value(tags, 2);
            ReadOnlySpan<string> values = [first, second, third];
            values = values[.._labels.Count];
            switch (family)
            {
                case CounterFamily counter:
                    counter.With(values).Add(value);
                    break;
                case HistogramFamily histogram:
                    histogram.With(values).Observe(value);
                    break;
                case GaugeFamily gauge when family.Description.Name == "workqueue_depth":
                    gauge.With(values).Add(value);
                    break;
                case GaugeFamily gauge:
                    gauge.With(values).Set(value);
                    break;
            }
        }

        private string Value(ReadOnlySpan<KeyValuePair<string, object?>> tags, int label)
        {
            if (label >= _labels.Count)
            {
                return "";
            }

            foreach (KeyValuePair<string, object?> tag in tags)
            {
                if (tag.Key == _labels[label])
                {
                    return tag.Value as string ?? tag.Value?.ToString() ?? "";
                }
            }

            return "";
        }
    }
}
