using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Policy.V1;

/// <summary>Observed state of a budget; it may lag behind the cluster.</summary>
[ApiType("io.k8s.api.policy.v1.PodDisruptionBudgetStatus")]
public sealed partial record PodDisruptionBudgetStatus
{
    /// <summary>
    /// Generation of the spec the status was computed from. Evictions are refused while it lags behind.
    /// </summary>
    [Field(1)]
    public partial long ObservedGeneration { get; init; }

    /// <summary>
    /// Pods whose eviction was granted but whose deletion the controller has not yet seen, by name, with the time
    /// of the grant.
    /// </summary>
    [Field(2)]
    public partial ApiMap<Time> DisruptedPods { get; init; }

    /// <summary>How many pods may be evicted right now.</summary>
    [Field(3, Always = true)]
    public partial int DisruptionsAllowed { get; init; }

    /// <summary>Number of healthy pods now.</summary>
    [Field(4, Always = true)]
    public partial int CurrentHealthy { get; init; }

    /// <summary>Fewest healthy pods the budget requires.</summary>
    [Field(5, Always = true)]
    public partial int DesiredHealthy { get; init; }

    /// <summary>Number of pods the budget covers.</summary>
    [Field(6, Always = true)]
    public partial int ExpectedPods { get; init; }

    /// <summary>
    /// Latest observations about the budget; DisruptionAllowed tells whether evictions are possible.
    /// </summary>
    [Field(7, List = ListType.Map, Keys = "type", PatchStrategy = "merge", MergeKey = "type")]
    public partial ApiList<Condition> Conditions { get; init; }
}
