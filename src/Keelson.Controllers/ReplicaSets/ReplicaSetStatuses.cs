using Keelson.Api.Apps.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.ReplicaSets;

/// <summary>What a replica set's status says.</summary>
internal static class ReplicaSetStatuses
{
    private const string ReplicaFailure = "ReplicaFailure";

    /// <summary>The status after a look at the set.</summary>
    /// <param name="set">The set.</param>
    /// <param name="counts">Its pods.</param>
    /// <param name="failure">Why pods could not be created or deleted; null when they could.</param>
    /// <param name="isCreating">Whether pods were to be created, rather than deleted.</param>
    /// <param name="now">The present.</param>
    public static ReplicaSetStatus Compute(
        ReplicaSet set, ReplicaCounts counts, Status? failure, bool isCreating, Time now) =>
        set.Status with
        {
            Replicas = counts.Replicas,
            FullyLabeledReplicas = counts.FullyLabeled,
            ReadyReplicas = counts.Ready,
            AvailableReplicas = counts.Available,
            TerminatingReplicas = counts.Terminating,
            ObservedGeneration = set.Metadata.Generation,
            Conditions = Conditions(set.Status.Conditions, failure, isCreating, now),
        };

    private static ApiList<ReplicaSetCondition> Conditions(
        ApiList<ReplicaSetCondition> old, Status? failure, bool isCreating, Time now)
    {
        bool isShown = old.Any(static one => one.Type == ReplicaFailure);
        if (failure is null)
        {
            return isShown ? old.Where(static one => one.Type != ReplicaFailure).ToApiList() : old;
        }

        // The first failure stays until it is over.
        return isShown ? old : old.Add(new ReplicaSetCondition
        {
            Type = ReplicaFailure,
            Status = "True",
            LastTransitionTime = now,
            Reason = isCreating ? "FailedCreate" : "FailedDelete",
            Message = failure.Message,
        });
    }
}
