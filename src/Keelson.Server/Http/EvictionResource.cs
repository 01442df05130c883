using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Policy.V1;
using Keelson.Machinery.Values;
using Keelson.Server.Admission;
using Keelson.Server.Policy;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;

namespace Keelson.Server.Http;

/// <summary>Evicts pods (<c>pods/NAME/eviction</c>): deletes them when the disruption budgets allow it, else answers
/// 429.</summary>
internal sealed class EvictionResource(SpecialResourceParts parts) : ISpecialResource
{
    private const int Attempts = 20;

    /// <summary>What every kind's deletion is called with behind an eviction: the eviction was admitted
    /// already.</summary>
    private readonly ObjectDeleter _deleter = new(parts.Verbs.Storage, new AdmissionChain([]));

    private readonly DisruptionBudgets _budgets = new(parts.Verbs.Storage, parts.Lookup);

    public bool Serves(KindInfo kind, string subresource) =>
        kind is { Group: "", Resource: "pods" } && subresource == "eviction";

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
        call.WriteWarnings(request);
        await call.WriteAsync(evicted.Error ?? new Status { StatusValue = "Success", Code = 201 });
    }

    public async ValueTask<ApiResult<IObject>> CallAsync(
        ApiRequest request, IObject? body, CancellationToken cancellationToken)
    {
        if (request.Verb != "create" || body is not Eviction eviction)
        {
            return ApiErrors.MethodNotAllowed();
        }

        if (RequestedName.CheckNamespace(request, eviction) is { } elsewhere)
        {
            return elsewhere;
        }

        AdmissionContext context = new(request, AdmissionOperation.Create, eviction, null);
        if (await parts.Admission.AdmitAsync(context, cancellationToken) is { } refused)
        {
            return refused;
        }

        eviction = (Eviction)context.Object!;
        if (eviction.Metadata.Name != request.Name)
        {
            return ApiErrors.BadRequest("name in URL does not match name in Eviction object");
        }

        // The query's dry run was checked to be "All" before; the body's is taken as it is.
        ApiList<string> asked = eviction.DeleteOptions?.DryRun ?? default;
        if (request.DryRun && asked.Count > 0 && (asked.Count > 1 || asked[0] != "All"))
        {
            return ApiErrors.Unclassified(
                $"Non-matching dry-run options in request and content: [All] and [{string.Join(' ', asked)}]");
        }

        if (await parts.Admission.ValidateAsync(context, cancellationToken) is { } notValid)
        {
            return notValid;
        }

        DeleteOptions options = eviction.DeleteOptions ?? DeleteOptions.Empty;
        bool dryRun = request.DryRun || options.DryRun.Count > 0;
        options = options with { DryRun = dryRun ? ["All"] : default };
        return await EvictAsync(request, options, cancellationToken) is { } failed ? failed : eviction;
    }

    private async ValueTask<Status?> EvictAsync(
        ApiRequest request, DeleteOptions options, CancellationToken cancellationToken)
    {
        bool pinned = options.Preconditions?.ResourceVersion is { Length: > 0 };
        for (int attempt = 1; ; attempt++)
        {
            if (Find(request) is not { Record: Pod pod } stored)
            {
                return ApiErrors.NotFound(Pod.Info, request.Name);
            }

            // A pod that has ended, waits to be scheduled or goes already disrupts nobody.
            bool ended = pod.Status.Phase is "Succeeded" or "Failed" || pod.Metadata.DeletionTimestamp is not null;
            if (!ended && pod.Status.Phase != "Pending")
            {
                return await EvictRunningAsync(request, pod, options, cancellationToken);
            }

            DeleteOptions exact = ended || pinned ? options : AtVersion(options, stored.Revision);
            Status? refused = await DeleteAsync(request, exact, cancellationToken);
            if (refused is not { Code: 409 } || pinned || attempt == Attempts)
            {
                return refused;
            }
        }
    }

    private async ValueTask<Status?> EvictRunningAsync(
        ApiRequest request, Pod pod, DeleteOptions options, CancellationToken cancellationToken)
    {
        BudgetAnswer answer = await _budgets.SpendAsync(request, pod, options.DryRun.Count > 0, cancellationToken);
        if (answer.Refusal is { } refused)
        {
            return refused;
        }

        bool pins = answer.SpentNothing && options.Preconditions?.ResourceVersion is null or "";
        DeleteOptions exact = pins && Find(request) is { } stored ? AtVersion(options, stored.Revision) : options;
        Status? failed = await DeleteAsync(request, exact, cancellationToken);
        return pins && failed is { Code: 409 }
            ? DisruptionBudgets.Busy(answer.Budget)
            : failed;
    }

    /// <summary>Tells the pod why it goes, and deletes it.</summary>
    private async ValueTask<Status?> DeleteAsync(
        ApiRequest request, DeleteOptions options, CancellationToken cancellationToken)
    {
        ApiRequest delete = new()
        {
            User = request.User,
            Kind = ApiKinds.CoreV1Pod,
            Verb = "delete",
            Now = request.Now,
            Namespace = request.Namespace,
            Name = request.Name,
            DryRun = options.DryRun.Count > 0,
        };
        if (!delete.DryRun)
        {
            (StoredObject? marked, Status? failed) = await MarkAsync(delete, options.Preconditions, cancellationToken);
            if (marked is null)
            {
                return failed;
            }

            if (options.Preconditions?.ResourceVersion is { Length: > 0 })
            {
                options = AtVersion(options, marked.Revision);
            }
        }

        return (await _deleter.DeleteAsync(delete, options with { DryRun = default }, cancellationToken)).Error;
    }

    private async ValueTask<(StoredObject? Marked, Status? Failed)> MarkAsync(
        ApiRequest request, Preconditions? preconditions, CancellationToken cancellationToken)
    {
        ObjectStorage storage = parts.Verbs.Storage;
        for (int attempt = 1; ; attempt++)
        {
            if (Find(request) is not { Record: Pod pod } stored)
            {
                return (null, ApiErrors.NotFound(Pod.Info, request.Name));
            }

            if (ObjectDeleter.CheckPreconditions(request, preconditions, pod.Metadata) is { } mismatch)
            {
                return (null, mismatch);
            }

            Pod marked = WithDisruption(pod, request);
            if (marked.Status == pod.Status)
            {
                return (stored, null);
            }

            WriteOutcome outcome = await storage.PutAsync(
                storage.CacheOf(ApiKinds.CoreV1Pod), stored.Key, marked, stored.Revision, 0, cancellationToken);
            if (outcome.Written is not null || outcome.Error is not null)
            {
                return (outcome.Written, outcome.Error);
            }

            if (attempt == Attempts)
            {
                return (null, ApiErrors.Modified(Pod.Info, request.Name));
            }

            await storage.CatchUpAsync(cancellationToken);
        }
    }

    private static Pod WithDisruption(Pod pod, ApiRequest request)
    {
        PodCondition[] conditions = [.. pod.Status.Conditions];
        int at = Array.FindIndex(conditions, one => one.Type == "DisruptionTarget");
        PodCondition added = new()
        {
            Type = "DisruptionTarget",
            Status = "True",
            Reason = "EvictionByEvictionAPI",
            Message = "Eviction API: evicting",
            LastTransitionTime = at >= 0 && conditions[at].Status == "True"
                ? conditions[at].LastTransitionTime
                : request.Now,
        };
        conditions = at < 0 ? [.. conditions, added] : [.. conditions[..at], added, .. conditions[(at + 1)..]];
        return pod with { Status = pod.Status with { Conditions = conditions } };
    }

    private StoredObject? Find(ApiRequest request)
    {
        ObjectCache cache = parts.Verbs.Storage.CacheOf(ApiKinds.CoreV1Pod);
        return cache.Snapshot.Find(cache.KeyOf(request.Namespace, request.Name));
    }

    private static DeleteOptions AtVersion(DeleteOptions options, long revision) => options with
    {
        Preconditions = (options.Preconditions ?? Preconditions.Empty) with
        {
            ResourceVersion = revision.ToString(System.Globalization.CultureInfo.InvariantCulture),
        },
    };
}
