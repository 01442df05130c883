using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Autoscaling.V2;

/// <summary>Desired behaviour of an autoscaler.</summary>
[ApiType("io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec")]
public sealed partial record HorizontalPodAutoscalerSpec
{
    /// <summary>Workload whose scale subresource is adjusted and whose pods are measured.</summary>
    [Field(1, Always = true, Required = true)]
    public partial CrossVersionObjectReference ScaleTargetRef { get; init; }

    /// <summary>
    /// Fewest replicas allowed. Defaults to 1; 0 requires the HPAScaleToZero feature and at least one Object or
    /// External metric.
    /// </summary>
    [Field(2)]
    public partial int? MinReplicas { get; init; }

    /// <summary>Most replicas allowed; must not be below minReplicas.</summary>
    [Field(3, Always = true, Required = true)]
    public partial int MaxReplicas { get; init; }

    /// <summary>
    /// Metrics to scale on; the one that asks for the most replicas wins. If not set, average CPU utilization of
    /// 80% is used.
    /// </summary>
    [Field(4, List = ListType.Atomic)]
    public partial ApiList<MetricSpec> Metrics { get; init; }

    /// <summary>Pace of scaling up and down; the defaults of each direction apply where it is not set.</summary>
    [Field(5)]
    public partial HorizontalPodAutoscalerBehavior? Behavior { get; init; }
}
