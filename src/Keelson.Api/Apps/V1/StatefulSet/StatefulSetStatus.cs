using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Apps.V1;

/// <summary>Observed state of a stateful set.</summary>
[ApiType("io.k8s.api.apps.v1.StatefulSetStatus")]
public sealed partial record StatefulSetStatus
{
    /// <summary>
    /// Generation of the spec this status was computed from. If lower than metadata.generation, the controller has
    /// not caught up yet.
    /// </summary>
    [Field(1)]
    public partial long ObservedGeneration { get; init; }

    /// <summary>Number of pods the controller has created.</summary>
    [Field(2, Always = true, Required = true)]
    public partial int Replicas { get; init; }

    /// <summary>Number of its pods with a Ready condition.</summary>
    [Field(3)]
    public partial int ReadyReplicas { get; init; }

    /// <summary>Number of pods that run the revision named in currentRevision.</summary>
    [Field(4)]
    public partial int CurrentReplicas { get; init; }

    /// <summary>Number of pods that run the revision named in updateRevision.</summary>
    [Field(5)]
    public partial int UpdatedReplicas { get; init; }

    /// <summary>Revision the not yet updated pods, ordinals from the lowest up, are made from.</summary>
    [Field(6)]
    public partial string CurrentRevision { get; init; }

    /// <summary>Revision the set is moving to; equal to currentRevision when no update is under way.</summary>
    [Field(7)]
    public partial string UpdateRevision { get; init; }

    /// <summary>
    /// Number of hash clashes met while naming revisions. The controller mixes it into the next hash to find a free
    /// name.
    /// </summary>
    [Field(9)]
    public partial int? CollisionCount { get; init; }

    /// <summary>Latest observations about the stateful set, at most one per type.</summary>
    [Field(10, List = ListType.Map, Keys = "type", PatchStrategy = "merge", MergeKey = "type")]
    public partial ApiList<StatefulSetCondition> Conditions { get; init; }

    /// <summary>Number of its pods that have been ready for at least minReadySeconds.</summary>
    [Field(11, Always = true)]
    public partial int AvailableReplicas { get; init; }
}
