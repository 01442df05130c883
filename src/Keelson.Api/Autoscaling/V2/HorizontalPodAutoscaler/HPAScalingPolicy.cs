using Keelson.Api.Kinds;

namespace Keelson.Api.Autoscaling.V2;

/// <summary>Limit on how much may change within a period.</summary>
[ApiType("io.k8s.api.autoscaling.v2.HPAScalingPolicy")]
public sealed partial record HPAScalingPolicy
{
    /// <summary>Unit of value: Pods for a number of pods, Percent for a percentage of the current number.</summary>
    [Field(1, Always = true, Required = true, GoType = "v2.HPAScalingPolicyType")]
    public partial string Type { get; init; }

    /// <summary>How much may change in one period. Must be above zero.</summary>
    [Field(2, Always = true, Required = true)]
    public partial int Value { get; init; }

    /// <summary>Length of the period in seconds, from 1 to 1800.</summary>
    [Field(3, Always = true, Required = true)]
    public partial int PeriodSeconds { get; init; }
}
