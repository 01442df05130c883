using Keelson.Api.Kinds;

namespace Keelson.Api.Autoscaling.V2;

/// <summary>Latest reading of one metric; the field that belongs to type is set.</summary>
[ApiType("io.k8s.api.autoscaling.v2.MetricStatus")]
public sealed partial record MetricStatus
{
    /// <summary>Kind of metric: Resource, ContainerResource, Pods, Object or External.</summary>
    [Field(1, Always = true, Required = true, GoType = "v2.MetricSourceType")]
    public partial string Type { get; init; }

    /// <summary>Reading of a metric of a single Kubernetes object.</summary>
    [Field(2)]
    public partial ObjectMetricStatus? Object { get; init; }

    /// <summary>Reading of a metric averaged over the pods.</summary>
    [Field(3)]
    public partial PodsMetricStatus? Pods { get; init; }

    /// <summary>Reading of CPU or memory of whole pods.</summary>
    [Field(4)]
    public partial ResourceMetricStatus? Resource { get; init; }

    /// <summary>Reading of CPU or memory of one container in each pod.</summary>
    [Field(7)]
    public partial ContainerResourceMetricStatus? ContainerResource { get; init; }

    /// <summary>Reading of a metric from outside the cluster.</summary>
    [Field(5)]
    public partial ExternalMetricStatus? External { get; init; }
}
