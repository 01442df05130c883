using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Autoscaling.V2;

/// <summary>Value a metric should have.</summary>
[ApiType("io.k8s.api.autoscaling.v2.MetricTarget")]
public sealed partial record MetricTarget
{
    /// <summary>Which form the target has: Utilization, Value or AverageValue.</summary>
    [Field(1, Always = true, Required = true, GoType = "v2.MetricTargetType")]
    public partial string Type { get; init; }

    /// <summary>Total to aim for, as a quantity.</summary>
    [Field(2)]
    public partial Quantity? Value { get; init; }

    /// <summary>Average over all pods of the target to aim for, as a quantity.</summary>
    [Field(3)]
    public partial Quantity? AverageValue { get; init; }

    /// <summary>
    /// Average over all pods to aim for, as a percentage of the requested amount. Only for Resource and
    /// ContainerResource metrics.
    /// </summary>
    [Field(4)]
    public partial int? AverageUtilization { get; init; }
}
