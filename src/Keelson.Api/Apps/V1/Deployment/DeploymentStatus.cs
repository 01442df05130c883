using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Apps.V1;

/// <summary>Observed state of a deployment.</summary>
[ApiType("io.k8s.api.apps.v1.DeploymentStatus")]
public sealed partial record DeploymentStatus
{
    /// <summary>
    /// Generation of the spec this status was computed from. If lower than metadata.generation, the controller has
    /// not caught up yet.
    /// </summary>
    [Field(1)]
    public partial long ObservedGeneration { get; init; }

    /// <summary>
    /// Pods of this deployment that exist and are not being deleted, whatever their template version.
    /// </summary>
    [Field(2)]
    public partial int Replicas { get; init; }

    /// <summary>Pods, not being deleted, that already come from the newest template.</summary>
    [Field(3)]
    public partial int UpdatedReplicas { get; init; }

    /// <summary>Pods, not being deleted, with a Ready condition.</summary>
    [Field(7)]
    public partial int ReadyReplicas { get; init; }

    /// <summary>Pods, not being deleted, that have been ready for at least minReadySeconds.</summary>
    [Field(4)]
    public partial int AvailableReplicas { get; init; }

    /// <summary>
    /// Pods still missing for the deployment to have full capacity: either running but not yet available, or not
    /// created yet.
    /// </summary>
    [Field(5)]
    public partial int UnavailableReplicas { get; init; }

    /// <summary>
    /// Pods that carry a deletion timestamp and have not yet finished. Reported while the
    /// DeploymentReplicaSetTerminatingReplicas feature is on.
    /// </summary>
    [Field(9)]
    public partial int? TerminatingReplicas { get; init; }

    /// <summary>Latest observations about the deployment, at most one per type.</summary>
    [Field(6, List = ListType.Map, Keys = "type", PatchStrategy = "merge", MergeKey = "type")]
    public partial ApiList<DeploymentCondition> Conditions { get; init; }

    /// <summary>
    /// Number of hash clashes met while naming replica sets. The controller mixes it into the next hash to find a
    /// free name.
    /// </summary>
    [Field(8)]
    public partial int? CollisionCount { get; init; }
}
