using Keelson.Api.Kinds;

namespace Keelson.Api.Autoscaling.V2;

/// <summary>Current reading of a container resource metric.</summary>
[ApiType("io.k8s.api.autoscaling.v2.ContainerResourceMetricStatus")]
public sealed partial record ContainerResourceMetricStatus
{
    /// <summary>Resource that is watched.</summary>
    [Field(1, Always = true, Required = true, GoType = "v1.ResourceName")]
    public partial string Name { get; init; }

    /// <summary>Value last measured.</summary>
    [Field(2, Always = true, Required = true)]
    public partial MetricValueStatus Current { get; init; }

    /// <summary>Name of the container in the pods of the scale target.</summary>
    [Field(3, Always = true, Required = true)]
    public partial string Container { get; init; }
}
