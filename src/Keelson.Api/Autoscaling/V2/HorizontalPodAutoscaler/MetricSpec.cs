using Keelson.Api.Kinds;

namespace Keelson.Api.Autoscaling.V2;

/// <summary>One metric to scale on; exactly the field that belongs to type is set.</summary>
[ApiType("io.k8s.api.autoscaling.v2.MetricSpec")]
public sealed partial record MetricSpec
{
    /// <summary>Kind of metric: Resource, ContainerResource, Pods, Object or External.</summary>
    [Field(1, Always = true, Required = true, GoType = "v2.MetricSourceType")]
    public partial string Type { get; init; }

    /// <summary>Metric of a single Kubernetes object.</summary>
    [Field(2)]
    public partial ObjectMetricSource? Object { get; init; }

    /// <summary>Metric of every pod of the target, averaged before it is compared.</summary>
    [Field(3)]
    public partial PodsMetricSource? Pods { get; init; }

    /// <summary>CPU or memory of whole pods.</summary>
    [Field(4)]
    public partial ResourceMetricSource? Resource { get; init; }

    /// <summary>CPU or memory of one container in each pod.</summary>
    [Field(7)]
    public partial ContainerResourceMetricSource? ContainerResource { get; init; }

    /// <summary>Metric from outside the cluster.</summary>
    [Field(5)]
    public partial ExternalMetricSource? External { get; init; }
}
