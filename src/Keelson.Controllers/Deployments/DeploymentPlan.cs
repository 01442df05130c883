using Keelson.Api.Apps.V1;
using Keelson.Api.Core.V1;
using Keelson.Controllers.Workloads;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Deployments;

/// <summary>What the deployment controller sees of one deployment.</summary>
/// <param name="Deployment">The deployment.</param>
/// <param name="Sets">The replica sets that it controls.</param>
/// <param name="HasRunningPods">Whether a set has pods that have not ended; asked for old sets when recreating.</param>
internal sealed record DeploymentSnapshot(
    Deployment Deployment, IReadOnlyList<ReplicaSet> Sets, Func<ReplicaSet, bool> HasRunningPods);

/// <summary>A replica set to be written with another size, or other annotations.</summary>
/// <param name="Set">As it is.</param>
/// <param name="Wanted">As it shall be.</param>
internal sealed record ReplicaSetChange(ReplicaSet Set, ReplicaSet Wanted)
{
    /// <summary>Replicas before.</summary>
    public int From => Set.Spec.Replicas ?? 0;

    /// <summary>Replicas afterwards.</summary>
    public int To => Wanted.Spec.Replicas ?? 0;
}

/// <summary>What to do about a deployment, in this order.</summary>
internal sealed record DeploymentPlan
{
    /// <summary>The revision to note on the deployment; null for none to note.</summary>
    public long? Revision { get; init; }

    /// <summary>The replica set to create; null for none.</summary>
    public ReplicaSet? Create { get; init; }

    /// <summary>Replica sets to write.</summary>
    public IReadOnlyList<ReplicaSetChange> Changes { get; init; } = [];

    /// <summary>Replica sets of the past to delete.</summary>
    public IReadOnlyList<ReplicaSet> Delete { get; init; } = [];

    /// <summary>The status to report.</summary>
    public required DeploymentStatus Status { get; init; }

    /// <summary>When to look again though nothing has changed: the progress deadline.</summary>
    public TimeSpan? CheckAfter { get; init; }

    /// <summary>Decides.</summary>
    public static DeploymentPlan Compute(DeploymentSnapshot snapshot, Time now)
    {
        DeploymentRollout rollout = new(snapshot, now);
        Deployment deployment = snapshot.Deployment;
        if (deployment.Metadata.DeletionTimestamp is not null)
        {
            return new DeploymentPlan { Status = DeploymentStatuses.Basic(deployment, rollout.All, rollout.New, now) };
        }

        if (DeploymentStatuses.Pausing(deployment, now) is { } pausing)
        {
            return new DeploymentPlan { Status = pausing };
        }

        if (deployment.Spec.Paused || rollout.IsScaling)
        {
            IReadOnlyList<ReplicaSetChange> scaled = rollout.Scale();
            return new DeploymentPlan
            {
                Revision = rollout.RevisionToNote,
                Changes = rollout.Merge(scaled),
                Delete = deployment.Spec.Paused ? rollout.Obsolete() : [],
                Status = DeploymentStatuses.Basic(deployment, rollout.All, rollout.New, now),
            };
        }

        return deployment.Spec.Strategy.Type == DeploymentStrategyType.Recreate ? rollout.Recreate() : rollout.Roll();
    }
}
