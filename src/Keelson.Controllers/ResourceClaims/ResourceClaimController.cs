using System.Text;
using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Resource.V1;
using Keelson.Client;
using Keelson.Client.Devices;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Controllers.Owners;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Controllers.ResourceClaims;

/// <summary>
/// Makes the claims that pods want by templates, and lets go of claims whose pods are done: one loop looks at pods, the
/// other at claims.
/// </summary>
internal sealed class ResourceClaimController : IController
{
    private const int Workers = 10;
    private const string FieldManager = "ResourceClaimController";

    private readonly ControllerContext _context;
    private readonly IInformer<Pod> _pods;
    private readonly IInformer<Claim> _claims;
    private readonly IInformer<ResourceClaimTemplate> _templates;
    private readonly IInformerIndex<Claim> _owned;
    private readonly IInformerIndex<Pod> _users;
    private readonly ResourceClaimMetrics _metrics;
    private readonly ReconcileLoop _podLoop;
    private readonly ReconcileLoop _claimLoop;

    public ResourceClaimController(ControllerContext context)
    {
        _context = context;
        _pods = context.Informers.Of<Pod>();
        _claims = context.Informers.Of<Claim>();
        _templates = context.Informers.Of<ResourceClaimTemplate>();
        _metrics = new(_claims);
        _owned = Owner.ByController(_claims);
        _users = _pods.Index("deviceClaim", static pod => NamesOf(pod).Select(name =>
            Key(pod.Metadata.Namespace, name)));
        _podLoop = context.Loop(Workers, ReconcilePodAsync)
            .On(_pods, static (_, now) => IsOfInterest(now) ? [ObjectKey.Of(now!)] : [])
            .On(_claims, (old, now) => PodsOf((now ?? old)!))
            .Reads(_templates);
        _claimLoop = context.Loop(Workers, ReconcileClaimAsync)
            .On(_claims, static (_, now) => now is null ? [] : [ObjectKey.Of(now)])
            .On(_pods, static (old, now) => now is null || ClaimUsePlan.IsDone(now) ? ClaimsOf((now ?? old)!) : []);
    }

    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_podLoop.RunAsync(cancellationToken), _claimLoop.RunAsync(cancellationToken));

    public void Dispose()
    {
        _metrics.Dispose();
        _podLoop.Dispose();
        _claimLoop.Dispose();
    }

    private static string Key(string @namespace, string name) => $"{@namespace}/{name}";

    private static bool IsOfInterest(Pod? pod) =>
        pod is { Spec.ResourceClaims.Count: > 0, Metadata.DeletionTimestamp: null };

    private static IEnumerable<string> NamesOf(Pod pod)
    {
        IEnumerable<string> names = pod.Spec.ResourceClaims.Count == 0 ? []
            : pod.Spec.ResourceClaims.Select(one => DeviceClaims.NameOf(pod, one).Name).OfType<string>().Distinct();
        return pod.Status.ExtendedResourceClaimStatus is { } extended
            ? names.Append(extended.ResourceClaimName)
            : names;
    }

    private static IEnumerable<ObjectKey> ClaimsOf(Pod pod) =>
        NamesOf(pod).Select(name => new ObjectKey(pod.Metadata.Namespace, name));

    /// <summary>
    /// The pods that a claim's change may mean work for: those that use it, and the one it was made for.
    /// </summary>
    private IEnumerable<ObjectKey> PodsOf(Claim claim)
    {
        foreach (Pod pod in _users.Find(Key(claim.Metadata.Namespace, claim.Metadata.Name)))
        {
            yield return ObjectKey.Of(pod);
        }

        if (DeviceClaims.OwningPod(claim) is { } owner
            && IsOfInterest(_pods.Find(claim.Metadata.Namespace, owner.Name)))
        {
            yield return new(claim.Metadata.Namespace, owner.Name);
        }
    }

    private async Task<Reconciled> ReconcilePodAsync(
        ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_pods.Find(key.Namespace, key.Name) is not { } pod)
        {
            return Reconciled.Done;
        }

        Claim? Named(string name) => _claims.Find(key.Namespace, name);
        Dictionary<string, string> made = new(StringComparer.Ordinal);
        foreach (PodClaimPlan plan in PodClaimPlan.Compute(
            pod, Named, _owned.Find(pod.Metadata.Uid), name => _templates.Find(key.Namespace, name)))
        {
            (string? name, Status? failure) = await MakeAsync(plan, pod, client, cancellationToken);
            if (failure is not null)
            {
                return Reconciled.Failed(failure);
            }

            made.Add(plan.Entry, name!);
        }

        if (made.Count > 0 && await ShowAsync(pod, made, client, cancellationToken) is { } refused)
        {
            return Reconciled.Failed(refused);
        }

        foreach (Claim claim in PodClaimPlan.ToReserve(pod, Named))
        {
            ResourceClaimStatus status = claim.Status with
            {
                ReservedFor = claim.Status.ReservedFor.Add(DeviceClaims.ConsumerOf(pod)),
            };
            ApiResult<Claim> reserved =
                await client.UpdateStatusAsync(claim with { Status = status }, cancellationToken);
            if (reserved.Error is { } error)
            {
                return Reconciled.Failed(error);
            }
        }

        return Reconciled.Done;
    }

    private async Task<(string? Name, Status? Failure)> MakeAsync(
        PodClaimPlan plan, Pod pod, IApiClient client, CancellationToken cancellationToken)
    {
        if (plan.Found is { } found)
        {
            return (found.Metadata.Name, null);
        }

        Status failure;
        string? problem = plan.Problem;
        if (plan.Create is { } claim)
        {
            ApiResult<Claim> created = await client.CreateAsync(claim, cancellationToken);
            ResourceClaimMetrics.Created(claim, created.Error is null);
            if (created.TryGet(out Claim? there, out Status? refused))
            {
                return (there.Metadata.Name, null);
            }

            failure = refused;
            problem = $"create ResourceClaim : {refused.Message}";
        }
        else
        {
            failure = ApiErrors.NotFound(ResourceClaimTemplate.Info, plan.Entry);
        }

        _context.Events.Warning(pod, "FailedResourceClaimCreation", $"PodResourceClaim {plan.Entry}: {problem}");
        return (null, failure);
    }

    private static async Task<Status?> ShowAsync(
        Pod pod, Dictionary<string, string> made, IApiClient client, CancellationToken cancellationToken)
    {
        JsonArray statuses = [.. PodClaimPlan.StatusesOf(pod, made).Select(static JsonNode (one) => new JsonObject
        {
            ["name"] = one.Name,
            ["resourceClaimName"] = one.ResourceClaimName,
        })];
        JsonObject apply = new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["name"] = pod.Metadata.Name, ["namespace"] = pod.Metadata.Namespace },
            ["status"] = new JsonObject { ["resourceClaimStatuses"] = statuses },
        };
        ObjectPath path = new(KindOf<Pod>.Kind, pod.Metadata.Namespace, pod.Metadata.Name, "status");
        WriteRequest request = new() { FieldManager = FieldManager, Force = true };
        byte[] body = Encoding.UTF8.GetBytes(apply.ToJsonString());
        return (await client.PatchAsync(path, PatchType.Apply, body, request, cancellationToken)).Error;
    }

    private async Task<Reconciled> ReconcileClaimAsync(
        ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_claims.Find(key.Namespace, key.Name) is not { } claim)
        {
            return Reconciled.Done;
        }

        (Dictionary<string, Pod?>? pods, Status? unknown) = await UsersAsync(claim, client, cancellationToken);
        if (pods is null)
        {
            return Reconciled.Failed(unknown!);
        }

        ClaimUsePlan plan = ClaimUsePlan.Compute(
            claim, pods.GetValueOrDefault, name => _pods.Find(key.Namespace, name));
        if (plan.Problem is { } problem)
        {
            _context.Config.Log($"{_context.Name}: {key}: {problem}");
            return Reconciled.Done;
        }

        if (plan.Status is { } changed)
        {
            ApiResult<Claim> written = await client.UpdateStatusAsync(changed, cancellationToken);
            if (!written.TryGet(out claim, out Status? refused))
            {
                return Reconciled.Failed(refused);
            }
        }

        if (plan.Unprotect)
        {
            ApiResult<Claim> freed =
                await client.UpdateAsync(DeviceClaims.Protected(claim, isProtected: false), cancellationToken);
            if (freed.Error is { } refused)
            {
                return Reconciled.Failed(refused);
            }
        }

        return Reconciled.Of(plan.Delete ? await client.DeleteAsync(claim, cancellationToken) : null);
    }

    /// <summary>
    /// The pods that a claim names as its users. One that this process does not know may just not have come through
    /// yet: the server is asked before its claim is taken away.
    /// </summary>
    private async Task<(Dictionary<string, Pod?>? Pods, Status? Failure)> UsersAsync(
        Claim claim, IApiClient client, CancellationToken cancellationToken)
    {
        Dictionary<string, Pod?> pods = new(StringComparer.Ordinal);
        foreach (ResourceClaimConsumerReference user in claim.Status.ReservedFor.AsEnumerable())
        {
            Pod? pod = _pods.Find(claim.Metadata.Namespace, user.Name);
            if (pod is null)
            {
                ApiResult<Pod> read =
                    await client.GetAsync<Pod>(claim.Metadata.Namespace, user.Name, cancellationToken);
                if (!read.TryGet(out pod, out Status? failure) && failure.Code != 404)
                {
                    return (null, failure);
                }
            }

            pods[user.Name] = pod;
        }

        return (pods, null);
    }
}
