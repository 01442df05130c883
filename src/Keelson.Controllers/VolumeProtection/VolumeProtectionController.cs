using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;

namespace Keelson.Controllers.VolumeProtection;

/// <summary>Keeps volumes until no claim is bound to them (finalizer <c>kubernetes.io/pv-protection</c>).</summary>
internal sealed class VolumeProtectionController : IController
{
    private const string Finalizer = "kubernetes.io/pv-protection";

    private readonly IInformer<PersistentVolume> _volumes;
    private readonly ReconcileLoop _loop;

    public VolumeProtectionController(ControllerContext context)
    {
        _volumes = context.Informers.Of<PersistentVolume>();
        _loop = context.Loop(1, ReconcileAsync).On(_volumes);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_volumes.Find("", key.Name) is not { } volume
            || Protection.Apply(volume, Finalizer, () => volume.Status.Phase == "Bound") is not { } changed)
        {
            return Reconciled.Done;
        }

        Status? error = (await client.UpdateAsync(changed, cancellationToken)).Error;
        return Reconciled.Of(error is { Code: 404 } ? null : error);
    }
}
