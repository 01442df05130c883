using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>A rule for spreading matching pods over topology domains.</summary>
[ApiType("io.k8s.api.core.v1.TopologySpreadConstraint")]
public sealed partial record TopologySpreadConstraint
{
    /// <summary>
    /// Largest permitted difference between the number of matching pods in a domain and the smallest number in any
    /// eligible domain. With ScheduleAnyway it only affects the ranking. Required, greater than 0.
    /// </summary>
    [Field(1, Always = true, Required = true)]
    public partial int MaxSkew { get; init; }

    /// <summary>Node label whose values define the domains. Nodes without it are left out. Required.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string TopologyKey { get; init; }

    /// <summary>
    /// DoNotSchedule leaves the pod pending if the rule cannot be met, ScheduleAnyway only prefers nodes that
    /// reduce the skew.
    /// </summary>
    [Field(3, Always = true, Required = true, Enum = typeof(UnsatisfiableConstraintAction))]
    public partial string WhenUnsatisfiable { get; init; }

    /// <summary>Pods that are counted, in the namespace of the incoming pod.</summary>
    [Field(4)]
    public partial LabelSelector? LabelSelector { get; init; }

    /// <summary>
    /// Least number of eligible domains; while there are fewer, the smallest number of pods is taken as 0. Only
    /// with DoNotSchedule; greater than 0, default 1.
    /// </summary>
    [Field(5)]
    public partial int? MinDomains { get; init; }

    /// <summary>
    /// Whether nodes excluded by node affinity and node selector of the pod are left out of the calculation: Honor
    /// (the default) or Ignore.
    /// </summary>
    [Field(6, Enum = typeof(NodeInclusionPolicy))]
    public partial string? NodeAffinityPolicy { get; init; }

    /// <summary>
    /// Whether nodes with taints that the pod does not tolerate are left out: Honor or Ignore (the default).
    /// </summary>
    [Field(7, Enum = typeof(NodeInclusionPolicy))]
    public partial string? NodeTaintsPolicy { get; init; }

    /// <summary>
    /// Labels whose values on the incoming pod are added to labelSelector, for example pod-template-hash to count
    /// only pods of the same revision. Must not overlap with the keys of labelSelector.
    /// </summary>
    [Field(8, List = ListType.Atomic)]
    public partial ApiList<string> MatchLabelKeys { get; init; }
}
