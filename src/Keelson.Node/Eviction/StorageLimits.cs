using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Server.Stats;

namespace Keelson.Nodes.Eviction;

/// <summary>Holds pods to their limits of local storage: volumes, the pod, its containers.</summary>
internal static class StorageLimits
{
    /// <summary>Null, or how the pod exceeds a limit, in upstream's words.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="stats">What it uses.</param>
    /// <param name="hasImageDisk">Whether writable layers lie on a disk of their own.</param>
    public static string? Exceeded(Pod pod, PodStats stats, bool hasImageDisk) =>
        Volumes(pod, stats) ?? Whole(pod, stats) ?? Containers(pod, stats, hasImageDisk);

    private static string? Volumes(Pod pod, PodStats stats)
    {
        foreach (Volume one in pod.Spec.Volumes)
        {
            if (one.VolumeSource.EmptyDir?.SizeLimit is { Sign: > 0 } limit
                && stats.Volumes.FirstOrDefault(it => it.Name == one.Name)?.FileSystem.UsedBytes is { } used
                && Quantity.FromValue((long)used) > limit)
            {
                return $"Usage of EmptyDir volume \"{one.Name}\" exceeds the limit \"{limit}\". ";
            }
        }

        return null;
    }

    private static string? Whole(Pod pod, PodStats stats)
    {
        if (!PodAmounts.Limits(pod).TryGetValue("ephemeral-storage", out Quantity limit))
        {
            return null;
        }

        const DiskParts All = DiskParts.Layers | DiskParts.Logs | DiskParts.LocalVolumes;
        Quantity used = Quantity.FromValue((long)EvictionRanking.DiskUse(pod, stats, All).Bytes);
        return used > limit
            ? $"Pod ephemeral local storage usage exceeds the total limit of containers {limit}. "
            : null;
    }

    private static string? Containers(Pod pod, PodStats stats, bool hasImageDisk)
    {
        foreach (ContainerStats one in stats.Containers)
        {
            ContainerSpec? spec = ContainerSpec.AllOf(pod.Spec).FirstOrDefault(it => it.Name == one.Name);
            Quantity limit = spec?.Container.Resources.Limits.GetValueOrDefault("ephemeral-storage") ?? default;
            ulong used = (one.Logs?.UsedBytes ?? 0) + (hasImageDisk ? 0 : one.RootFileSystem?.UsedBytes ?? 0);
            if (limit.Sign > 0 && Quantity.FromValue((long)used) > limit)
            {
                return $"Container {one.Name} exceeded its local ephemeral storage limit \"{limit}\". ";
            }
        }

        return null;
    }
}
