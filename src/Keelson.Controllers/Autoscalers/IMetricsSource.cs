using Keelson.Api.Autoscaling.V2;

namespace Keelson.Controllers.Autoscalers;

/// <summary>Which API measures.</summary>
internal enum MetricsApi
{
    /// <summary>metrics.k8s.io: what pods and containers use.</summary>
    Resource,

    /// <summary>custom.metrics.k8s.io about pods.</summary>
    Pods,

    /// <summary>custom.metrics.k8s.io about one object.</summary>
    Object,

    /// <summary>external.metrics.k8s.io.</summary>
    External,
}

/// <summary>What is asked for.</summary>
/// <param name="Api">Who is asked.</param>
/// <param name="Namespace">The autoscaler's namespace.</param>
/// <param name="Metric">The resource or metric.</param>
internal sealed record MetricsQuery(MetricsApi Api, string Namespace, string Metric)
{
    /// <summary>The selector of the pods, as text.</summary>
    public string Pods { get; init; } = "";

    /// <summary>The container whose resource is meant; empty for all of a pod.</summary>
    public string Container { get; init; } = "";

    /// <summary>The object that is measured; null for other APIs.</summary>
    public CrossVersionObjectReference? Object { get; init; }

    /// <summary>Which series of the metric; null for all.</summary>
    public Keelson.Api.Meta.V1.LabelSelector? Series { get; init; }
}

/// <summary>A pod's measurement.</summary>
/// <param name="Milli">The value, in thousandths.</param>
/// <param name="At">When it was measured.</param>
/// <param name="Window">Over which time.</param>
internal readonly record struct MetricSample(long Milli, DateTimeOffset At, TimeSpan Window);

/// <summary>What was measured.</summary>
/// <param name="Pods">By pod, for the APIs about pods.</param>
/// <param name="Milli">The sum, in thousandths, for the others.</param>
/// <param name="Error">Why there is no answer; empty when there is one.</param>
internal sealed record MetricsAnswer(IReadOnlyDictionary<string, MetricSample> Pods, long Milli, string Error)
{
    /// <summary>No answer.</summary>
    public static MetricsAnswer Failed(string error) => new(new Dictionary<string, MetricSample>(), 0, error);
}

/// <summary>Where autoscalers get their metrics from.</summary>
internal interface IMetricsSource
{
    /// <summary>Asks for the newest measurements.</summary>
    ValueTask<MetricsAnswer> FetchAsync(MetricsQuery query, CancellationToken cancellationToken);
}

/// <summary>The source while nobody serves the metrics APIs; it answers as the API server does then.</summary>
internal sealed class AbsentMetrics : IMetricsSource
{
    /// <inheritdoc/>
    public ValueTask<MetricsAnswer> FetchAsync(MetricsQuery query, CancellationToken cancellationToken) =>
        ValueTask.FromResult(MetricsAnswer.Failed(query.Api switch
        {
            MetricsApi.Resource =>
                "unable to fetch metrics from resource metrics API: the server could not find the requested resource "
                + "(get pods.metrics.k8s.io)",
            MetricsApi.External =>
                "unable to fetch metrics from external metrics API: the server could not find the requested resource "
                + $"(get {query.Metric}.external.metrics.k8s.io)",
            _ =>
                "unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered",
        }));
}
