using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Controllers.Pods;
using Keelson.Controllers.VolumeProtection;

namespace Keelson.Controllers.VolumeBinding;

/// <summary>
/// Brings claims and volumes together, and sees to volumes whose claim is gone. One worker looks at both, claims by
/// namespace and name, volumes by name alone; what a stale picture proposes is refused by the resource version.
/// </summary>
internal sealed class VolumeBinderController : IController
{
    private const string DefaultMark = "storageclass.kubernetes.io/is-default-class";
    private const string BetaDefaultMark = "storageclass.beta.kubernetes.io/is-default-class";

    /// <summary>What waits is looked at, and told of, every so often (<c>--pvclaimbinder-sync-period</c>).</summary>
    private static readonly TimeSpan SyncPeriod = TimeSpan.FromSeconds(15);

    private readonly ControllerContext _context;
    private readonly IInformer<PersistentVolumeClaim> _claims;
    private readonly IInformer<PersistentVolume> _volumes;
    private readonly IInformer<StorageClass> _classes;
    private readonly IInformer<Pod> _pods;
    private readonly IInformerIndex<PersistentVolumeClaim> _waiting;
    private readonly IInformerIndex<Pod> _podsByClaim;
    private readonly ReconcileLoop _loop;

    public VolumeBinderController(ControllerContext context)
    {
        _context = context;
        _claims = context.Informers.Of<PersistentVolumeClaim>();
        _volumes = context.Informers.Of<PersistentVolume>();
        _classes = context.Informers.Of<StorageClass>();
        _waiting = _claims.Index("unboundClass", static claim =>
            claim.Metadata.Annotations.ContainsKey(StorageNotes.BindCompleted) ? [] : [StorageNotes.ClassOf(claim)]);
        _pods = context.Informers.Of<Pod>();
        _podsByClaim = ClaimUses.PodsByClaim(_pods);
        _loop = context.Loop(1, ReconcileAsync)
            .On(_claims, static (old, now) => KeysOf((now ?? old)!))
            .On(_volumes, KeysOf)
            .On(_classes, (old, now) => WaitingFor((now ?? old)!.Metadata.Name).Concat(WaitingFor("")))
            .On(_pods, static (old, now) => VolumeRecycling.VolumeOf((now ?? old)!) is { } name ? [new("", name)] : []);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private static IEnumerable<ObjectKey> KeysOf(PersistentVolumeClaim claim)
    {
        yield return ObjectKey.Of(claim);
        if (claim.Spec.VolumeName.Length > 0)
        {
            yield return new("", claim.Spec.VolumeName);
        }
    }

    private IEnumerable<ObjectKey> KeysOf(PersistentVolume? old, PersistentVolume? now)
    {
        PersistentVolume volume = (now ?? old)!;
        yield return ObjectKey.Of(volume);
        if (volume.Spec.ClaimRef is { } to)
        {
            yield return new(to.Namespace, to.Name);
        }
        else if (now?.Status.Phase == PersistentVolumePhase.Available)
        {
            foreach (ObjectKey key in WaitingFor(StorageNotes.ClassOf(now)))
            {
                yield return key;
            }
        }
    }

    private IEnumerable<ObjectKey> WaitingFor(string @class) => _waiting.Find(@class).Select(ObjectKey.Of);

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (key.Namespace.Length > 0)
        {
            return _claims.Find(key.Namespace, key.Name) is { } claim
                ? await SyncAsync(claim, client, cancellationToken)
                : Reconciled.Done;
        }

        return _volumes.Find("", key.Name) is { } volume
            ? await SyncAsync(volume, client, cancellationToken)
            : Reconciled.Done;
    }

    private async Task<Reconciled> SyncAsync(
        PersistentVolumeClaim claim, IApiClient client, CancellationToken cancellationToken)
    {
        ClaimPlan plan = ClaimPlan.Compute(claim, Surroundings(claim));
        VolumeWrites writes = new(client);
        Status? failed = null;
        switch (plan.Step)
        {
            case ClaimStep.Wait:
                failed = await writes.StatusAsync(
                    claim, VolumeBond.UnboundStatus(claim, PersistentVolumeClaimPhase.Pending), cancellationToken);
                break;
            case ClaimStep.Bind:
                return Reconciled.Of(await writes.BindAsync(plan.Volume!, claim, cancellationToken));
            case ClaimStep.Lose:
                if (claim.Status.Phase == PersistentVolumeClaimPhase.Lost)
                {
                    return Reconciled.Done;
                }

                failed = await writes.StatusAsync(
                    claim, VolumeBond.UnboundStatus(claim, PersistentVolumeClaimPhase.Lost), cancellationToken);
                break;
            case ClaimStep.Write:
                return Reconciled.Of((await client.UpdateAsync(plan.Changed!, cancellationToken)).Error);
            case ClaimStep.Provision when !ReferenceEquals(plan.Changed, claim):
                failed = (await client.UpdateAsync(plan.Changed!, cancellationToken)).Error;
                break;
            default:
                break;
        }

        if (failed is not null)
        {
            return Reconciled.Failed(failed);
        }

        Tell(claim, plan.Event);
        return plan.Step == ClaimStep.Lose ? Reconciled.Done : Reconciled.Again(SyncPeriod);
    }

