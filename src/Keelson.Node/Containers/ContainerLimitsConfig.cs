using Keelson.Nodes.Runtime;

namespace Keelson.Nodes.Containers;

/// <summary>What the bounds of containers depend on besides their pods.</summary>
internal sealed record ContainerLimitsConfig
{
    private const string ControlGroups = "/sys/fs/cgroup";

    /// <summary>The machine's memory, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>True for control groups of version 2.</summary>
    public bool IsUnified { get; init; }

    /// <summary>Whether control groups bound what is swapped.</summary>
    public Func<bool> BoundsSwap { get; init; } = static () => false;

    /// <summary>True when a container that is out of memory loses all its processes (only version 2 can).</summary>
    public bool KillsWholeContainers { get; init; }

    /// <summary>What holds on this machine.</summary>
    /// <param name="memoryBytes">Its memory.</param>
    /// <param name="killsSingleProcesses">What the agent's configuration says; null for the kernel's best.</param>
    public static ContainerLimitsConfig OfMachine(long memoryBytes, bool? killsSingleProcesses)
    {
        bool isUnified = HostAbilities.HasUnifiedCgroups();
        Lazy<bool> boundsSwap = new(() => isUnified
            ? HasSwapFile()
            : File.Exists(ControlGroups + "/memory/memory.memsw.limit_in_bytes"));
        return new()
        {
            MemoryBytes = memoryBytes,
            IsUnified = isUnified,
            BoundsSwap = () => boundsSwap.Value,
            KillsWholeContainers = isUnified && killsSingleProcesses != true,
        };
    }

    /// <summary>The root has no such file in version 2; once there are pods, groups below tell.</summary>
    private static bool HasSwapFile()
    {
        try
        {
            return Directory.EnumerateDirectories(ControlGroups)
                .Any(static one => File.Exists(Path.Combine(one, "memory.swap.max")));
        }
        catch (IOException)
        {
            return false;
        }
    }
}
