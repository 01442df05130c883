using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Policy.V1;
using Keelson.Machinery.Values;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;

namespace Keelson.Server.Policy;

/// <summary>What the budget of a pod has to say to its eviction.</summary>
/// <param name="Refusal">Why the pod has to stay; null when it may go.</param>
/// <param name="Budget">The budget's name; empty when the pod has none.</param>
/// <param name="SpentNothing">True when the pod may go without costing the budget anything, as it is not
/// healthy.</param>
internal readonly record struct BudgetAnswer(Status? Refusal, string Budget = "", bool SpentNothing = false);

/// <summary>Takes evictions off disruption budgets.</summary>
internal sealed class DisruptionBudgets(ObjectStorage storage, IObjectLookup lookup)
{
    /// <summary>A budget that waits for the controller to see this many pods go is out of date.</summary>
    private const int MostDisruptedPods = 2000;

    private const int Attempts = 50;

    private readonly ObjectCache _cache = storage.CacheOf(ApiKinds.PolicyV1PodDisruptionBudget);

    /// <summary>Takes one disruption off the pod's budget, if it has one.</summary>
    public async ValueTask<BudgetAnswer> SpendAsync(
        ApiRequest request, Pod pod, bool dryRun, CancellationToken cancellationToken)
    {
        PodDisruptionBudget[] budgets =
        [
            .. lookup.List<PodDisruptionBudget>(request.Namespace)
                .Where(one => LabelSelectorRules.Matches(one.Spec.Selector, pod.Metadata.Labels)),
        ];
        if (budgets.Length == 0)
        {
            return default;
        }

        if (budgets.Length > 1)
        {
            return new(ApiErrors.Unclassified(
                "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."));
        }

        string name = budgets[0].Metadata.Name;
        return MayGoUnhealthy(budgets[0], pod)
            ? new(null, name, SpentNothing: true)
            : new(await SpendAsync(request, name, pod, dryRun, cancellationToken), name);
    }

    /// <summary>The answer to an eviction that met with other writers of the pod.</summary>
    public static Status Busy(string budget) => Refuse(
        $"The disruption budget {budget} is still being processed by the server.", 10);

    /// <summary>A pod that is not ready costs the budget nothing, if there are enough ready ones or the policy says
    /// so.</summary>
    private static bool MayGoUnhealthy(PodDisruptionBudget budget, Pod pod)
    {
        bool ready = pod.Status.Conditions.Any(one => one.Type == "Ready" && one.Status == "True");
        return !ready && (budget.Spec.UnhealthyPodEvictionPolicy == "AlwaysAllow"
            || (budget.Status.CurrentHealthy >= budget.Status.DesiredHealthy && budget.Status.DesiredHealthy > 0));
    }

    private async ValueTask<Status?> SpendAsync(
        ApiRequest request, string name, Pod pod, bool dryRun, CancellationToken cancellationToken)
    {
        string key = _cache.KeyOf(request.Namespace, name);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (_cache.Snapshot.Find(key) is not { } stored)
            {
                return null;
            }

            PodDisruptionBudget current = (PodDisruptionBudget)stored.Record;
            if (Check(current) is { } refused)
            {
                return refused;
            }

            if (dryRun)
            {
                return null;
            }

            PodDisruptionBudget spent = current with
            {
                Status = current.Status with
                {
                    DisruptionsAllowed = current.Status.DisruptionsAllowed - 1,
                    DisruptedPods = current.Status.DisruptedPods.With(pod.Metadata.Name, request.Now),
                    Conditions = current.Status.DisruptionsAllowed == 1
                        ? WithoutDisruptions(current, request.Now)
                        : current.Status.Conditions,
                },
            };
            WriteOutcome outcome = await storage.PutAsync(_cache, key, spent, stored.Revision, 0, cancellationToken);
            if (outcome.Written is not null || outcome.Error is not null)
            {
                return outcome.Error;
            }
        }

        return ApiErrors.Timeout($"couldn't update PodDisruptionBudget \"{name}\" due to conflicts", 10);
    }

    /// <summary>The conditions of a budget that has just been used up.</summary>
    private static ApiList<Condition> WithoutDisruptions(PodDisruptionBudget budget, Time now)
    {
        Condition[] conditions = [.. budget.Status.Conditions];
        int at = Array.FindIndex(conditions, one => one.Type == "DisruptionAllowed");
        Condition changed = new()
        {
            Type = "DisruptionAllowed",
            Status = "False",
            Reason = "InsufficientPods",
            ObservedGeneration = budget.Status.ObservedGeneration,
            LastTransitionTime = at >= 0 && conditions[at].Status == "False" ? conditions[at].LastTransitionTime : now,
        };
        return at < 0
            ? new ApiList<Condition>([.. conditions, changed])
            : new ApiList<Condition>([.. conditions[..at], changed, .. conditions[(at + 1)..]]);
    }

    private static Status? Check(PodDisruptionBudget budget)
    {
        if (budget.Status.ObservedGeneration < budget.Metadata.Generation)
        {
            return Refuse($"The disruption budget {budget.Metadata.Name} is still being processed by the server.", 10);
        }

        if (budget.Status.DisruptionsAllowed < 0)
        {
            return ApiErrors.Forbidden(
                "policy", "poddisruptionbudget", budget.Metadata.Name, "pdb disruptions allowed is negative");
        }

        if (budget.Status.DisruptedPods.Count > MostDisruptedPods)
        {
            return ApiErrors.Forbidden(
                "policy",
                "poddisruptionbudget",
                budget.Metadata.Name,
                "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
        }

        if (budget.Status.DisruptionsAllowed > 0)
        {
            return null;
        }

        Condition? state = budget.Status.Conditions.FirstOrDefault(one => one.Type == "DisruptionAllowed");
        return Refuse(
            state is { Status: "False", Reason: "SyncFailed" }
                ? $"The disruption budget {budget.Metadata.Name} does not allow evicting pods currently because it failed sync: "
                    + state.Message
                : $"The disruption budget {budget.Metadata.Name} needs {budget.Status.DesiredHealthy} healthy pods and has "
                    + $"{budget.Status.CurrentHealthy} currently",
            0);
    }

    private static Status Refuse(string reason, int retryAfterSeconds) => ApiErrors.Make(
        429,
        "TooManyRequests",
        "Cannot evict pod as it would violate the pod's disruption budget.",
        StatusDetails.Empty with
        {
            Causes = [new StatusCause { Reason = "DisruptionBudget", Message = reason }],
            RetryAfterSeconds = retryAfterSeconds,
        });
}
