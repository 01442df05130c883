namespace Keelson.Nodes.Metrics;

/// <summary>Probes of containers. Those of containers that are gone are forgotten.</summary>
internal sealed class ProbeMetrics(MetricSet metrics)
{
    private readonly NumberMetric _total = metrics.Counter(
        "prober_probe_total", "Probes, by what they found.",
        "container", "namespace", "pod", "pod_uid", "probe_type", "result");

    private readonly HistogramMetric _duration = metrics.Histogram(
        "prober_probe_duration_seconds", "How long probes took.", MetricSet.UsualBuckets,
        "container", "namespace", "pod", "probe_type");

    /// <summary>A probe gave an answer: <c>successful</c>, <c>failed</c> or <c>unknown</c>.</summary>
    public void Probed(ProbedContainer one, string result, TimeSpan took)
    {
        _total.Count(one.Container, one.Namespace, one.Pod, one.PodUid, one.Type, result);
        _duration.Observe(took, one.Container, one.Namespace, one.Pod, one.Type);
    }

    /// <summary>A container is probed no more.</summary>
    public void Forget(ProbedContainer one)
    {
        foreach (string result in (ReadOnlySpan<string>)["successful", "failed", "unknown"])
        {
            _total.Remove(one.Container, one.Namespace, one.Pod, one.PodUid, one.Type, result);
        }

        _duration.Remove(one.Container, one.Namespace, one.Pod, one.Type);
    }
}

/// <summary>A container that is probed.</summary>
/// <param name="Container">Its name.</param>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="PodUid">The pod's uid.</param>
/// <param name="Type"><c>Liveness</c>, <c>Readiness</c> or <c>Startup</c>.</param>
internal readonly record struct ProbedContainer(
    string Container, string Namespace, string Pod, string PodUid, string Type);
