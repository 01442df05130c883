using Keelson.Api.Kinds;

namespace Keelson.Api.Autoscaling.V2;

/// <summary>Current reading of an object metric.</summary>
[ApiType("io.k8s.api.autoscaling.v2.ObjectMetricStatus")]
public sealed partial record ObjectMetricStatus
{
    /// <summary>Name of the metric and its selector.</summary>
    [Field(1, Always = true, Required = true)]
    public partial MetricIdentifier Metric { get; init; }

    /// <summary>Value last measured.</summary>
    [Field(2, Always = true, Required = true)]
    public partial MetricValueStatus Current { get; init; }

    /// <summary>Object the metric describes.</summary>
    [Field(3, Always = true, Required = true)]
    public partial CrossVersionObjectReference DescribedObject { get; init; }
}
