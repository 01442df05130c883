namespace Keelson.Server.Metrics;

/// <summary>Priority and fairness, counted and timed.</summary>
internal sealed class FlowControlMetrics
{
    private readonly GaugeFamily _executing;
    private readonly GaugeFamily _executingSeats;
    private readonly GaugeFamily _queued;
    private readonly CounterFamily _dispatched;
    private readonly CounterFamily _rejected;
    private readonly HistogramFamily _wait;
    private readonly HistogramFamily _execution;
    private readonly GaugeFamily _nominalSeats;
    private readonly GaugeFamily _currentSeats;
    private readonly GaugeFamily _inQueue;

    public FlowControlMetrics(MetricRegistry registry)
    {
        string[] flow = ["priority_level", "flow_schema"];
        _executing = registry.Gauge("apiserver_flowcontrol_current_executing_requests", MetricStability.Beta,
            "Requests in the first stage of their execution now.", flow);
        _executingSeats = registry.Gauge("apiserver_flowcontrol_current_executing_seats", MetricStability.Beta,
            "Seats that requests occupy now.", flow);
        _queued = registry.Gauge(
            "apiserver_flowcontrol_current_inqueue_requests", MetricStability.Beta, "Requests waiting in queues now.",
                flow);
        _dispatched = registry.Counter(
            "apiserver_flowcontrol_dispatched_requests_total", MetricStability.Beta, "Requests let through.", flow);
        _rejected = registry.Counter("apiserver_flowcontrol_rejected_requests_total", MetricStability.Beta,
            "Requests refused, by reason.", [.. flow, "reason"]);
        _wait = registry.Histogram("apiserver_flowcontrol_request_wait_duration_seconds", MetricStability.Beta,
            "Seconds that requests waited in queues.", Buckets.Queue, [.. flow, "execute"]);
        _execution = registry.Histogram("apiserver_flowcontrol_request_execution_seconds", MetricStability.Alpha,
            "Seconds that requests were in work.", Buckets.Queue, [.. flow, "type"]);
        _nominalSeats = registry.Gauge("apiserver_flowcontrol_nominal_limit_seats", MetricStability.Beta,
            "Seats that a priority level has by its configuration.", "priority_level");
        _currentSeats = registry.Gauge("apiserver_flowcontrol_current_limit_seats", MetricStability.Alpha,
            "Seats that a priority level has now, borrowed ones included.", "priority_level");
        _inQueue = registry.Gauge("apiserver_current_inqueue_requests", MetricStability.Alpha,
            "The most requests in queues at a time during the last second, by kind of request.", "request_kind");
    }

    /// <summary>Requests entered (1) or left (-1) a queue.</summary>
    public void Queued(string level, string schema, bool isMutating, int change)
    {
        _queued.With(level, schema).Add(change);
        _inQueue.With(isMutating ? "mutating" : "readOnly").Add(change);
    }

    /// <summary>A request was let through after it waited.</summary>
    public void Dispatched(string level, string schema, double waitedSeconds)
    {
        _dispatched.With(level, schema).Increment();
        _wait.With(level, schema, "true").Observe(waitedSeconds);
    }

    /// <summary>A request was refused: queue-full, concurrency-limit, time-out, cancelled.</summary>
    public void Rejected(string level, string schema, string reason, double waitedSeconds)
    {
        _rejected.With(level, schema, reason).Increment();
        _wait.With(level, schema, "false").Observe(waitedSeconds);
    }

    /// <summary>A request takes its seats (positive) or gives them back (negative).</summary>
    public void Executing(string level, string schema, int seats)
    {
        _executing.With(level, schema).Add(Math.Sign(seats));
        _executingSeats.With(level, schema).Add(seats);
    }

    /// <summary>A request is over; the type is regular or watch.</summary>
    public void Executed(string level, string schema, string type, double seconds) =>
        _execution.With(level, schema, type).Observe(seconds);

    /// <summary>The seats of a priority level.</summary>
    public void Seats(string level, int nominal, int current)
    {
        _nominalSeats.With(level).Set(nominal);
        _currentSeats.With(level).Set(current);
    }
}
