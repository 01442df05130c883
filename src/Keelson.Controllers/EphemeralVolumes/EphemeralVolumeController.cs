using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Controllers.Owners;

namespace Keelson.Controllers.EphemeralVolumes;

/// <summary>Creates the claims of volumes that live as long as their pod.</summary>
internal sealed class EphemeralVolumeController : IController
{
    private const int Workers = 5;

    private readonly ControllerContext _context;
    private readonly IInformer<Pod> _pods;
    private readonly IInformer<PersistentVolumeClaim> _claims;
    private readonly ReconcileLoop _loop;

    public EphemeralVolumeController(ControllerContext context)
    {
        _context = context;
        _pods = context.Informers.Of<Pod>();
        _claims = context.Informers.Of<PersistentVolumeClaim>();
        _loop = context.Loop(Workers, ReconcileAsync).On(_pods, static (_, now) => KeysOf(now)).On(_claims, KeysOf);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private static IEnumerable<ObjectKey> KeysOf(Pod? pod)
    {
        if (pod is null || pod.Metadata.DeletionTimestamp is not null)
        {
            return [];
        }

        foreach (Volume volume in pod.Spec.Volumes)
        {
            if (volume.VolumeSource.Ephemeral is not null)
            {
                return [ObjectKey.Of(pod)];
            }
        }

        return [];
    }

    /// <summary>A pod whose claim was deleted needs another.</summary>
    private static IEnumerable<ObjectKey> KeysOf(PersistentVolumeClaim? old, PersistentVolumeClaim? now) =>
        now is null && Owner.ControllerOf(old!.Metadata) is { Kind: "Pod" } pod
            ? [new(old.Metadata.Namespace, pod.Name)]
            : [];

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_pods.Find(key.Namespace, key.Name) is not { } pod)
        {
            return Reconciled.Done;
        }

        IReadOnlyList<EphemeralVolumePlan> plans = EphemeralVolumePlan.Compute(
            pod, name => _claims.Find(key.Namespace, name));
        foreach (EphemeralVolumePlan plan in plans)
        {
            Status? refused = null;
            if (plan.Create is { } claim)
            {
                refused = (await client.CreateAsync(claim, cancellationToken)).Error;
            }

            string claimName = pod.Metadata.Name + "-" + plan.Volume;
            string? problem = refused is null ? plan.Problem : $"create PVC {claimName}: {refused.Message}";
            if (problem is not null)
            {
                _context.Events.Warning(pod, "FailedBinding", $"ephemeral volume {plan.Volume}: {problem}");
                return Reconciled.Failed(refused ?? ApiErrors.AlreadyExists(PersistentVolumeClaim.Info, claimName));
            }
        }

        return Reconciled.Done;
    }
}
