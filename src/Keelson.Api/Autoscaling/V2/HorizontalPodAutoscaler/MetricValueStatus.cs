using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Autoscaling.V2;

/// <summary>Measured value of a metric.</summary>
[ApiType("io.k8s.api.autoscaling.v2.MetricValueStatus")]
public sealed partial record MetricValueStatus
{
    /// <summary>Total measured.</summary>
    [Field(1)]
    public partial Quantity? Value { get; init; }

    /// <summary>Average measured over all pods of the target.</summary>
    [Field(2)]
    public partial Quantity? AverageValue { get; init; }

    /// <summary>Average measured over all pods, as a percentage of the requested amount.</summary>
    [Field(3)]
    public partial int? AverageUtilization { get; init; }
}
