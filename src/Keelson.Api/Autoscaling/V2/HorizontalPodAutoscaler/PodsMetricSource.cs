using Keelson.Api.Kinds;

namespace Keelson.Api.Autoscaling.V2;

/// <summary>Scales on a metric that every pod of the target reports, averaged over the pods.</summary>
[ApiType("io.k8s.api.autoscaling.v2.PodsMetricSource")]
public sealed partial record PodsMetricSource
{
    /// <summary>Name of the metric and an optional selector.</summary>
    [Field(1, Always = true, Required = true)]
    public partial MetricIdentifier Metric { get; init; }

    /// <summary>Value to aim for; only AverageValue is possible.</summary>
    [Field(2, Always = true, Required = true)]
    public partial MetricTarget Target { get; init; }
}
