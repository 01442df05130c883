namespace Keelson.Nodes.Metrics;

/// <summary>The node as a whole: its start, its end, and what it does when it runs short.</summary>
internal sealed class NodeWorkMetrics
{
    private readonly NumberMetric _beforeRegistration;
    private readonly NumberMetric _registration;
    private readonly NumberMetric _afterRegistration;
    private readonly NumberMetric _total;

    public NodeWorkMetrics(MetricSet metrics)
    {
        Evictions = metrics.NamedOddly("kubelet_evictions", "Pods evicted, by signal.", "eviction_signal");
        EvictionAge = metrics.Histogram(
            "kubelet_eviction_stats_age_seconds", "How old the figures were by which pods were evicted.",
            MetricSet.UsualBuckets, "eviction_signal");
        Preemptions = metrics.NamedOddly(
            "kubelet_preemptions", "Pods ended to make room for critical ones.", "preemption_signal");
        ShutdownStart = metrics.Gauge(
            "kubelet_graceful_shutdown_start_time_seconds", "When the node began to shut down.");
        ShutdownEnd = metrics.Gauge(
            "kubelet_graceful_shutdown_end_time_seconds", "When the node had ended its pods.");
        CgroupVersion = metrics.Gauge("kubelet_cgroup_version", "The version of the machine's control groups.");
        NumberMetric provider = metrics.Gauge(
            "kubelet_metrics_provider", "Where figures of containers are from.", "provider");
        metrics.Gauge("kubelet_node_startup_pre_kubelet_duration_seconds", "The node's start before the agent's.");
        _beforeRegistration = metrics.Gauge(
            "kubelet_node_startup_pre_registration_duration_seconds", "The node's start until it registered.");
        _registration = metrics.Gauge(
            "kubelet_node_startup_registration_duration_seconds", "How long it took to register the node.");
        _afterRegistration = metrics.Gauge(
            "kubelet_node_startup_post_registration_duration_seconds", "From registration until the node was ready.");
        _total = metrics.Gauge(
            "kubelet_node_startup_duration_seconds", "The node's start until it was ready.");
        provider.Set(1, "cri");
    }

    public NumberMetric Evictions { get; }

    public HistogramMetric EvictionAge { get; }

    public NumberMetric Preemptions { get; }

    public NumberMetric ShutdownStart { get; }

    public NumberMetric ShutdownEnd { get; }

    public NumberMetric CgroupVersion { get; }

    /// <summary>The node is ready for the first time.</summary>
    /// <param name="until">From the agent's start until it began to register.</param>
    /// <param name="registering">How long it registered.</param>
    /// <param name="after">From then until it was ready.</param>
    public void Started(TimeSpan until, TimeSpan registering, TimeSpan after)
    {
        _beforeRegistration.Set(until.TotalSeconds);
        _registration.Set(registering.TotalSeconds);
        _afterRegistration.Set(after.TotalSeconds);
        _total.Set((until + registering + after).TotalSeconds);
    }
}
