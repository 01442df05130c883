using Keelson.Api.Kinds;

namespace Keelson.Api.Autoscaling.V2;

/// <summary>Current reading of a resource metric.</summary>
[ApiType("io.k8s.api.autoscaling.v2.ResourceMetricStatus")]
public sealed partial record ResourceMetricStatus
{
    /// <summary>Resource that is watched.</summary>
    [Field(1, Always = true, Required = true, GoType = "v1.ResourceName")]
    public partial string Name { get; init; }

    /// <summary>Value last measured.</summary>
    [Field(2, Always = true, Required = true)]
    public partial MetricValueStatus Current { get; init; }
}
