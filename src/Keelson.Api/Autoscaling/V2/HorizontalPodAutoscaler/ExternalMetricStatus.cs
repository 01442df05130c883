using Keelson.Api.Kinds;

namespace Keelson.Api.Autoscaling.V2;

/// <summary>Current reading of an external metric.</summary>
[ApiType("io.k8s.api.autoscaling.v2.ExternalMetricStatus")]
public sealed partial record ExternalMetricStatus
{
    /// <summary>Name of the metric and its selector.</summary>
    [Field(1, Always = true, Required = true)]
    public partial MetricIdentifier Metric { get; init; }

    /// <summary>Value last measured.</summary>
    [Field(2, Always = true, Required = true)]
    public partial MetricValueStatus Current { get; init; }
}
