using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;

namespace Keelson.Controllers.VolumeProtection;

/// <summary>Keeps volume attributes classes until nothing names them (finalizer
/// <c>kubernetes.io/vac-protection</c>).</summary>
internal sealed class AttributesClassProtectionController : IController
{
    private const string Finalizer = "kubernetes.io/vac-protection";

    private readonly IInformer<VolumeAttributesClass> _classes;
    private readonly IInformer<PersistentVolumeClaim> _claims;
    private readonly IInformer<PersistentVolume> _volumes;
    private readonly ReconcileLoop _loop;

    public AttributesClassProtectionController(ControllerContext context)
    {
        _classes = context.Informers.Of<VolumeAttributesClass>();
        _claims = context.Informers.Of<PersistentVolumeClaim>();
        _volumes = context.Informers.Of<PersistentVolume>();
        _loop = context.Loop(1, ReconcileAsync)
            .On(_classes)
            .On(_claims, (old, now) => Ending(Names(old), Names(now)))
            .On(_volumes, (old, now) => Ending(Names(old), Names(now)));
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private static string[] Names(PersistentVolumeClaim? claim) => claim is null
        ? []
        :
        [
            claim.Spec.VolumeAttributesClassName ?? "",
            claim.Status.CurrentVolumeAttributesClassName ?? "",
            claim.Status.ModifyVolumeStatus?.TargetVolumeAttributesClassName ?? "",
        ];

    private static string[] Names(PersistentVolume? volume) =>
        volume is null ? [] : [volume.Spec.VolumeAttributesClassName ?? ""];

    /// <summary>The classes that are no longer named and wait for just that.</summary>
    private IEnumerable<ObjectKey> Ending(string[] before, string[] after) => before.Except(after)
        .Where(name => name.Length > 0 && _classes.Find("", name)?.Metadata.DeletionTimestamp is not null)
        .Select(static name => new ObjectKey("", name));

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        bool IsUsed() =>
            _claims.List().Any(one => Names(one).Contains(key.Name))
                || _volumes.List().Any(one => Names(one).Contains(key.Name));
        if (_classes.Find("", key.Name) is not { } one || Protection.Apply(one, Finalizer, IsUsed) is not { } changed)
        {
            return Reconciled.Done;
        }

        Status? error = (await client.UpdateAsync(changed, cancellationToken)).Error;
        return Reconciled.Of(error is { Code: 404 } ? null : error);
    }
}
