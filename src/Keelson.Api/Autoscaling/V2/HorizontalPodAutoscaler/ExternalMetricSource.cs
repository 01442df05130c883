using Keelson.Api.Kinds;

namespace Keelson.Api.Autoscaling.V2;

/// <summary>
/// Scales on a metric unrelated to any Kubernetes object, for example the length of a queue in a cloud service.
/// </summary>
[ApiType("io.k8s.api.autoscaling.v2.ExternalMetricSource")]
public sealed partial record ExternalMetricSource
{
    /// <summary>Name of the metric and an optional selector.</summary>
    [Field(1, Always = true, Required = true)]
    public partial MetricIdentifier Metric { get; init; }

    /// <summary>Value to aim for; only Value and AverageValue are possible.</summary>
    [Field(2, Always = true, Required = true)]
    public partial MetricTarget Target { get; init; }
}
