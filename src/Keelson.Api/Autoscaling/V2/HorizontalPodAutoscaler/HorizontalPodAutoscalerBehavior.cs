using Keelson.Api.Kinds;

namespace Keelson.Api.Autoscaling.V2;

/// <summary>Pace of scaling in each direction.</summary>
[ApiType("io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerBehavior")]
public sealed partial record HorizontalPodAutoscalerBehavior
{
    /// <summary>
    /// Rules for adding pods. By default the faster of 4 pods or 100% per 15 seconds, without stabilization.
    /// </summary>
    [Field(1)]
    public partial HPAScalingRules? ScaleUp { get; init; }

    /// <summary>
    /// Rules for removing pods. By default down to the minimum, at the highest recommendation of the last 300
    /// seconds.
    /// </summary>
    [Field(2)]
    public partial HPAScalingRules? ScaleDown { get; init; }
}
