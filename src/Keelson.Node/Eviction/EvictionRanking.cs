using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Server.Stats;

namespace Keelson.Nodes.Eviction;

/// <summary>What of a pod lies on a file system.</summary>
[Flags]
internal enum DiskParts
{
    /// <summary>Writable layers of containers.</summary>
    Layers = 1,

    /// <summary>Logs.</summary>
    Logs = 2,

    /// <summary>Volumes of the node itself: emptyDir, configMap and their like.</summary>
    LocalVolumes = 4,
}

/// <summary>In which order pods go.</summary>
internal static class EvictionRanking
{
    /// <summary>The pods, those that go first in front.</summary>
    /// <param name="signal">What runs short.</param>
    /// <param name="pods">The pods.</param>
    /// <param name="stats">What they use; null for those of which nothing is known.</param>
    /// <param name="hasImageDisk">Whether images and writable layers lie on a disk of their own.</param>
    public static IReadOnlyList<Pod> Rank(
        string signal, IEnumerable<Pod> pods, Func<Pod, PodStats?> stats, bool hasImageDisk)
    {
        Func<Pod, Quantity?> exceeding = Exceeding(signal, stats, hasImageDisk);
        bool knowsRequests = EvictionSignal.ResourceOf(signal) != "pids";
        return
        [
            .. pods
                .Select(one => (Pod: one, Over: exceeding(one)))
                .OrderByDescending(one => knowsRequests && one.Over is null)
                .ThenByDescending(one => knowsRequests && one.Over is { Sign: > 0 })
                .ThenBy(static one => one.Pod.Spec.Priority ?? 0)
                .ThenByDescending(static one => one.Over is null)
                .ThenByDescending(static one => one.Over ?? default)
                .Select(static one => one.Pod),
        ];
    }

    /// <summary>The parts of pods that lie on the disk that a signal is about.</summary>
    public static DiskParts PartsOf(string signal, bool hasImageDisk) => (signal, hasImageDisk) switch
    {
        (EvictionSignal.NodeDisk or EvictionSignal.NodeInodes, true) => DiskParts.Logs | DiskParts.LocalVolumes,
        (_, true) => DiskParts.Layers,
        _ => DiskParts.Layers | DiskParts.Logs | DiskParts.LocalVolumes,
    };

    /// <summary>What the parts of a pod take of a disk.</summary>
    public static (ulong Bytes, ulong Inodes) DiskUse(Pod pod, PodStats stats, DiskParts parts)
    {
        ulong bytes = 0;
        ulong inodes = 0;
        void Add(FileSystemStats? disk)
        {
            bytes += disk?.UsedBytes ?? 0;
            inodes += disk?.InodesUsed ?? 0;
        }

        foreach (ContainerStats one in stats.Containers)
        {
            Add(parts.HasFlag(DiskParts.Layers) ? one.RootFileSystem : null);
            Add(parts.HasFlag(DiskParts.Logs) ? one.Logs : null);
        }

        foreach (VolumeStats one in stats.Volumes)
        {
            Volume? volume = pod.Spec.Volumes.FirstOrDefault(it => it.Name == one.Name);
            Add(parts.HasFlag(DiskParts.LocalVolumes) && IsLocal(volume) ? one.FileSystem : null);
        }

        return (bytes, inodes);
    }

    private static bool IsLocal(Volume? volume) => volume?.VolumeSource is { HostPath: not null }
        or { EmptyDir: { Medium: StorageMedium.None } } or { ConfigMap: not null } or { GitRepo: not null };

    private static Func<Pod, Quantity?> Exceeding(string signal, Func<Pod, PodStats?> stats, bool hasImageDisk)
    {
        DiskParts parts = PartsOf(signal, hasImageDisk);
        return EvictionSignal.ResourceOf(signal) switch
        {
            "memory" => pod => stats(pod)?.Memory?.WorkingSetBytes is { } used
                ? Bytes(used) - PodAmounts.Requests(pod).GetValueOrDefault("memory")
                : null,
            "ephemeral-storage" => pod => stats(pod) is { } found
                ? Bytes(DiskUse(pod, found, parts).Bytes)
                    - PodAmounts.Requests(pod).GetValueOrDefault("ephemeral-storage")
                : null,
            "inodes" => pod => stats(pod) is { } found
                ? Quantity.FromValue((long)DiskUse(pod, found, parts).Inodes)
                : null,
            _ => pod => stats(pod) is { } found ? Quantity.FromValue((long)(found.ProcessCount ?? 0)) : null,
        };
    }

    private static Quantity Bytes(ulong bytes) => Quantity.FromValue((long)bytes, QuantityFormat.BinarySI);
}
