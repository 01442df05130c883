using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.VolumeExpansion;

/// <summary>Hands claims that ask for more to whoever resizes their volume.</summary>
internal sealed class VolumeExpansionController : IController
{
    private const int Workers = 5;

    private readonly ControllerContext _context;
    private readonly IInformer<PersistentVolumeClaim> _claims;
    private readonly IInformer<PersistentVolume> _volumes;
    private readonly ReconcileLoop _loop;

    public VolumeExpansionController(ControllerContext context)
    {
        _context = context;
        _claims = context.Informers.Of<PersistentVolumeClaim>();
        _volumes = context.Informers.Of<PersistentVolume>();
        _loop = context.Loop(Workers, ReconcileAsync).On(_claims, KeysOf).Reads(_volumes);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    /// <summary>A claim that is seen first, or asks for more than before.</summary>
    private static IEnumerable<ObjectKey> KeysOf(PersistentVolumeClaim? old, PersistentVolumeClaim? now) =>
        now is { Status.Phase: PersistentVolumeClaimPhase.Bound } && (old is null || SizeOf(now) > SizeOf(old))
            ? [ObjectKey.Of(now)]
            : [];

    private static Quantity SizeOf(PersistentVolumeClaim claim) =>
        claim.Spec.Resources.Requests.GetValueOrDefault("storage");

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_claims.Find(key.Namespace, key.Name) is not { } claim
            || ExpansionPlan.Compute(claim, _volumes.Find("", claim.Spec.VolumeName)) is not { } plan)
        {
            return Reconciled.Done;
        }

        _context.Events.Normal(claim, "ExternalExpanding", plan.Message);
        if (plan.Resizer is not { } resizer
            || claim.Metadata.Annotations.GetValueOrDefault(ExpansionPlan.ResizerNote) == resizer)
        {
            return Reconciled.Done;
        }

        // The status is all of a claim that this account may write; annotations can be written through it.
        JsonObject annotations = new() { [ExpansionPlan.ResizerNote] = resizer };
        JsonObject patch = new() { ["metadata"] = new JsonObject { ["annotations"] = annotations } };
        Status? refused = (await client.PatchAsync<PersistentVolumeClaim>(
            key.Namespace, key.Name, patch, cancellationToken, PatchType.Merge, "status")).Error;
        return Reconciled.Of(refused is { Code: 404 } ? null : refused);
    }
}
