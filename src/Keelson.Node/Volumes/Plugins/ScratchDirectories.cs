using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Linux;
using Keelson.Nodes.Objects;

namespace Keelson.Nodes.Volumes.Plugins;

/// <summary>Directories that live as long as their pods: on the disk, in memory, or in huge pages.</summary>
internal sealed class ScratchDirectories(IMounts mounts, OwnNode node)
{
    private const uint EveryonesMode = 0x1ff; // 0777
    private const string HugePagesPrefix = "hugepages-";

    // Since Linux 6.4 what lies in memory can be kept from being swapped out.
    private static readonly bool KnowsNoSwap = Environment.OSVersion.Version >= new Version(6, 4);

    /// <summary>Makes a directory with a medium, as big as it may be.</summary>
    /// <returns>Null, or why it can't be made.</returns>
    public async Task<string?> MakeAsync(
        Pod pod, EmptyDirVolumeSource source, string directory, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        if (source.Medium == StorageMedium.Memory)
        {
            Quantity? size = await MemorySizeAsync(pod, source.SizeLimit, cancellationToken);
            MountMemory(directory, size);
        }
        else if (source.Medium.StartsWith(StorageMedium.HugePages, StringComparison.Ordinal))
        {
            if (PageSize(pod, source.Medium, out string pageSize) is { } error)
            {
                return error;
            }

            MountOnce(new("nodev", directory, "hugetlbfs") { Options = ["pagesize=" + pageSize] });
        }

        if (FileFacts.Of(directory) is { } facts && (facts.Mode & EveryonesMode) != EveryonesMode)
        {
            Content.FileOwnership.SetMode(directory, EveryonesMode);
        }

        return null;
    }

    private void MountMemory(string directory, Quantity? size)
    {
        List<string> options = KnowsNoSwap ? ["noswap"] : [];
        if (size is { Sign: > 0 } limit)
        {
            options.Add(string.Create(CultureInfo.InvariantCulture, $"size={limit.Value}"));
        }

        MountOnce(new("tmpfs", directory, "tmpfs") { Options = options });
    }

    private void MountOnce(MountRequest request)
    {
        // Without the right to mount (in tests, mostly) a plain directory does what can be done.
        if (mounts.MayMount && !mounts.List().Any(one => one.Path == request.Target && one.Type == request.Type))
        {
            mounts.Mount(request);
        }
    }

    /// <summary>What the node has for pods, less when the pod's limits or the volume's own say so.</summary>
    private async ValueTask<Quantity?> MemorySizeAsync(
        Pod pod, Quantity? own, CancellationToken cancellationToken)
    {
        Quantity? size = null;
        ApiMap<Quantity> allocatable = await node.AllocatableAsync(cancellationToken);
        Take(allocatable.TryGetValue("memory", out Quantity ofNode) ? ofNode : null);
        Take(MemoryLimit(pod));
        Take(own);
        return size;

        void Take(Quantity? limit)
        {
            if (limit is { Sign: > 0 } value && (size is null || value < size))
            {
                size = value;
            }
        }
    }

    private static Quantity? MemoryLimit(Pod pod)
    {
        if (pod.Spec.Resources?.Limits.TryGetValue("memory", out Quantity ofPod) == true)
        {
            return ofPod;
        }

        bool allHaveLimits = pod.Spec.Containers.All(static one => one.Resources.Limits.ContainsKey("memory"));
        ApiMap<Quantity> limits = Api.Core.V1.PodResources.AggregateContainerLimits(pod.Spec);
        return allHaveLimits && limits.TryGetValue("memory", out Quantity sum) ? sum : null;
    }

    /// <summary>The page size that the medium names, or the only one that the pod asks for.</summary>
    private static string? PageSize(Pod pod, string medium, out string size)
    {
        string[] asked = pod.Spec.Containers.Concat(pod.Spec.InitContainers)
            .SelectMany(static one => one.Resources.Requests.Keys)
            .Concat(pod.Spec.Resources?.Requests.Keys ?? [])
            .Where(static one => one.StartsWith(HugePagesPrefix, StringComparison.Ordinal))
            .Select(static one => one[HugePagesPrefix.Length..])
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        if (medium != StorageMedium.HugePages)
        {
            size = medium[(StorageMedium.HugePages.Length + 1)..];
            return asked.Contains(size)
                ? null
                : $"medium {medium} was not requested by any container in the pod";
        }

        size = asked.FirstOrDefault() ?? "";
        return asked.Length switch
        {
            0 => "hugePages storage requested, but there is no resource request for huge pages.",
            1 => null,
            _ => "medium HugePages can be used only if all containers request huge pages of one size",
        };
    }
}
