namespace Keelson.Nodes.Metrics;

/// <summary>Claims of dynamic resources, and calls to their drivers.</summary>
internal sealed class DraMetrics(MetricSet metrics)
{
    private readonly HistogramMetric _operations = metrics.Histogram(
        "dra_operations_duration_seconds", "How long it took to prepare or give back all claims of a pod.",
        MetricSet.UsualBuckets, "is_error", "operation_name");

    private readonly HistogramMetric _calls = metrics.Histogram(
        "dra_grpc_operations_duration_seconds", "How long calls to drivers took.",
        MetricSet.UsualBuckets, "driver_name", "grpc_status_code", "method_name");

    private readonly NumberMetric _inUse = metrics.Gauge(
        "dra_resource_claims_in_use", "Claims in use on the node, by driver; those of any driver as <any>.",
        "driver_name");

    /// <summary>All claims of a pod were prepared (<c>PrepareResources</c>) or given back
    /// (<c>UnprepareResources</c>), or that failed.</summary>
    public void Done(string operation, TimeSpan took, bool failed) =>
        _operations.Observe(took, failed ? "true" : "false", operation);

    /// <summary>A driver was called.</summary>
    public void Called(string driver, string method, TimeSpan took, string status) =>
        _calls.Observe(took, driver, status, method);

    /// <summary>Counts the claims in use.</summary>
    /// <param name="drivers">For each claim its drivers.</param>
    public void Count(IReadOnlyCollection<IEnumerable<string>> drivers)
    {
        _inUse.Clear();
        _inUse.Set(drivers.Count, "<any>");
        foreach ((string driver, int claims) in drivers.SelectMany(static one => one).CountBy(static one => one))
        {
            _inUse.Set(claims, driver);
        }
    }
}
