using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Nodes.Metrics;

/// <summary>Changes of what pods that run may use.</summary>
internal sealed class ResizeMetrics(MetricSet metrics)
{
    // Upstream's: from 10 ms on, twice as much each, fifteen of them.
    private static readonly double[] Milliseconds =
        [.. Enumerable.Range(0, 15).Select(static i => 10 * Math.Pow(2, i))];

    private readonly NumberMetric _requested = metrics.Counter(
        "kubelet_container_requested_resizes_total", "Resources of containers that were to be changed.",
        "operation", "requirement", "resource");

    public HistogramMetric Duration { get; } = metrics.Histogram(
        "kubelet_pod_resize_duration_milliseconds", "How long it took to bring new resources in force.", Milliseconds,
        "success");

    public NumberMetric Pending { get; } = metrics.Gauge(
        "kubelet_pod_pending_resizes", "Pods whose new resources wait.", "reason");

    public NumberMetric InProgress { get; } = metrics.Gauge(
        "kubelet_pod_in_progress_resizes", "Pods whose new resources are being brought in force.");

    public NumberMetric Infeasible { get; } = metrics.Counter(
        "kubelet_pod_infeasible_resizes_total", "Pods whose new resources they can never have.", "reason_detail");

    public NumberMetric DeferredAccepted { get; } = metrics.Counter(
        "kubelet_pod_deferred_accepted_resizes_total", "Pods whose new resources they got after they had waited.",
        "retry_trigger");

    /// <summary>A pod asks for other resources.</summary>
    public void Requested(Pod before, Pod now)
    {
        foreach ((Container old, Container wanted) in before.Spec.Containers.Concat(before.Spec.InitContainers)
            .Zip(now.Spec.Containers.Concat(now.Spec.InitContainers)))
        {
            foreach (string resource in (ReadOnlySpan<string>)["cpu", "memory"])
            {
                Count(old.Resources.Requests, wanted.Resources.Requests, "requests", resource);
                Count(old.Resources.Limits, wanted.Resources.Limits, "limits", resource);
            }
        }
    }

    private void Count(ApiMap<Quantity> old, ApiMap<Quantity> now, string requirement, string resource)
    {
        string? operation = (old.TryGetValue(resource, out Quantity was), now.TryGetValue(resource, out Quantity isNow))
            switch
        {
            (false, true) => "add",
            (true, false) => "remove",
            (true, true) when isNow > was => "increase",
            (true, true) when isNow < was => "decrease",
            _ => null,
        };
        if (operation is not null)
        {
            _requested.Count(operation, requirement, resource);
        }
    }
}