    private ClaimSurroundings Surroundings(PersistentVolumeClaim claim) => new()
    {
        Volumes = _volumes.List(),
        Volume = name => _volumes.Find("", name),
        Class = name => _classes.Find("", name),
        DefaultClass = () => _classes.List()
            .Where(static one => one.Metadata.Annotations.GetValueOrDefault(DefaultMark) == "true"
                || one.Metadata.Annotations.GetValueOrDefault(BetaDefaultMark) == "true")
            .OrderByDescending(static one => one.Metadata.CreationTimestamp)
            .ThenBy(static one => one.Metadata.Name, StringComparer.Ordinal)
            .FirstOrDefault()?.Metadata.Name,
        PodsToSchedule = () =>
        [
            .. _podsByClaim.Find(ObjectKey.Of(claim).ToString())
                .Where(static pod => pod.Spec.NodeName.Length == 0 && !PodFacts.IsEnded(pod))
                .Select(static pod => pod.Metadata.Name)
                .Order(StringComparer.Ordinal),
        ],
    };

    private async Task<Reconciled> SyncAsync(
        PersistentVolume volume, IApiClient client, CancellationToken cancellationToken)
    {
        PersistentVolumeClaim? claim = volume.Spec.ClaimRef is { } to ? _claims.Find(to.Namespace, to.Name) : null;
        VolumePlan plan = VolumePlan.Compute(volume, claim);
        VolumeWrites writes = new(client);
        if (plan.Events is { } told)
        {
            Tell(volume, told.OfVolume);
            Tell(claim!, told.OfClaim);
        }

        if (plan.ClaimIsBehind)
        {
            _loop.Add(ObjectKey.Of(claim!));
        }

        return plan.Step switch
        {
            VolumeStep.Write => Reconciled.Of((await client.UpdateAsync(plan.Changed!, cancellationToken)).Error),
            VolumeStep.Phase => Reconciled.Of(
                (await writes.PhaseAsync(volume, plan.Phase, "", cancellationToken)).Error),
            VolumeStep.Unbind => Reconciled.Of(await writes.UnbindAsync(plan.Changed!, plan.Phase, cancellationToken)),
            VolumeStep.Reclaim => await ReclaimAsync(volume, plan, writes, client, cancellationToken),
            _ => Reconciled.Done,
        };
    }

    private async Task<Reconciled> ReclaimAsync(
        PersistentVolume volume,
        VolumePlan plan,
        VolumeWrites writes,
        IApiClient client,
        CancellationToken cancellationToken)
    {
        // A claim may be newer than the picture of it, so the server is asked before data is lost.
        ObjectReference to = volume.Spec.ClaimRef!;
        ApiResult<PersistentVolumeClaim> live = await client.GetAsync<PersistentVolumeClaim>(
            to.Namespace, to.Name, cancellationToken);
        bool isGone = live.TryGet(out PersistentVolumeClaim? claim, out Status? unread)
            ? VolumePlan.Compute(volume, claim).Step == VolumeStep.Reclaim
            : unread.Code == 404;
        if (!isGone)
        {
            return unread is null ? Reconciled.Done : Reconciled.Failed(unread);
        }

        ApiResult<PersistentVolume> released = plan.Phase.Length == 0
            ? volume
            : await writes.PhaseAsync(volume, plan.Phase, "", cancellationToken);
        if (!released.TryGet(out PersistentVolume? current, out Status? failed))
        {
            return Reconciled.Failed(failed);
        }

        (ReclaimStep step, VolumeEvent? problem) = VolumePlan.Reclaim(current);
        if (step == ReclaimStep.Delete)
        {
            problem = HostPathVolumes.Delete(current.Spec.PersistentVolumeSource.HostPath!.Path) is { } error
                ? new("Warning", "VolumeFailedDelete", error)
                : null;
            if (problem is null)
            {
                return Reconciled.Of(await client.DeleteAsync(current, cancellationToken));
            }
        }

        if (step == ReclaimStep.Recycle)
        {
            (Reconciled? result, problem) = await RecycleAsync(current, writes, client, cancellationToken);
            if (result is { } decided)
            {
                return decided;
            }
        }

        if (problem is null)
        {
            return Reconciled.Done;
        }

        if (current.Status.Phase != PersistentVolumePhase.Failed)
        {
            ApiResult<PersistentVolume> written = await writes.PhaseAsync(
                current, PersistentVolumePhase.Failed, problem.Message, cancellationToken);
            if (written.Error is { } refused)
            {
                return Reconciled.Failed(refused);
            }

            Tell(current, problem);
        }

        return Reconciled.Again(SyncPeriod);
    }

    /// <summary>Empties a volume by a pod, and sets it free; otherwise the problem.</summary>
    private async Task<(Reconciled? Result, VolumeEvent? Problem)> RecycleAsync(
        PersistentVolume volume, VolumeWrites writes, IApiClient client, CancellationToken cancellationToken)
    {
        VolumeEvent Failed(string why) => new("Warning", "VolumeFailedRecycle", "Recycle failed: " + why);
        Pod? pod = _pods.Find(VolumeRecycling.Namespace, VolumeRecycling.PodNameOf(volume));
        VolumeRecycling next = VolumeRecycling.Next(volume, pod);
        if (next.Create is { } wanted && (await client.CreateAsync(wanted, cancellationToken)).Error is { } refused)
        {
            return (null, Failed($"unexpected error creating recycler pod:  {refused.Message}"));
        }

        if (next.Delete is { } ended && await client.DeleteAsync(ended, cancellationToken) is { } kept)
        {
            return (Reconciled.Failed(kept), null);
        }

        if (!next.IsDone)
        {
            return next.Problem is { } problem ? (null, Failed(problem)) : (Reconciled.Done, null);
        }

        Tell(volume, new("Normal", "VolumeRecycled", "Volume recycled"));
        Status? failed = await writes.UnbindAsync(
            VolumeBond.Unbound(volume), PersistentVolumePhase.Available, cancellationToken);
        return (Reconciled.Of(failed), null);
    }

    private void Tell(IObject about, VolumeEvent? told)
    {
        if (told is not null)
        {
            _context.Events.Record(about, told.Type, told.Reason, told.Message);
        }
    }
}
