using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Autoscaling.V1;

/// <summary>Observed state of an autoscaler.</summary>
[ApiType("io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerStatus")]
public sealed partial record HorizontalPodAutoscalerStatus
{
    /// <summary>Generation of the spec last acted on.</summary>
    [Field(1)]
    public partial long? ObservedGeneration { get; init; }

    /// <summary>When the number of replicas was last changed by this autoscaler.</summary>
    [Field(2)]
    public partial Time? LastScaleTime { get; init; }

    /// <summary>Replicas the target has now.</summary>
    [Field(3, Always = true, Required = true)]
    public partial int CurrentReplicas { get; init; }

    /// <summary>Replicas the autoscaler wants.</summary>
    [Field(4, Always = true, Required = true)]
    public partial int DesiredReplicas { get; init; }

    /// <summary>
    /// Average CPU use over all pods, as a percentage of their requests; 70 means 70% of the requested CPU.
    /// </summary>
    [Field(5)]
    public partial int? CurrentCPUUtilizationPercentage { get; init; }
}
