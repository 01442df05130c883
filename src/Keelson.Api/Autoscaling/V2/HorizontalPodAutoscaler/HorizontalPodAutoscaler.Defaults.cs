using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Autoscaling.V2;

public sealed partial record HorizontalPodAutoscaler
{
    /// <summary>CPU use of the requests, in percent, that is aimed at when no metric is given.</summary>
    internal const int DefaultCpuUtilization = 80;

    /// <summary>Doubling, or four pods more, every 15 seconds, whichever is more.</summary>
    private static readonly HPAScalingRules DefaultScaleUp = new()
    {
        StabilizationWindowSeconds = 0,
        SelectPolicy = ScalingPolicySelect.Max,
        Policies =
        [
            new() { Type = HPAScalingPolicyType.Pods, Value = 4, PeriodSeconds = 15 },
            new() { Type = HPAScalingPolicyType.Percent, Value = 100, PeriodSeconds = 15 },
        ],
    };

    /// <summary>Down to the minimum at once, when the window, which the controller knows, has passed.</summary>
    private static readonly HPAScalingRules DefaultScaleDown = new()
    {
        SelectPolicy = ScalingPolicySelect.Max,
        Policies = [new() { Type = HPAScalingPolicyType.Percent, Value = 100, PeriodSeconds = 15 }],
    };

    /// <inheritdoc cref="IKind{T}.SetDefaults"/>
    public static HorizontalPodAutoscaler SetDefaults(HorizontalPodAutoscaler obj) => obj with
    {
        Spec = obj.Spec with
        {
            MinReplicas = obj.Spec.MinReplicas ?? 1,
            Metrics = obj.Spec.Metrics.Count == 0 ? [CpuMetric(DefaultCpuUtilization)] : obj.Spec.Metrics,
            Behavior = obj.Spec.Behavior is null ? null : SetDefaults(obj.Spec.Behavior),
        },
    };

    /// <summary>The rules of <paramref name="behavior"/>, the defaults where a direction has none.</summary>
    internal static HorizontalPodAutoscalerBehavior WithBothDirections(HorizontalPodAutoscalerBehavior behavior) =>
        new() { ScaleUp = behavior.ScaleUp ?? DefaultScaleUp, ScaleDown = behavior.ScaleDown ?? DefaultScaleDown };

    /// <summary>A metric on CPU use in percent of the requests.</summary>
    internal static MetricSpec CpuMetric(int utilization) => new()
    {
        Type = MetricSourceType.Resource,
        Resource = new()
        {
            Name = ResourceName.Cpu,
            Target = new() { Type = MetricTargetType.Utilization, AverageUtilization = utilization },
        },
    };

    private static HorizontalPodAutoscalerBehavior SetDefaults(HorizontalPodAutoscalerBehavior behavior) => new()
    {
        ScaleUp = Merge(behavior.ScaleUp, DefaultScaleUp),
        ScaleDown = Merge(behavior.ScaleDown, DefaultScaleDown),
    };

    private static HPAScalingRules Merge(HPAScalingRules? rules, HPAScalingRules defaults) => rules is null
        ? defaults
        : rules with
        {
            StabilizationWindowSeconds = rules.StabilizationWindowSeconds ?? defaults.StabilizationWindowSeconds,
            SelectPolicy = rules.SelectPolicy ?? defaults.SelectPolicy,
            Policies = rules.Policies.IsAbsent ? defaults.Policies : rules.Policies,
        };
}
