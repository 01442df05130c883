using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Apps.V1;

/// <summary>Observed state of a daemon set.</summary>
[ApiType("io.k8s.api.apps.v1.DaemonSetStatus")]
public sealed partial record DaemonSetStatus
{
    /// <summary>Nodes that run at least one daemon pod and are supposed to.</summary>
    [Field(1, Always = true, Required = true)]
    public partial int CurrentNumberScheduled { get; init; }

    /// <summary>Nodes that run a daemon pod although they should not.</summary>
    [Field(2, Always = true, Required = true)]
    public partial int NumberMisscheduled { get; init; }

    /// <summary>Nodes that ought to run the daemon pod, whether or not they do yet.</summary>
    [Field(3, Always = true, Required = true)]
    public partial int DesiredNumberScheduled { get; init; }

    /// <summary>
    /// Nodes that should run the daemon pod and have at least one such pod with a Ready condition.
    /// </summary>
    [Field(4, Always = true, Required = true)]
    public partial int NumberReady { get; init; }

    /// <summary>
    /// Generation of the spec this status was computed from. If lower than metadata.generation, the controller has
    /// not caught up yet.
    /// </summary>
    [Field(5)]
    public partial long ObservedGeneration { get; init; }

    /// <summary>Nodes whose daemon pod already comes from the newest template.</summary>
    [Field(6)]
    public partial int UpdatedNumberScheduled { get; init; }

    /// <summary>
    /// Nodes that should run the daemon pod and have one that has been ready for at least minReadySeconds.
    /// </summary>
    [Field(7)]
    public partial int NumberAvailable { get; init; }

    /// <summary>Nodes that should run the daemon pod but have none that is available.</summary>
    [Field(8)]
    public partial int NumberUnavailable { get; init; }

    /// <summary>
    /// Number of hash clashes met while naming revisions. The controller mixes it into the next hash to find a free
    /// name.
    /// </summary>
    [Field(9)]
    public partial int? CollisionCount { get; init; }

    /// <summary>Latest observations about the daemon set, at most one per type.</summary>
    [Field(10, List = ListType.Map, Keys = "type", PatchStrategy = "merge", MergeKey = "type")]
    public partial ApiList<DaemonSetCondition> Conditions { get; init; }
}
