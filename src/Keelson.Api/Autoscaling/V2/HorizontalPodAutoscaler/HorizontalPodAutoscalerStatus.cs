using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Autoscaling.V2;

/// <summary>Observed state of an autoscaler.</summary>
[ApiType("io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerStatus")]
public sealed partial record HorizontalPodAutoscalerStatus
{
    /// <summary>Generation of the spec last acted on.</summary>
    [Field(1)]
    public partial long? ObservedGeneration { get; init; }

    /// <summary>When the number of replicas was last changed by this autoscaler.</summary>
    [Field(2)]
    public partial Time? LastScaleTime { get; init; }

    /// <summary>Replicas the target had when last looked at.</summary>
    [Field(3)]
    public partial int CurrentReplicas { get; init; }

    /// <summary>Replicas the autoscaler last computed as needed.</summary>
    [Field(4, Always = true, Required = true)]
    public partial int DesiredReplicas { get; init; }

    /// <summary>Latest readings of the metrics.</summary>
    [Field(5, Always = true, List = ListType.Atomic)]
    public partial ApiList<MetricStatus> CurrentMetrics { get; init; }

    /// <summary>Latest observations about the autoscaler, at most one per type.</summary>
    [Field(6, List = ListType.Map, Keys = "type", PatchStrategy = "merge", MergeKey = "type")]
    public partial ApiList<HorizontalPodAutoscalerCondition> Conditions { get; init; }
}
