using Keelson.Api.Apps.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Deployments;

/// <summary>What a deployment's status says.</summary>
internal static class DeploymentStatuses
{
    private const string Available = DeploymentConditionType.Available;
    private const string Progressing = DeploymentConditionType.Progressing;
    private const string ReplicaFailure = DeploymentConditionType.ReplicaFailure;
    private const string PausedReason = "DeploymentPaused";
    private const string CompleteReason = "NewReplicaSetAvailable";
    private const string TimedOutReason = "ProgressDeadlineExceeded";

    /// <summary>The counts, and whether enough replicas are available.</summary>
    public static DeploymentStatus Basic(
        Deployment deployment, IReadOnlyList<ReplicaSet> all, ReplicaSet? newSet, Time now)
    {
        int total = all.Sum(static one => one.Spec.Replicas ?? 0);
        int available = all.Sum(static one => one.Status.AvailableReplicas);
        int wanted = deployment.Spec.Replicas ?? 1;
        bool enough = available >= wanted - DeploymentRollout.FencepostsOf(deployment).Unavailable;
        DeploymentStatus old = deployment.Status;
        return old with
        {
            ObservedGeneration = deployment.Metadata.Generation,
            Replicas = all.Sum(static one => one.Status.Replicas),
            UpdatedReplicas = newSet?.Status.Replicas ?? 0,
            ReadyReplicas = all.Sum(static one => one.Status.ReadyReplicas),
            AvailableReplicas = available,
            UnavailableReplicas = Math.Max(0, total - available),
            TerminatingReplicas = all.Any(static one => one.Status.TerminatingReplicas is not null)
                ? all.Sum(static one => one.Status.TerminatingReplicas ?? 0)
                : old.TerminatingReplicas is null ? null : 0,
            Conditions = enough
                ? Set(
                    old.Conditions,
                    Available,
                    "True",
                    "MinimumReplicasAvailable",
                    "Deployment has minimum availability.",
                    now)
                : Set(
                    old.Conditions,
                    Available,
                    "False",
                    "MinimumReplicasUnavailable",
                    "Deployment does not have minimum availability.",
                    now),
        };
    }

    /// <summary>The status while rolling out.</summary>
    /// <param name="deployment">The deployment.</param>
    /// <param name="all">Its sets.</param>
    /// <param name="newSet">The set with the present template.</param>
    /// <param name="created">The set that is being created; null for none.</param>
    /// <param name="now">The present.</param>
    public static DeploymentStatus OfRollout(
        Deployment deployment, IReadOnlyList<ReplicaSet> all, ReplicaSet? newSet, ReplicaSet? created, Time now)
    {
        DeploymentStatus status = Basic(deployment, all, newSet, now);
        ApiList<DeploymentCondition> conditions = status.Conditions;
        DeploymentCondition? progress = Find(deployment.Status.Conditions, Progressing);
        string subject = newSet is null
            ? $"Deployment \"{deployment.Metadata.Name}\""
            : $"ReplicaSet \"{newSet.Metadata.Name}\"";
        bool wasComplete = status.Replicas == status.UpdatedReplicas && progress?.Reason == CompleteReason;
        if (!HasDeadline(deployment))
        {
            conditions = Remove(conditions, Progressing);
        }
        else if (created is not null)
        {
            conditions = Set(
                conditions, Progressing, "True", "NewReplicaSetCreated", $"Created new replica set \"{created.Metadata.Name}\"", now);
        }
        else if (progress is null && newSet is not null && !IsComplete(deployment, status))
        {
            conditions = Set(
                conditions, Progressing, "True", "FoundNewReplicaSet", $"Found new replica set \"{newSet.Metadata.Name}\"", now);
        }
        else if (!wasComplete && IsComplete(deployment, status))
        {
            conditions = Set(
                conditions, Progressing, "True", CompleteReason, subject + " has successfully progressed.", now);
        }
        else if (!wasComplete && HasProgressed(deployment.Status, status))
        {
            conditions = SetProgress(conditions, progress, subject + " is progressing.", now);
        }
        else if (!wasComplete && IsTimedOut(deployment, progress, now))
        {
            conditions = Set(
                conditions, Progressing, "False", TimedOutReason, subject + " has timed out progressing.", now);
        }

        DeploymentCondition? failure = FailureOf(all, newSet);
        conditions = failure is null
            ? Remove(conditions, ReplicaFailure)
            : Set(conditions, ReplicaFailure, failure.Status, failure.Reason, failure.Message, now);
        return status with { Conditions = conditions };
    }

    /// <summary>The status that notes that a rollout was paused or goes on; null when that is noted.</summary>
    public static DeploymentStatus? Pausing(Deployment deployment, Time now)
    {
        DeploymentCondition? progress = Find(deployment.Status.Conditions, Progressing);
        if (!HasDeadline(deployment) || progress?.Reason == TimedOutReason)
        {
            return null;
        }

        bool isNoted = progress?.Reason == PausedReason;
        if (deployment.Spec.Paused == isNoted)
        {
            return null;
        }

        (string reason, string message) = deployment.Spec.Paused
            ? (PausedReason, "Deployment is paused")
            : ("DeploymentResumed", "Deployment is resumed");
        return deployment.Status with { Conditions = Set(deployment.Status.Conditions, Progressing, "Unknown", reason, message, now) };
    }

