using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Controllers.VolumeProtection;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.VolumeAttachments;

/// <summary>
/// Attaches the volumes of CSI drivers to the nodes whose pods need them, and tells the nodes. The keys are nodes. One
/// worker sees to all of them, so that a volume for one node only is not attached to two.
/// </summary>
internal sealed class AttachDetachController : IController
{
    private readonly ControllerContext _context;
    private readonly IInformer<Node> _nodes;
    private readonly IInformer<PersistentVolumeClaim> _claims;
    private readonly IInformer<PersistentVolume> _volumes;
    private readonly IInformer<CSIDriver> _drivers;
    private readonly IInformer<VolumeAttachment> _attachments;
    private readonly IInformerIndex<Pod> _podsByNode;
    private readonly IInformerIndex<Pod> _podsByClaim;
    private readonly IInformerIndex<VolumeAttachment> _byNode;
    private readonly IInformerIndex<VolumeAttachment> _byVolume;

    /// <summary>What nodes that are gone used at the last.</summary>
    private readonly ConcurrentDictionary<string, ApiList<string>> _lastUse = new();

    /// <summary>Since when attachments have not been needed, by name.</summary>
    private readonly ConcurrentDictionary<string, DateTimeOffset> _unneeded = new();

    /// <summary>What pods were told last of their volumes, by uid and volume.</summary>
    private readonly ConcurrentDictionary<(string Pod, string Volume), string> _told = new();

    /// <summary>The attachments, by name, that were asked for and are not there yet. Only the worker uses it.</summary>
    private readonly HashSet<string> _awaited = [];
    private readonly ReconcileLoop _loop;

    public AttachDetachController(ControllerContext context)
    {
        _context = context;
        _nodes = context.Informers.Of<Node>();
        _claims = context.Informers.Of<PersistentVolumeClaim>();
        _volumes = context.Informers.Of<PersistentVolume>();
        _drivers = context.Informers.Of<CSIDriver>();
        _attachments = context.Informers.Of<VolumeAttachment>();
        IInformer<Pod> pods = context.Informers.Of<Pod>();
        _podsByNode = pods.Index("nodeOfVolumes", static pod => UsesClaims(pod) ? [pod.Spec.NodeName] : []);
        _podsByClaim = ClaimUses.PodsByClaim(pods);
        _byNode = _attachments.Index("attachedNode", static one => [one.Spec.NodeName]);
        _byVolume = _attachments.Index("attachedVolume", static one => [one.Spec.Source.PersistentVolumeName ?? ""]);
        _loop = context.Loop(1, ReconcileAsync)
            .On(_nodes, KeysOf)
            .On(pods, KeysOf)
            .On(_claims, (old, now) => now is not null && now.Status.Phase != old?.Status.Phase ? KeysOf(now) : [])
            .On(_volumes, KeysOf)
            .On(_attachments, static (old, now) => [new ObjectKey("", (now ?? old)!.Spec.NodeName)])
            .On(_drivers, (_, _) => _nodes.List().Select(ObjectKey.Of));
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private static bool UsesClaims(Pod pod) => pod.Spec.NodeName.Length > 0 && ClaimUses.Of(pod).Any();

    /// <summary>A node that used a volume, or whose standing changed; its heartbeats alone don't matter.</summary>
    private IEnumerable<ObjectKey> KeysOf(Node? old, Node? now)
    {
        Node node = (now ?? old)!;
        string name = node.Metadata.Name;
        if (now is null)
        {
            _lastUse[name] = old!.Status.VolumesInUse;
        }
        else if (old is null)
        {
            _lastUse.TryRemove(name, out _);
        }
        else if (old.Status.VolumesInUse == now.Status.VolumesInUse
            && old.Status.VolumesAttached == now.Status.VolumesAttached
            && old.Spec.Taints == now.Spec.Taints
            && old.Metadata.Annotations == now.Metadata.Annotations)
        {
            return [];
        }

        return [new("", name)];
    }

    private IEnumerable<ObjectKey> KeysOf(Pod? old, Pod? now)
    {
        Pod pod = (now ?? old)!;
        if (!UsesClaims(pod))
        {
            return [];
        }

        if (now is null)
        {
            Forget(pod);
        }

        return [new("", pod.Spec.NodeName)];
    }

    /// <summary>A volume that the picture shows later than its claim.</summary>
    private IEnumerable<ObjectKey> KeysOf(PersistentVolume? old, PersistentVolume? now) =>
        now?.Spec.ClaimRef is { } to && to.Uid != old?.Spec.ClaimRef?.Uid
            && _claims.Find(to.Namespace, to.Name) is { } claim
            ? KeysOf(claim)
            : [];

    private IEnumerable<ObjectKey> KeysOf(PersistentVolumeClaim claim) =>
        _podsByClaim.Find(ObjectKey.Of(claim).ToString())
            .Where(static pod => pod.Spec.NodeName.Length > 0)
            .Select(static pod => new ObjectKey("", pod.Spec.NodeName));

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        DateTimeOffset now = _context.Clock.GetUtcNow();
        AttachmentPlan plan = AttachmentPlan.Compute(PictureOf(key.Name), now);
        NoteUnneeded(key.Name, plan.Unneeded, now);
        TellProblems(key.Name, plan.Contested);

        // The node is told first, so that it does not go on to use what is about to be taken from it.
        Status? failed = plan.Attached is { } attached
            ? await ReportAsync(key.Name, attached, client, cancellationToken)
            : null;
        foreach (VolumeAttachment one in failed is null ? plan.Detach : [])
        {
            failed ??= await client.DeleteAsync(one, cancellationToken);
        }

        foreach (VolumeAttachment one in plan.Attach)
        {
            ApiResult<VolumeAttachment> created = await client.CreateAsync(one, cancellationToken);
            if (created.TryGet(out VolumeAttachment? stored, out Status? refused))
            {
                _awaited.Add(one.Metadata.Name);

                // Other nodes' turns must see it.
                long version = long.Parse(stored.Metadata.ResourceVersion, CultureInfo.InvariantCulture);
                await _attachments.ReachedAsync(version, cancellationToken);
            }
            else if (refused.Reason != "AlreadyExists")
            {
                failed ??= refused;
            }
        }

        return failed is not null
            ? Reconciled.Failed(failed)
            : plan.CheckAfter is { } after ? Reconciled.Again(after) : Reconciled.Done;
    }

