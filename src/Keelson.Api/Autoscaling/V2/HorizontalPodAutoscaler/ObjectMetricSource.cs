using Keelson.Api.Kinds;

namespace Keelson.Api.Autoscaling.V2;

/// <summary>
/// Scales on a metric that describes a single Kubernetes object, such as the hits of an Ingress.
/// </summary>
[ApiType("io.k8s.api.autoscaling.v2.ObjectMetricSource")]
public sealed partial record ObjectMetricSource
{
    /// <summary>Object the metric describes.</summary>
    [Field(1, Always = true, Required = true)]
    public partial CrossVersionObjectReference DescribedObject { get; init; }

    /// <summary>Value to aim for; Value or AverageValue.</summary>
    [Field(2, Always = true, Required = true)]
    public partial MetricTarget Target { get; init; }

    /// <summary>Name of the metric and an optional selector.</summary>
    [Field(3, Always = true, Required = true)]
    public partial MetricIdentifier Metric { get; init; }
}
