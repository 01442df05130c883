using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Api.Policy.V1;

/// <summary>Pods a budget covers and how many must stay up.</summary>
[ApiType("io.k8s.api.policy.v1.PodDisruptionBudgetSpec")]
public sealed partial record PodDisruptionBudgetSpec
{
    /// <summary>
    /// How many of the selected pods must still be available after an eviction, as a number or a percentage; 100%
    /// forbids evictions. Excludes maxUnavailable.
    /// </summary>
    [Field(1)]
    public partial IntOrString? MinAvailable { get; init; }

    /// <summary>
    /// Pods the budget covers, in its namespace. An empty selector selects all of them, a missing one none.
    /// </summary>
    [Field(2, PatchStrategy = "replace")]
    public partial LabelSelector? Selector { get; init; }

    /// <summary>
    /// How many of the selected pods may be unavailable after an eviction, as a number or a percentage; 0 forbids
    /// evictions. Excludes minAvailable.
    /// </summary>
    [Field(3)]
    public partial IntOrString? MaxUnavailable { get; init; }

    /// <summary>
    /// When running pods that are not ready may be evicted: IfHealthyBudget only while enough healthy pods remain,
    /// AlwaysAllow whatever the budget says. Defaults to IfHealthyBudget.
    /// </summary>
    [Field(4, Enum = typeof(UnhealthyPodEvictionPolicyType))]
    public partial string? UnhealthyPodEvictionPolicy { get; init; }
}
