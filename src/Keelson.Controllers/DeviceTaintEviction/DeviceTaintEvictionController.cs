using System.Collections.Concurrent;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Resource.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Controllers.Pods;
using Keelson.Machinery.Values;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Controllers.DeviceTaintEviction;

/// <summary>Deletes pods whose devices have NoExecute taints that their claims do not tolerate, or not any
/// longer.</summary>
internal sealed class DeviceTaintEvictionController : IController
{
    /// <summary>As many as upstream has by default.</summary>
    private const int Workers = 10;

    private static readonly PodCondition Reason = new()
    {
        Type = PodConditionType.DisruptionTarget,
        Status = "True",
        Reason = "DeletionByDeviceTaintManager",
        Message = "Device Taint manager: deleting due to NoExecute taint",
    };

    private readonly ControllerContext _context;
    private readonly IInformer<Pod> _pods;
    private readonly IInformer<Claim> _claims;
    private readonly DevicesByPool _devices;
    private readonly ReconcileLoop _loop;

    // Whose time has begun to run: only they are told when they may stay after all.
    private readonly ConcurrentDictionary<ObjectKey, string> _planned = [];

    public DeviceTaintEvictionController(ControllerContext context)
    {
        _context = context;
        _pods = context.Informers.Of<Pod>();
        _claims = context.Informers.Of<Claim>();
        IInformer<ResourceSlice> slices = context.Informers.Of<ResourceSlice>();
        _devices = new(slices, _claims);
        _loop = context.Loop(Workers, ReconcileAsync)
            .On(_pods, static (old, now) => Matters(old, now) ? [ObjectKey.Of((now ?? old)!)] : [])
            .On(_claims, static (old, now) => UsersOf(old).Union(UsersOf(now)))
            .On(slices, (old, now) => _devices.ConcernedBy(old, now).SelectMany(UsersOf));
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private static bool Matters(Pod? old, Pod? now) =>
        (now ?? old)!.Spec.ResourceClaims.Count > 0
        && (old is null
            || now is null
            || old.Spec.NodeName != now.Spec.NodeName
            || old.Status.ResourceClaimStatuses != now.Status.ResourceClaimStatuses);

    private static IEnumerable<ObjectKey> UsersOf(Claim? claim) =>
        claim is not { Status.Allocation: not null }
            ? []
            : claim.Status.ReservedFor
                .Where(static one => one.ApiGroup.Length == 0 && one.Resource == "pods")
                .Select(one => new ObjectKey(claim.Metadata.Namespace, one.Name));

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_pods.Find(key.Namespace, key.Name) is not { } pod)
        {
            _planned.TryRemove(key, out _);
            return Reconciled.Done;
        }

        string uid = pod.Metadata.Uid;
        if (DeviceEvictionPlan.Compute(pod, name => _claims.Find(key.Namespace, name), _devices.Find) is not { } end)
        {
            if (_planned.TryRemove(key, out string? planned) && planned == uid)
            {
                Tell(key, uid, "Cancelling deletion");
            }

            return Reconciled.Done;
        }

        if (pod.Metadata.DeletionTimestamp is not null)
        {
            return Reconciled.Done;
        }

        DateTimeOffset now = _context.Clock.GetUtcNow();
        if (end > now)
        {
            _planned[key] = uid;
            return Reconciled.Again(end - now);
        }

        Status? error = await EvictAsync(key, uid, client, cancellationToken);
        if (error is { Code: not 404 })
        {
            return Reconciled.Failed(error);
        }

        _planned.TryRemove(key, out _);
        if (error is null)
        {
            DeviceTaintEvictionMetrics.Deleted(_context.Clock.GetUtcNow() - end);
        }

        return Reconciled.Done;
    }

    /// <summary>
    /// Reads the pod anew: one that was evicted already, or replaced by another of its name, is let be.
    /// </summary>
    private async Task<Status?> EvictAsync(
        ObjectKey key, string uid, IApiClient client, CancellationToken cancellationToken)
    {
        ApiResult<Pod> read = await client.GetAsync<Pod>(key.Namespace, key.Name, cancellationToken);
        if (!read.TryGet(out Pod? pod, out Status? unknown))
        {
            return unknown;
        }

        if (pod.Metadata.Uid != uid)
        {
            return ApiErrors.NotFound(Pod.Info, key.Name);
        }

        if (pod.Metadata.DeletionTimestamp is not null)
        {
            return null;
        }

        Tell(key, uid, "Marking for deletion");
        ApiResult<Pod> marked = await client.PatchAsync<Pod>(
            key.Namespace, key.Name, PodConditionPatch.Of(pod, Reason, Time.Now(_context.Clock)), cancellationToken,
            subresource: "status");
        return marked.Error ?? await client.DeleteAsync(pod, cancellationToken);
    }

    private void Tell(ObjectKey key, string uid, string message) => _context.Events.Record(
        new ObjectReference
        {
            ApiVersion = "v1", Kind = "Pod", Name = key.Name, Namespace = key.Namespace, Uid = uid,
        },
        "Normal",
        "DeviceTaintManagerEviction",
        message);
}
