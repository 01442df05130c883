using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;

namespace Keelson.Controllers.VolumeBinding;

/// <summary>Writes claims and volumes, and only what differs.</summary>
internal sealed class VolumeWrites(IApiClient client)
{
    /// <summary>
    /// Binds both, the volume first: from then on nobody else gets it, and whatever comes in between, the next look
    /// goes on from there.
    /// </summary>
    public async Task<Status?> BindAsync(
        PersistentVolume volume, PersistentVolumeClaim claim, CancellationToken cancellationToken)
    {
        PersistentVolume bound = VolumeBond.Bound(volume, claim);
        ApiResult<PersistentVolume> stored = ReferenceEquals(bound, volume)
            ? volume
            : await client.UpdateAsync(bound, cancellationToken);
        if (stored.Error is null)
        {
            stored = await PhaseAsync(stored.Value, PersistentVolumePhase.Bound, "", cancellationToken);
        }

        if (!stored.TryGet(out PersistentVolume? current, out Status? failed))
        {
            return failed;
        }

        PersistentVolumeClaim pointing = VolumeBond.Bound(claim, current);
        ApiResult<PersistentVolumeClaim> written = ReferenceEquals(pointing, claim)
            ? claim
            : await client.UpdateAsync(pointing, cancellationToken);
        return written.Error
            ?? await StatusAsync(written.Value, VolumeBond.BoundStatus(written.Value, current), cancellationToken);
    }

    /// <summary>Writes a volume that is unbound, then its phase.</summary>
    public async Task<Status?> UnbindAsync(PersistentVolume unbound, string phase, CancellationToken cancellationToken)
    {
        ApiResult<PersistentVolume> written = await client.UpdateAsync(unbound, cancellationToken);
        return written.Error ?? (await PhaseAsync(written.Value, phase, "", cancellationToken)).Error;
    }

    /// <summary>Gives a volume a phase.</summary>
    public async Task<ApiResult<PersistentVolume>> PhaseAsync(
        PersistentVolume volume, string phase, string message, CancellationToken cancellationToken) =>
        volume.Status.Phase == phase
            ? volume
            : await client.UpdateStatusAsync(
                volume with { Status = volume.Status with { Phase = phase, Message = message } }, cancellationToken);

    /// <summary>Gives a claim a status.</summary>
    public async Task<Status?> StatusAsync(
        PersistentVolumeClaim claim, PersistentVolumeClaimStatus status, CancellationToken cancellationToken) =>
        status.Equals(claim.Status)
            ? null
            : (await client.UpdateStatusAsync(claim with { Status = status }, cancellationToken)).Error;
}
