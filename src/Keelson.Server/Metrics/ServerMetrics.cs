namespace Keelson.Server.Metrics;

/// <summary>The server's metrics, by topic.</summary>
internal sealed class ServerMetrics : IDisposable
{
    private readonly InstrumentMetrics _instruments;

    /// <summary>Everything shown at /metrics.</summary>
    public MetricRegistry Registry { get; } = new();

    /// <summary>What is shown at /metrics/slis: the health checks alone.</summary>
    public MetricRegistry ServiceLevels { get; } = new();

    /// <summary>All metrics, at zero.</summary>
    public ServerMetrics()
    {
        Requests = new RequestMetrics(Registry);
        Access = new AccessMetrics(Registry);
        Storage = new StorageMetrics(Registry);
        FlowControl = new FlowControlMetrics(Registry);
        Connections = new ConnectionMetrics(Registry);
        _ = new ProcessMetrics(Registry);
        _instruments = new(Registry);
        Health = new HealthMetrics(ServiceLevels);
    }

    /// <summary>Requests.</summary>
    public RequestMetrics Requests { get; }

    /// <summary>Authentication, authorization, admission.</summary>
    public AccessMetrics Access { get; }

    /// <summary>Store, caches, watches.</summary>
    public StorageMetrics Storage { get; }

    /// <summary>Priority and fairness.</summary>
    public FlowControlMetrics FlowControl { get; }

    /// <summary>Connections into pods.</summary>
    public ConnectionMetrics Connections { get; }

    /// <summary>Health checks.</summary>
    public HealthMetrics Health { get; }

    /// <summary>Ends following what the roles of this process measure.</summary>
    public void Dispose() => _instruments.Dispose();
}

/// <summary>Results of health checks.</summary>
internal sealed class HealthMetrics(MetricRegistry registry)
{
    private readonly GaugeFamily _last = registry.Gauge("kubernetes_healthcheck", MetricStability.Stable,
        "1 when a health check passed last, else 0.", "name", "type");

    private readonly CounterFamily _total = registry.Counter("kubernetes_healthchecks_total", MetricStability.Stable,
        "Health checks made, by result.", "name", "type", "status");

    /// <summary>A check of healthz, livez or readyz was made.</summary>
    public void Checked(string name, string type, bool passed)
    {
        _last.With(name, type).Set(passed ? 1 : 0);
        _total.With(name, type, passed ? "success" : "error").Increment();
    }
}
