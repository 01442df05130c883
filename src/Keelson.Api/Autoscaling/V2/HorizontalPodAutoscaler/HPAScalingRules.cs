using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Autoscaling.V2;

/// <summary>Speed limits, damping and tolerance for scaling in one direction.</summary>
[ApiType("io.k8s.api.autoscaling.v2.HPAScalingRules")]
public sealed partial record HPAScalingRules
{
    /// <summary>
    /// Seconds of past recommendations that are considered to avoid flapping, from 0 to 3600. Defaults to 0 for
    /// scaling up and 300 for scaling down.
    /// </summary>
    [Field(3)]
    public partial int? StabilizationWindowSeconds { get; init; }

    /// <summary>
    /// Which policy counts if several apply: Max the one allowing the largest change, Min the smallest, Disabled
    /// forbids scaling in this direction. Defaults to Max.
    /// </summary>
    [Field(1, GoType = "v2.ScalingPolicySelect")]
    public partial string? SelectPolicy { get; init; }

    /// <summary>
    /// Limits on the change per period. If not set, scaling up may add 4 pods or 100% every 15 seconds, and scaling
    /// down may remove 100% every 15 seconds.
    /// </summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<HPAScalingPolicy> Policies { get; init; }

    /// <summary>
    /// How far the metric may stray from its target, as a ratio such as 0.05, before this direction scales. If not
    /// set, the cluster-wide value applies, normally 0.1. Needs the HPAConfigurableTolerance feature.
    /// </summary>
    [Field(4)]
    public partial Quantity? Tolerance { get; init; }
}
