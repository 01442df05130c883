using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Apps.V1;

/// <summary>Observed state of a replica set.</summary>
[ApiType("io.k8s.api.apps.v1.ReplicaSetStatus")]
public sealed partial record ReplicaSetStatus
{
    /// <summary>Pods matched by the selector that are not being deleted.</summary>
    [Field(1, Always = true, Required = true)]
    public partial int Replicas { get; init; }

    /// <summary>Pods, not being deleted, that carry every label of the pod template.</summary>
    [Field(2)]
    public partial int FullyLabeledReplicas { get; init; }

    /// <summary>Pods, not being deleted, with a Ready condition.</summary>
    [Field(4)]
    public partial int ReadyReplicas { get; init; }

    /// <summary>Pods, not being deleted, that have been ready for at least minReadySeconds.</summary>
    [Field(5)]
    public partial int AvailableReplicas { get; init; }

    /// <summary>
    /// Pods that carry a deletion timestamp and have not yet finished. Reported while the
    /// DeploymentReplicaSetTerminatingReplicas feature is on.
    /// </summary>
    [Field(7)]
    public partial int? TerminatingReplicas { get; init; }

    /// <summary>
    /// Generation of the spec this status was computed from. If lower than metadata.generation, the controller has
    /// not caught up yet.
    /// </summary>
    [Field(3)]
    public partial long ObservedGeneration { get; init; }

    /// <summary>Latest observations about the replica set, at most one per type.</summary>
    [Field(6, List = ListType.Map, Keys = "type", PatchStrategy = "merge", MergeKey = "type")]
    public partial ApiList<ReplicaSetCondition> Conditions { get; init; }
}
