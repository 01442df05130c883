using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Policy.V1;
using Keelson.Machinery.Values;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;

namespace Keelson.Server.Http;

/// <summary>Evicts pods (<c>pods/NAME/eviction</c>): deletes them when the disruption budgets allow it, else answers 429.</summary>
internal sealed class EvictionResource(ResourceVerbs verbs, IObjectLookup lookup) : ISpecialResource
{
    /// <summary>A budget that waits for the controller to count this many pods is out of date.</summary>
    private const int MostDisruptedPods = 2000;

    private const int BudgetAttempts = 50;

    public bool Serves(KindInfo kind, string subresource) => kind is { Group: "", Resource: "pods" } && subresource == "eviction";

    public async Task ServeAsync(ResourceCall call)
    {
        if (call.Info.Verb != "create")
        {
            await call.WriteAsync(ApiErrors.MethodNotAllowed());
            return;
        }

        if (!call.TryReadWriteOptions("CreateOptions", out ApiRequest? request, out Status? error)
            || !(await call.ReadObjectAsync(request, ApiKinds.PolicyV1Eviction)).TryGet(out IObject? body, out error))
        {
            await call.WriteAsync(error);
            return;
        }

        ApiResult<IObject> evicted = await CallAsync(request, body, call.Aborted);
        await call.WriteAsync(evicted.Error ?? new Status { StatusValue = "Success", Code = 201 });
    }

    public async ValueTask<ApiResult<IObject>> CallAsync(ApiRequest request, IObject? body, CancellationToken cancellationToken)
    {
        if (request.Verb != "create" || body is not Eviction eviction)
        {
            return ApiErrors.MethodNotAllowed();
        }

        if (eviction.Metadata.Name.Length > 0 && eviction.Metadata.Name != request.Name)
        {
            return ApiErrors.BadRequest("name in URL does not match name in Eviction object");
        }

        DeleteOptions options = eviction.DeleteOptions ?? DeleteOptions.Empty;
        bool dryRun = request.DryRun || options.DryRun.Count > 0;
        Status? refused = await EvictAsync(request, options, dryRun, cancellationToken);
        return refused is null ? eviction : refused;
    }

    private async ValueTask<Status?> EvictAsync(ApiRequest request, DeleteOptions options, bool dryRun, CancellationToken cancellationToken)
    {
        if (lookup.Find<Pod>(request.Namespace, request.Name) is not { } pod)
        {
            return ApiErrors.NotFound(Pod.Info, request.Name);
        }

        // A pod that has ended, waits to be scheduled or goes already disrupts nobody.
        bool free = pod.Status.Phase is "Succeeded" or "Failed" or "Pending" || pod.Metadata.DeletionTimestamp is not null;
        if (!free)
        {
            PodDisruptionBudget[] budgets =
            [
                .. lookup.List<PodDisruptionBudget>(request.Namespace).Where(one => LabelSelectorRules.Matches(one.Spec.Selector, pod.Metadata.Labels)),
            ];
            if (budgets.Length > 1)
            {
                return ApiErrors.Internal("This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
            }

            if (budgets.Length == 1 && !MayGoUnhealthy(budgets[0], pod)
                && await SpendAsync(request, budgets[0], pod, dryRun, cancellationToken) is { } refused)
            {
                return refused;
            }
        }

        ApiRequest delete = new()
        {
            User = request.User,
            Kind = ApiKinds.CoreV1Pod,
            Verb = "delete",
            Now = request.Now,
            Namespace = request.Namespace,
            Name = request.Name,
            DryRun = dryRun,
        };
        ApiResult<Deleted> deleted = await verbs.Deleter.DeleteAsync(delete, options with { DryRun = default }, cancellationToken);
        return deleted.Error;
    }

    /// <summary>A pod that is not ready costs the budget nothing, if there are enough ready ones or the policy says so.</summary>
    private static bool MayGoUnhealthy(PodDisruptionBudget budget, Pod pod)
    {
        bool ready = pod.Status.Conditions.Any(one => one.Type == "Ready" && one.Status == "True");
        return !ready && (budget.Spec.UnhealthyPodEvictionPolicy == "AlwaysAllow"
            || (budget.Status.CurrentHealthy >= budget.Status.DesiredHealthy && budget.Status.DesiredHealthy > 0));
    }

    /// <summary>Takes one disruption off the budget; null when there was one.</summary>
    private async ValueTask<Status?> SpendAsync(
        ApiRequest request, PodDisruptionBudget budget, Pod pod, bool dryRun, CancellationToken cancellationToken)
    {
        ObjectCache cache = verbs.Storage.CacheOf(ApiKinds.PolicyV1PodDisruptionBudget);
        string key = cache.KeyOf(request.Namespace, budget.Metadata.Name);
        for (int attempt = 0; attempt < BudgetAttempts; attempt++)
        {
            if (cache.Snapshot.Find(key) is not { } stored)
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
                },
            };
            WriteOutcome outcome = await verbs.Storage.PutAsync(cache, key, spent, stored.Revision, 0, cancellationToken);
            if (outcome.Written is not null || outcome.Error is not null)
            {
                return outcome.Error;
            }
        }

        return ApiErrors.TooManyRequests("The disruption budget is written too often; try again.", 10);
    }

    private static Status? Check(PodDisruptionBudget budget)
    {
        if (budget.Status.ObservedGeneration < budget.Metadata.Generation)
        {
            return Refuse($"The disruption budget {budget.Metadata.Name} is still being processed by the server.", 10);
        }

        if (budget.Status.DisruptionsAllowed < 0)
        {
            return ApiErrors.Forbidden("policy", "poddisruptionbudgets", budget.Metadata.Name, "pdb disruptions allowed is negative");
        }

        if (budget.Status.DisruptedPods.Count > MostDisruptedPods)
        {
            return ApiErrors.Forbidden("policy", "poddisruptionbudgets", budget.Metadata.Name, "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
        }

        return budget.Status.DisruptionsAllowed > 0
            ? null
            : Refuse($"The disruption budget {budget.Metadata.Name} needs {budget.Status.DesiredHealthy} healthy pods and has {budget.Status.CurrentHealthy} currently", 0);
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
