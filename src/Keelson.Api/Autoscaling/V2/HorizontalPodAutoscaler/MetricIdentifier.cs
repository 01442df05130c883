using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Autoscaling.V2;

/// <summary>Names a metric and optionally narrows it down.</summary>
[ApiType("io.k8s.api.autoscaling.v2.MetricIdentifier")]
public sealed partial record MetricIdentifier
{
    /// <summary>Name of the metric.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>
    /// Labels passed on to the metrics server to narrow the metric down. If not set, only the name is used.
    /// </summary>
    [Field(2)]
    public partial LabelSelector? Selector { get; init; }
}
