using Keelson.Api.Kinds;

namespace Keelson.Api.Autoscaling.V2;

/// <summary>Scales on the CPU or memory of the pods, relative to their requests or as a plain amount.</summary>
[ApiType("io.k8s.api.autoscaling.v2.ResourceMetricSource")]
public sealed partial record ResourceMetricSource
{
    /// <summary>Resource to watch, such as cpu or memory.</summary>
    [Field(1, Always = true, Required = true, GoType = "v1.ResourceName")]
    public partial string Name { get; init; }

    /// <summary>Value to aim for; only Utilization and AverageValue are possible.</summary>
    [Field(2, Always = true, Required = true)]
    public partial MetricTarget Target { get; init; }
}
