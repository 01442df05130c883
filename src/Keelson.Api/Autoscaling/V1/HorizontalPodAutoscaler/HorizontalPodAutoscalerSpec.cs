using Keelson.Api.Kinds;

namespace Keelson.Api.Autoscaling.V1;

/// <summary>Desired behaviour of an autoscaler.</summary>
[ApiType("io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerSpec")]
public sealed partial record HorizontalPodAutoscalerSpec
{
    /// <summary>Workload whose scale subresource is adjusted and whose pods are measured.</summary>
    [Field(1, Always = true, Required = true)]
    public partial CrossVersionObjectReference ScaleTargetRef { get; init; }

    /// <summary>
    /// Fewest replicas allowed. Defaults to 1; 0 requires the HPAScaleToZero feature and an Object or External
    /// metric.
    /// </summary>
    [Field(2)]
    public partial int? MinReplicas { get; init; }

    /// <summary>Most replicas allowed; must not be below minReplicas.</summary>
    [Field(3, Always = true, Required = true)]
    public partial int MaxReplicas { get; init; }

    /// <summary>
    /// Average CPU use over all pods to aim for, as a percentage of their requests. Without it the autoscaler's
    /// default policy applies.
    /// </summary>
    [Field(4)]
    public partial int? TargetCPUUtilizationPercentage { get; init; }
}
