using Keelson.Api.Core.V1;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.VolumeRestrictions;

/// <summary>Disks that pods name themselves, and which not several pods of a node may use as they like.</summary>
internal static class DiskConflicts
{
    /// <summary>True when a pod uses any such disk.</summary>
    public static bool Concerns(PodInfo pod)
    {
        foreach (Volume one in pod.Pod.Spec.Volumes)
        {
            if (IsDisk(one.VolumeSource))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when two pods can't be on the same node.</summary>
    public static bool Exist(PodInfo left, PodInfo right)
    {
        foreach (Volume one in left.Pod.Spec.Volumes)
        {
            if (!IsDisk(one.VolumeSource))
            {
                continue;
            }

            foreach (Volume other in right.Pod.Spec.Volumes)
            {
                if (Conflict(one.VolumeSource, other.VolumeSource))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsDisk(VolumeSource source) =>
        (source.GcePersistentDisk ?? source.AwsElasticBlockStore ?? source.Rbd ?? (object?)source.Iscsi) is not null;

    private static bool Conflict(VolumeSource left, VolumeSource right)
    {
        if (left.GcePersistentDisk is { } disk && right.GcePersistentDisk is { } otherDisk)
        {
            return disk.PdName == otherDisk.PdName && !(disk.ReadOnly && otherDisk.ReadOnly);
        }

        if (left.AwsElasticBlockStore is { } store && right.AwsElasticBlockStore is { } otherStore)
        {
            return store.VolumeID == otherStore.VolumeID;
        }

        if (left.Iscsi is { } target && right.Iscsi is { } otherTarget)
        {
            return target.Iqn == otherTarget.Iqn && !(target.ReadOnly && otherTarget.ReadOnly);
        }

        return left.Rbd is { } image && right.Rbd is { } otherImage
            && image.Monitors.Intersect(otherImage.Monitors, StringComparer.Ordinal).Any()
            && image.Pool == otherImage.Pool && image.Image == otherImage.Image
            && !(image.ReadOnly && otherImage.ReadOnly);
    }
}
