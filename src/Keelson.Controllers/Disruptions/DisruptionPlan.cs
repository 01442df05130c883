using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Policy.V1;
using Keelson.Controllers.Pods;
using Keelson.Controllers.Workloads;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Disruptions;

/// <summary>How many pods the owners of a budget's pods want in all.</summary>
/// <param name="Count">The number.</param>
/// <param name="Error">Why it can't be told; empty when it can.</param>
internal readonly record struct ExpectedPods(int Count, string Error);

/// <summary>What a disruption budget allows.</summary>
/// <param name="Status">The status to report.</param>
/// <param name="Error">Why nothing can be allowed; empty when it can be told.</param>
/// <param name="CheckAfter">When a pod that was announced to go is no longer waited for; null for none.</param>
internal sealed record DisruptionPlan(PodDisruptionBudgetStatus Status, string Error, TimeSpan? CheckAfter)
{
    /// <summary>A pod that was to be evicted and is still there after this has been spared (upstream's
    /// DeletionTimeout).</summary>
    private static readonly TimeSpan DeletionTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Decides.</summary>
    /// <param name="budget">The budget.</param>
    /// <param name="pods">The pods that it selects.</param>
    /// <param name="expected">How many there are to be, as their owners say.</param>
    /// <param name="now">The present.</param>
    public static DisruptionPlan Compute(
        PodDisruptionBudget budget, IReadOnlyList<Pod> pods, ExpectedPods expected, Time now)
    {
        if (expected.Error.Length > 0)
        {
            return Failed(budget, expected.Error, now);
        }

        (int count, int desired) = Wanted(budget.Spec, pods, expected.Count);
        ApiMap<Time> disrupted = StillDisrupted(budget, pods, now, out TimeSpan? check);
        int healthy = pods.Count(pod => pod.Metadata.DeletionTimestamp is null
            && !disrupted.ContainsKey(pod.Metadata.Name)
            && PodFacts.IsReady(pod));
        int allowed = count > 0 ? Math.Max(0, healthy - desired) : 0;
        PodDisruptionBudgetStatus status = budget.Status with
        {
            ObservedGeneration = budget.Metadata.Generation,
            CurrentHealthy = healthy,
            DesiredHealthy = desired,
            ExpectedPods = count,
            DisruptionsAllowed = allowed,
            DisruptedPods = disrupted,
            Conditions = allowed > 0
                ? Set(budget, "True", "SufficientPods", "", now)
                : Set(budget, "False", "InsufficientPods", "", now),
        };
        return new(status, "", check);
    }

    private static (int Count, int Desired) Wanted(PodDisruptionBudgetSpec spec, IReadOnlyList<Pod> pods, int expected)
    {
        if (spec.MaxUnavailable is { } missing)
        {
            return (expected, Math.Max(0, expected - Fenceposts.Scaled(missing, expected, roundUp: true)));
        }

        return spec.MinAvailable switch
        {
            { IsText: true } share => (expected, Fenceposts.Scaled(share, expected, roundUp: true)),
            { } number => (pods.Count, number.Number),
            null => (pods.Count, 0),
        };
    }

    private static ApiMap<Time> StillDisrupted(
        PodDisruptionBudget budget, IReadOnlyList<Pod> pods, Time now, out TimeSpan? check)
    {
        check = null;
        ApiMap<Time> result = budget.Status.DisruptedPods;
        foreach (KeyValuePair<string, Time> one in budget.Status.DisruptedPods)
        {
            Pod? pod = pods.FirstOrDefault(it => it.Metadata.Name == one.Key);
            TimeSpan left = one.Value.Instant + DeletionTimeout - now.Instant;
            if (pod is null || pod.Metadata.DeletionTimestamp is not null || left <= TimeSpan.Zero)
            {
                result = result.Without(one.Key);
                continue;
            }

            check = check is null || left < check ? left : check;
        }

        return result.Count == 0 && budget.Status.DisruptedPods.IsAbsent ? budget.Status.DisruptedPods : result;
    }

    /// <summary>Where it can't be told how many pods there should be, no more may go.</summary>
    private static DisruptionPlan Failed(PodDisruptionBudget budget, string error, Time now) => new(
        budget.Status with
        {
            DisruptionsAllowed = 0,
            ObservedGeneration = budget.Metadata.Generation,
            Conditions = Set(budget, "False", "SyncFailed", error, now),
        },
        error,
        null);

    private static ApiList<Condition> Set(
        PodDisruptionBudget budget, string status, string reason, string message, Time now)
    {
        const string Type = "DisruptionAllowed";
        Condition? old = budget.Status.Conditions.FirstOrDefault(static one => one.Type == Type);
        Condition wanted = new()
        {
            Type = Type,
            Status = status,
            ObservedGeneration = budget.Metadata.Generation,
            LastTransitionTime = old?.Status == status ? old.LastTransitionTime : now,
            Reason = reason,
            Message = message,
        };
        return [.. budget.Status.Conditions.Where(static one => one.Type != Type), wanted];
    }
}
