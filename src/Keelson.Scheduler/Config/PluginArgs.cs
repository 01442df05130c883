using Keelson.Api.Core.V1;

namespace Keelson.Scheduler.Config;

/// <summary>A plugin's arguments, as <c>pluginConfig</c> has them, defaults filled in.</summary>
public abstract record PluginArgs;

/// <summary>Arguments of DefaultPreemption.</summary>
public sealed record DefaultPreemptionArgs : PluginArgs
{
    /// <summary>The least part of the nodes, in percent, on which victims are looked for.</summary>
    public int MinCandidateNodesPercentage { get; init; } = 10;

    /// <summary>The least number of nodes on which victims are looked for.</summary>
    public int MinCandidateNodesAbsolute { get; init; } = 100;
}

/// <summary>Arguments of DynamicResources.</summary>
public sealed record DynamicResourcesArgs : PluginArgs
{
    /// <summary>How long looking for devices on a node may take; zero for no limit.</summary>
    public TimeSpan FilterTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long binding waits for devices to become ready.</summary>
    public TimeSpan BindingTimeout { get; init; } = TimeSpan.FromSeconds(600);
}

/// <summary>Arguments of InterPodAffinity.</summary>
public sealed record InterPodAffinityArgs : PluginArgs
{
    /// <summary>What pods score that must be near to the one that is placed.</summary>
    public int HardPodAffinityWeight { get; init; } = 1;

    /// <summary>True when only the wishes of the pod that is placed count.</summary>
    public bool IgnorePreferredTermsOfExistingPods { get; init; }
}

/// <summary>Arguments of NodeAffinity.</summary>
public sealed record NodeAffinityArgs : PluginArgs
{
    /// <summary>Affinity that all pods of the profile have besides their own; null for none.</summary>
    public NodeAffinity? AddedAffinity { get; init; }
}

/// <summary>A resource that is scored.</summary>
/// <param name="Name">The resource.</param>
/// <param name="Weight">Its weight, 1 to 100.</param>
public sealed record ResourceSpec(string Name, long Weight = 1);

/// <summary>Arguments of NodeResourcesBalancedAllocation.</summary>
public sealed record NodeResourcesBalancedAllocationArgs : PluginArgs
{
    /// <summary>The resources whose use is to be balanced.</summary>
    public IReadOnlyList<ResourceSpec> Resources { get; init; } = [new("cpu"), new("memory")];
}

/// <summary>How NodeResourcesFit scores.</summary>
public enum ScoringStrategyType
{
    /// <summary>Nodes with much left.</summary>
    LeastAllocated,

    /// <summary>Nodes with little left.</summary>
    MostAllocated,

    /// <summary>By a curve over how much is used.</summary>
    RequestedToCapacityRatio,
}

/// <summary>A point of a curve.</summary>
/// <param name="Utilization">How much is used, in percent.</param>
/// <param name="Score">The score there, 0 to 10.</param>
public sealed record UtilizationShapePoint(int Utilization, int Score);

/// <summary>Arguments of NodeResourcesFit.</summary>
public sealed record NodeResourcesFitArgs : PluginArgs
{
    /// <summary>Extended resources that are not looked at.</summary>
    public IReadOnlyList<string> IgnoredResources { get; init; } = [];

    /// <summary>Groups (what stands before the slash) of extended resources that are not looked at.</summary>
    public IReadOnlyList<string> IgnoredResourceGroups { get; init; } = [];

    /// <summary>How nodes are scored.</summary>
    public ScoringStrategyType Strategy { get; init; } = ScoringStrategyType.LeastAllocated;

    /// <summary>The resources that are scored.</summary>
    public IReadOnlyList<ResourceSpec> Resources { get; init; } = [new("cpu"), new("memory")];

    /// <summary>The curve of <see cref="ScoringStrategyType.RequestedToCapacityRatio"/>.</summary>
    public IReadOnlyList<UtilizationShapePoint> Shape { get; init; } = [];
}

/// <summary>Arguments of PodTopologySpread.</summary>
public sealed record PodTopologySpreadArgs : PluginArgs
{
    /// <summary>
    /// Constraints of pods that have none; their selectors come from the services and workloads of the pod.
    /// </summary>
    public IReadOnlyList<TopologySpreadConstraint> DefaultConstraints { get; init; } = [];

    /// <summary>
    /// True for upstream's own constraints (<c>defaultingType: System</c>) instead of <see cref="DefaultConstraints"/>.
    /// </summary>
    public bool UsesSystemDefaults { get; init; } = true;
}

/// <summary>Arguments of VolumeBinding.</summary>
public sealed record VolumeBindingArgs : PluginArgs
{
    /// <summary>How long binding waits for volumes.</summary>
    public TimeSpan BindTimeout { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>The curve of scores over how much of the capacity is used; none by default.</summary>
    public IReadOnlyList<UtilizationShapePoint> Shape { get; init; } = [];
}
