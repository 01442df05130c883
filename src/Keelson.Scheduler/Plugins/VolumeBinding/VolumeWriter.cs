using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.VolumeBinding;

/// <summary>
/// Writes what was decided about a pod's claims, and waits until they have their volumes. Beside the scheduling loop.
/// </summary>
internal sealed class VolumeWriter(PluginContext context, TimeSpan timeout)
{
    private const string BoundByController = "pv.kubernetes.io/bound-by-controller";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly IInformer<PersistentVolumeClaim> _claims = context.Informers.Of<PersistentVolumeClaim>();
    private readonly IInformer<PersistentVolume> _volumes = context.Informers.Of<PersistentVolume>();
    private readonly IInformer<Node> _nodes = context.Informers.Of<Node>();

    /// <summary>Null when all claims have their volumes; otherwise what went wrong.</summary>
    public async Task<string?> WriteAsync(
        VolumeDecision decision, PodInfo pod, string nodeName, CancellationToken cancellationToken)
    {
        foreach ((PersistentVolumeClaim claim, PersistentVolume volume) in decision.Bindings)
        {
            if (await BindAsync(claim, volume, cancellationToken) is { } problem)
            {
                return problem;
            }
        }

        foreach (PersistentVolumeClaim claim in decision.Provisions)
        {
            if (await SelectAsync(claim, nodeName, cancellationToken) is { } problem)
            {
                return problem;
            }
        }

        long started = context.Clock.GetTimestamp();
        while (context.Clock.GetElapsedTime(started) < timeout)
        {
            if (Problem(decision, pod, nodeName, out bool isDone) is { } problem)
            {
                return problem;
            }

            if (isDone)
            {
                return null;
            }

            await Task.Delay(Pause, context.Clock, cancellationToken);
        }

        return "context deadline exceeded";
    }

    private async Task<string?> BindAsync(
        PersistentVolumeClaim claim, PersistentVolume volume, CancellationToken cancellationToken)
    {
        if (volume.Spec.ClaimRef is { } there && there.Uid == claim.Metadata.Uid)
        {
            return null;
        }

        ObjectReference reference = new()
        {
            Kind = "PersistentVolumeClaim",
            ApiVersion = "v1",
            Namespace = claim.Metadata.Namespace,
            Name = claim.Metadata.Name,
            Uid = claim.Metadata.Uid,
            ResourceVersion = claim.Metadata.ResourceVersion,
        };

        // Who set the reference says whether it is taken back when the claim goes: a volume meant for it keeps it.
        ObjectMeta metadata = volume.Spec.ClaimRef is not null ? volume.Metadata
            : volume.Metadata with { Annotations = volume.Metadata.Annotations.With(BoundByController, "yes") };
        ApiResult<PersistentVolume> written = await context.Client.UpdateAsync(
            volume with { Metadata = metadata, Spec = volume.Spec with { ClaimRef = reference } }, cancellationToken);
        if (!written.TryGet(out PersistentVolume? now, out Status? error))
        {
            return error.Message;
        }

        await _volumes.ReachedAsync(ResourceVersions.Number(now.Metadata.ResourceVersion), cancellationToken);
        return null;
    }

    private async Task<string?> SelectAsync(
        PersistentVolumeClaim claim, string nodeName, CancellationToken cancellationToken)
    {
        if (claim.Metadata.Annotations.GetValueOrDefault(VolumeChoice.SelectedNode) == nodeName)
        {
            return null;
        }

        ObjectMeta metadata = claim.Metadata with
        {
            Annotations = claim.Metadata.Annotations.With(VolumeChoice.SelectedNode, nodeName),
        };
        ApiResult<PersistentVolumeClaim> written =
            await context.Client.UpdateAsync(claim with { Metadata = metadata }, cancellationToken);
        if (!written.TryGet(out PersistentVolumeClaim? now, out Status? error))
        {
            return error.Message;
        }

        await _claims.ReachedAsync(ResourceVersions.Number(now.Metadata.ResourceVersion), cancellationToken);
        return null;
    }

    private string? Problem(VolumeDecision decision, PodInfo pod, string nodeName, out bool isDone)
    {
        isDone = true;
        if (_nodes.Find("", nodeName) is not { } node)
        {
            return $"node \"{nodeName}\" not found";
        }

        foreach ((PersistentVolumeClaim claim, PersistentVolume chosen) in decision.Bindings)
        {
            string name = chosen.Metadata.Name;
            if (_volumes.Find("", name) is not { } volume)
            {
                return $"failed to check binding: persistentvolume \"{name}\" not found";
            }

            if (!VolumeChoice.IsReachable(volume, node))
            {
                return $"pv \"{name}\" node affinity doesn't match node \"{nodeName}\": "
                    + "no matching NodeSelectorTerms";
            }

            if (volume.Spec.ClaimRef is not { Uid.Length: > 0 })
            {
                return $"ClaimRef got reset for pv \"{name}\"";
            }

            isDone &= _claims.Find(pod.Namespace, claim.Metadata.Name) is { } now && PodClaims.IsBound(now);
        }

        foreach (PersistentVolumeClaim claim in decision.Provisions)
        {
            string name = claim.Metadata.Name;
            if (_claims.Find(pod.Namespace, name) is not { } now)
            {
                return $"failed to check provisioning pvc: persistentvolumeclaim \"{name}\" not found";
            }

            if (now.Metadata.Annotations.GetValueOrDefault(VolumeChoice.SelectedNode) != nodeName)
            {
                return $"provisioning failed for PVC \"{name}\"";
            }

            isDone &= PodClaims.IsBound(now);
        }

        return null;
    }
}
