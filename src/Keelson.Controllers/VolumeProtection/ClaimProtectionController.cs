using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;

namespace Keelson.Controllers.VolumeProtection;

/// <summary>Keeps claims until no pod uses them (finalizer <c>kubernetes.io/pvc-protection</c>).</summary>
internal sealed class ClaimProtectionController : IController
{
    private const string Finalizer = "kubernetes.io/pvc-protection";

    private readonly IInformer<PersistentVolumeClaim> _claims;
    private readonly IInformerIndex<Pod> _pods;
    private readonly ReconcileLoop _loop;

    public ClaimProtectionController(ControllerContext context)
    {
        _claims = context.Informers.Of<PersistentVolumeClaim>();
        IInformer<Pod> pods = context.Informers.Of<Pod>();
        _pods = ClaimUses.PodsByClaim(pods);
        _loop = context.Loop(1, ReconcileAsync).On(_claims).On(pods, KeysOf);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    /// <summary>A pod that is gone, or that is done with, may have been the last to use its claims.</summary>
    private IEnumerable<ObjectKey> KeysOf(Pod? old, Pod? now)
    {
        Pod pod = (now ?? old)!;
        return ClaimUses.Of(pod)
            .Select(name => new ObjectKey(pod.Metadata.Namespace, name))
            .Where(key => _claims.Find(key.Namespace, key.Name)?.Metadata.DeletionTimestamp is not null);
    }

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_claims.Find(key.Namespace, key.Name) is not { } claim)
        {
            return Reconciled.Done;
        }

        if (Protection.Apply(claim, Finalizer, () => _pods.Find(key.ToString()).Any(pod => ClaimUses.Holds(pod, claim))) is not { } changed)
        {
            return Reconciled.Done;
        }

        if (changed.Metadata.Finalizers.Count < claim.Metadata.Finalizers.Count)
        {
            // The pictures of pods and claims may be of different moments: who lets go asks the server first.
            ApiResult<IReadOnlyList<Pod>> live = await client.ListAsync<Pod>(
                key.Namespace, ListRequest.All, cancellationToken);
            if (!live.TryGet(out IReadOnlyList<Pod>? pods, out Status? failed))
            {
                return Reconciled.Failed(failed);
            }

            if (pods.Any(pod => ClaimUses.Holds(pod, claim)))
            {
                return Reconciled.Done;
            }
        }

        Status? error = (await client.UpdateAsync(changed, cancellationToken)).Error;
        return Reconciled.Of(error is { Code: 404 } ? null : error);
    }
}