    private NodeVolumes PictureOf(string name)
    {
        Node? node = _nodes.Find("", name);
        return new()
        {
            NodeName = name,
            Node = node,
            Needed = Needed(name),
            Attachments = _byNode.Find(name),
            Volume = volume => _volumes.Find("", volume),
            Elsewhere = volume => [.. _byVolume.Find(volume).Where(one => one.Spec.NodeName != name)],
            InUse = node?.Status.VolumesInUse ?? _lastUse.GetValueOrDefault(name),
            UnneededSince = attachment => _unneeded.TryGetValue(attachment, out DateTimeOffset since) ? since : null,
        };
    }

    private IReadOnlyList<NeededVolume> Needed(string node) => AttachableVolumes.Needed(
        _podsByNode.Find(node),
        (@namespace, claim) => _claims.Find(@namespace, claim),
        volume => _volumes.Find("", volume),
        driver => _drivers.Find("", driver));

    private void NoteUnneeded(string node, IReadOnlyList<string> unneeded, DateTimeOffset now)
    {
        foreach (VolumeAttachment one in _byNode.Find(node))
        {
            if (unneeded.Contains(one.Metadata.Name))
            {
                _unneeded.TryAdd(one.Metadata.Name, now);
            }
            else
            {
                _unneeded.TryRemove(one.Metadata.Name, out _);
            }
        }
    }

    /// <summary>Tells pods how their volumes fare, once.</summary>
    private void TellProblems(string node, IReadOnlyList<NeededVolume> contested)
    {
        foreach (NeededVolume one in contested)
        {
            Pod[] others =
            [
                .. _byVolume.Find(one.Volume.Metadata.Name)
                    .SelectMany(elsewhere => Needed(elsewhere.Spec.NodeName))
                    .Where(there => there.Volume.Metadata.Name == one.Volume.Metadata.Name)
                    .SelectMany(static there => there.Pods)
                    .Distinct(),
            ];
            foreach (Pod pod in one.Pods)
            {
                string message = AttachmentPlan.ContestMessage(pod, one.Volume, others);
                Tell(pod, one.Volume, "Warning", "FailedAttachVolume", message);
            }
        }

        foreach (NeededVolume one in Needed(node))
        {
            string name = AttachableVolumes.AttachmentName(one.Volume.Spec.PersistentVolumeSource.Csi!, node);
            if (_attachments.Find("", name) is not { } attachment)
            {
                continue;
            }

            string volume = $"for volume \"{one.Volume.Metadata.Name}\" ";
            bool isNew = attachment.Status.Attached && _awaited.Remove(name);
            foreach (Pod pod in one.Pods)
            {
                if (isNew)
                {
                    Tell(
                        pod, one.Volume, "Normal", "SuccessfulAttachVolume", $"AttachVolume.Attach succeeded {volume}");
                }
                else if (!attachment.Status.Attached && attachment.Status.AttachError is { } error)
                {
                    string message = $"AttachVolume.Attach failed {volume}: {error.Message}";
                    Tell(pod, one.Volume, "Warning", "FailedAttachVolume", message);
                }
            }
        }
    }

    private void Tell(Pod pod, PersistentVolume volume, string type, string reason, string message)
    {
        (string, string) key = (pod.Metadata.Uid, volume.Metadata.Name);
        if (_told.GetValueOrDefault(key) != message)
        {
            _told[key] = message;
            _context.Events.Record(pod, type, reason, message);
        }
    }

    private void Forget(Pod pod)
    {
        foreach ((string Pod, string Volume) key in _told.Keys.Where(one => one.Pod == pod.Metadata.Uid))
        {
            _told.TryRemove(key, out _);
        }
    }

    private static async Task<Status?> ReportAsync(
        string node, ApiList<AttachedVolume> attached, IApiClient client, CancellationToken cancellationToken)
    {
        JsonArray? list = attached.Count == 0
            ? null
            : new([.. attached.Select(static one => new JsonObject
            {
                ["name"] = one.Name,
                ["devicePath"] = one.DevicePath,
            })]);
        JsonObject patch = new() { ["status"] = new JsonObject { ["volumesAttached"] = list } };
        Status? refused = (await client.PatchAsync<Node>(
            "", node, patch, cancellationToken, subresource: "status")).Error;
        return refused is { Code: 404 } ? null : refused;
    }
}
