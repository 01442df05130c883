using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;
using Keelson.Controllers.Nodes;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.VolumeAttachments;

/// <summary>What a node has and needs.</summary>
internal sealed record NodeVolumes
{
    /// <summary>The node's name.</summary>
    public required string NodeName { get; init; }

    /// <summary>The node; null when it is gone.</summary>
    public required Node? Node { get; init; }

    /// <summary>What its pods need.</summary>
    public required IReadOnlyList<NeededVolume> Needed { get; init; }

    /// <summary>The attachments to it.</summary>
    public required IReadOnlyList<VolumeAttachment> Attachments { get; init; }

    /// <summary>A volume by name.</summary>
    public required Func<string, PersistentVolume?> Volume { get; init; }

    /// <summary>The attachments of a volume to other nodes.</summary>
    public required Func<string, IReadOnlyList<VolumeAttachment>> Elsewhere { get; init; }

    /// <summary>The volumes that it uses, by unique name; what it said last when it is gone.</summary>
    public required ApiList<string> InUse { get; init; }

    /// <summary>Since when an attachment, by name, has not been needed; null when it was needed a moment ago.</summary>
    public required Func<string, DateTimeOffset?> UnneededSince { get; init; }
}

/// <summary>What to do about the attachments of a node.</summary>
/// <param name="Attach">The attachments to create.</param>
/// <param name="Detach">The attachments to delete.</param>
/// <param name="Attached">What the node is to report as attached; null to leave that alone.</param>
/// <param name="Unneeded">The attachments, by name, that stay for now though nothing needs them.</param>
/// <param name="Contested">What can't be attached as it is attached elsewhere.</param>
/// <param name="CheckAfter">When to look again; null for not before something changes.</param>
internal sealed record AttachmentPlan(
    IReadOnlyList<VolumeAttachment> Attach,
    IReadOnlyList<VolumeAttachment> Detach,
    ApiList<AttachedVolume>? Attached,
    IReadOnlyList<string> Unneeded,
    IReadOnlyList<NeededVolume> Contested,
    TimeSpan? CheckAfter)
{
    /// <summary>On nodes: attaching is left to this controller.</summary>
    private const string ManagedNote = "volumes.kubernetes.io/controller-managed-attach-detach";

    /// <summary>How long a node that is not ready may hold a volume that it uses (upstream's
    /// maxWaitForUnmountDuration).</summary>
    private static readonly TimeSpan LongestUnmount = TimeSpan.FromMinutes(6);

    /// <summary>How often volumes are looked at that are attached elsewhere.</summary>
    private static readonly TimeSpan ContestPeriod = TimeSpan.FromSeconds(10);

    /// <summary>Decides.</summary>
    public static AttachmentPlan Compute(NodeVolumes node, DateTimeOffset now)
    {
        bool isManaged = node.Node?.Metadata.Annotations.ContainsKey(ManagedNote) == true;
        Dictionary<string, NeededVolume> needed = [];
        foreach (NeededVolume one in isManaged ? node.Needed : [])
        {
            CSIPersistentVolumeSource source = one.Volume.Spec.PersistentVolumeSource.Csi!;
            needed.TryAdd(AttachableVolumes.AttachmentName(source, node.NodeName), one);
        }

        List<VolumeAttachment> detach = [];
        List<string> unneeded = [];
        List<AttachedVolume> attached = [];
        TimeSpan? check = null;
        foreach (VolumeAttachment one in node.Attachments)
        {
            PersistentVolume? volume = VolumeOf(one, node);
            bool isStaying = one.Metadata.DeletionTimestamp is null;
            if (isStaying && !needed.ContainsKey(one.Metadata.Name) && IsOurs(one, volume, node))
            {
                TimeSpan left = UntilDetach(one, volume, node, now);
                if (left <= TimeSpan.Zero)
                {
                    detach.Add(one);
                    continue;
                }

                unneeded.Add(one.Metadata.Name);
                check = check is null || left < check ? left : check;
            }

            if (isStaying && one.Status.Attached && volume?.Spec.PersistentVolumeSource.Csi is { } source)
            {
                attached.Add(new AttachedVolume { Name = AttachableVolumes.UniqueName(source) });
            }
        }

        (List<VolumeAttachment> attach, List<NeededVolume> contested) = Missing(node, needed);
        ApiList<AttachedVolume> reported = attached.OrderBy(static one => one.Name, StringComparer.Ordinal).ToApiList();
        bool isReported = !isManaged || reported.Equals(node.Node!.Status.VolumesAttached)
            || (reported.Count == 0 && node.Node.Status.VolumesAttached.Count == 0);
        return new(
            attach,
            detach,
            isReported ? default(ApiList<AttachedVolume>?) : reported,
            unneeded,
            contested,
            contested.Count > 0 && (check is null || check > ContestPeriod) ? ContestPeriod : check);
    }

    /// <summary>Why a pod's volume can't be attached, in upstream's words.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="volume">The volume.</param>
    /// <param name="others">The pods of other nodes that use it.</param>
    public static string ContestMessage(Pod pod, PersistentVolume volume, IReadOnlyList<Pod> others)
    {
        string[] here =
        [
            .. others.Where(one => one.Metadata.Namespace == pod.Metadata.Namespace)
                .Select(static one => one.Metadata.Name),
        ];
        int away = others.Count - here.Length;
        string elsewhere = $"{away} pod(s) in different namespaces";
        string used = others.Count == 0
            ? "Volume is already exclusively attached to one node and can't be attached to another"
            : here.Length == 0
                ? "Volume is already used by " + elsewhere
                : $"Volume is already used by pod(s) {string.Join(", ", here)}" + (away > 0 ? " and " + elsewhere : "");
        return $"Multi-Attach error for volume \"{volume.Metadata.Name}\" {used}";
    }

    private static (List<VolumeAttachment> Attach, List<NeededVolume> Contested) Missing(
        NodeVolumes node, Dictionary<string, NeededVolume> needed)
    {
        List<VolumeAttachment> attach = [];
        List<NeededVolume> contested = [];
        HashSet<string> there = [.. node.Attachments.Select(static one => one.Metadata.Name)];
        foreach ((string name, NeededVolume one) in needed)
        {
            if (there.Contains(name))
            {
                continue;
            }

            string volume = one.Volume.Metadata.Name;
            if (AttachableVolumes.IsExclusive(one.Volume) && node.Elsewhere(volume).Count > 0)
            {
                contested.Add(one);
                continue;
            }

            attach.Add(new VolumeAttachment
            {
                Metadata = ObjectMeta.Empty with { Name = name },
                Spec = new VolumeAttachmentSpec
                {
                    Attacher = one.Volume.Spec.PersistentVolumeSource.Csi!.Driver,
                    NodeName = node.NodeName,
                    Source = new VolumeAttachmentSource { PersistentVolumeName = volume },
                },
            });
        }

        return (attach, contested);
    }

    private static PersistentVolume? VolumeOf(VolumeAttachment one, NodeVolumes node) =>
        one.Spec.Source.PersistentVolumeName is { } name ? node.Volume(name) : null;

    /// <summary>Attachments that others made, by hand for instance, have other names.</summary>
    private static bool IsOurs(VolumeAttachment one, PersistentVolume? volume, NodeVolumes node) =>
        volume?.Spec.PersistentVolumeSource.Csi is { } source
            ? one.Metadata.Name == AttachableVolumes.AttachmentName(source, node.NodeName)
            : volume is null && one.Spec.Source.PersistentVolumeName is not null
                && AttachableVolumes.IsAttachmentName(one.Metadata.Name);

    /// <summary>
    /// How long an attachment stays. A volume that the node still uses is not taken from it, unless somebody vouches
    /// that the machine is off, or it has not been ready for so long that it won't come back to write.
    /// </summary>
    private static TimeSpan UntilDetach(
        VolumeAttachment one, PersistentVolume? volume, NodeVolumes node, DateTimeOffset now)
    {
        bool isOff = node.Node?.Spec.Taints.Any(static taint => taint.Key == NodeTaints.OutOfService) == true;
        if (!IsUsed(one, volume, node) || isOff)
        {
            return TimeSpan.Zero;
        }

        TimeSpan left = (node.UnneededSince(one.Metadata.Name) ?? now) + LongestUnmount - now;
        bool isReady = node.Node?.Status.Conditions.Any(static c => c is { Type: "Ready", Status: "True" }) == true;
        return isReady && left <= TimeSpan.Zero ? LongestUnmount : left;
    }

    private static bool IsUsed(VolumeAttachment one, PersistentVolume? volume, NodeVolumes node)
    {
        if (volume?.Spec.PersistentVolumeSource.Csi is { } source)
        {
            return node.InUse.Contains(AttachableVolumes.UniqueName(source));
        }

        // The volume is gone, and with it the name: any of the driver's may be it.
        string prefix = AttachableVolumes.UniquePrefix(one.Spec.Attacher);
        return node.InUse.AsEnumerable().Any(name => name.StartsWith(prefix, StringComparison.Ordinal));
    }
}