    /// <summary>True when all replicas are of the present template and available, and nothing else is left.</summary>
    public static bool IsComplete(Deployment deployment, DeploymentStatus status)
    {
        int wanted = deployment.Spec.Replicas ?? 1;
        return status.UpdatedReplicas == wanted && status.Replicas == wanted && status.AvailableReplicas == wanted
            && status.ObservedGeneration >= deployment.Metadata.Generation;
    }

    /// <summary>When the progress deadline is to be looked at; null for not at all.</summary>
    public static TimeSpan? UntilDeadline(Deployment deployment, DeploymentStatus status, Time now)
    {
        DeploymentCondition? progress = Find(status.Conditions, Progressing);
        if (!HasDeadline(deployment)
            || progress is null
            || progress.Reason == TimedOutReason
            || IsComplete(deployment, status))
        {
            return null;
        }

        TimeSpan left =
            progress.LastUpdateTime.Instant.AddSeconds(deployment.Spec.ProgressDeadlineSeconds!.Value) - now.Instant;
        return (left > TimeSpan.Zero ? left : TimeSpan.Zero) + TimeSpan.FromSeconds(1);
    }

    /// <summary>The status of a deployment whose new set could not be created.</summary>
    public static DeploymentStatus NotCreated(
        Deployment deployment, DeploymentStatus status, string set, string error, Time now) =>
        HasDeadline(deployment)
            ? status with
            {
                Conditions = Set(
                    status.Conditions, Progressing, "False", "ReplicaSetCreateError", $"Failed to create new replica set \"{set}\": {error}", now),
            }
            : status;

    private static bool HasDeadline(Deployment deployment) =>
        deployment.Spec.ProgressDeadlineSeconds is { } seconds && seconds != int.MaxValue;

    private static bool HasProgressed(DeploymentStatus old, DeploymentStatus now) =>
        now.UpdatedReplicas > old.UpdatedReplicas
        || now.Replicas - now.UpdatedReplicas < old.Replicas - old.UpdatedReplicas
        || now.ReadyReplicas > old.ReadyReplicas
        || now.AvailableReplicas > old.AvailableReplicas;

    private static bool IsTimedOut(Deployment deployment, DeploymentCondition? progress, Time now)
    {
        if (progress is null || progress.Reason == CompleteReason)
        {
            return false;
        }

        return progress.Reason == TimedOutReason
            || progress.LastUpdateTime.Instant.AddSeconds(deployment.Spec.ProgressDeadlineSeconds!.Value) < now.Instant;
    }

    private static DeploymentCondition? FailureOf(IReadOnlyList<ReplicaSet> all, ReplicaSet? newSet)
    {
        IEnumerable<ReplicaSet> order = newSet is null ? all : [newSet, .. all.Where(one => one != newSet)];
        foreach (ReplicaSet set in order)
        {
            foreach (ReplicaSetCondition one in set.Status.Conditions)
            {
                if (one.Type == ReplicaFailure)
                {
                    return new DeploymentCondition { Type = one.Type, Status = one.Status, Reason = one.Reason, Message = one.Message };
                }
            }
        }

        return null;
    }

    private static DeploymentCondition? Find(ApiList<DeploymentCondition> conditions, string type)
    {
        foreach (DeploymentCondition one in conditions)
        {
            if (one.Type == type)
            {
                return one;
            }
        }

        return null;
    }

    private static ApiList<DeploymentCondition> Remove(ApiList<DeploymentCondition> conditions, string type) =>
        Find(conditions, type) is null ? conditions : conditions.Where(one => one.Type != type).ToApiList();

    /// <summary>Notes progress: unlike other conditions its update time moves each time, as the deadline counts from
    /// there.</summary>
    private static ApiList<DeploymentCondition> SetProgress(
        ApiList<DeploymentCondition> conditions, DeploymentCondition? old, string message, Time now) =>
        Remove(conditions, Progressing).Add(new DeploymentCondition
        {
            Type = Progressing,
            Status = "True",
            LastUpdateTime = now,
            LastTransitionTime = old?.Status == "True" ? old.LastTransitionTime : now,
            Reason = "ReplicaSetUpdated",
            Message = message,
        });

    private static ApiList<DeploymentCondition> Set(
        ApiList<DeploymentCondition> conditions, string type, string status, string reason, string message, Time now)
    {
        DeploymentCondition? old = Find(conditions, type);
        if (old?.Status == status && old.Reason == reason)
        {
            return conditions;
        }

        return Remove(conditions, type).Add(new DeploymentCondition
        {
            Type = type,
            Status = status,
            LastUpdateTime = now,
            LastTransitionTime = old?.Status == status ? old.LastTransitionTime : now,
            Reason = reason,
            Message = message,
        });
    }
}
