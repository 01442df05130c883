namespace Keelson.Nodes.Server.Stats;

/// <summary>What a node and its pods use, as <c>/stats/summary</c> shows it. Null is what is not known.</summary>
/// <param name="Node">The node.</param>
/// <param name="Pods">The pods that run.</param>
public sealed record StatsSummary(NodeStats Node, IReadOnlyList<PodStats> Pods);

/// <summary>What a node uses.</summary>
public sealed record NodeStats
{
    /// <summary>The node's name.</summary>
    public required string NodeName { get; init; }

    /// <summary>Since when it is up.</summary>
    public required DateTimeOffset StartTime { get; init; }

    /// <summary>The agent's and the runtime's own use: <c>kubelet</c>, <c>runtime</c>, <c>pods</c>.</summary>
    public IReadOnlyList<ContainerStats> SystemContainers { get; init; } = [];

    /// <summary>Processors.</summary>
    public ProcessorStats? Processor { get; init; }

    /// <summary>Memory.</summary>
    public MemoryStats? Memory { get; init; }

    /// <summary>What was waited for; null where nobody looked.</summary>
    public Pressures? Pressures { get; init; }

    /// <summary>Network.</summary>
    public NetworkStats? Network { get; init; }

    /// <summary>The file system of the agent's root directory.</summary>
    public FileSystemStats? FileSystem { get; init; }

    /// <summary>The file system of images.</summary>
    public FileSystemStats? ImageFileSystem { get; init; }

    /// <summary>The file system of containers' writable layers; null when it is that of images.</summary>
    public FileSystemStats? ContainerFileSystem { get; init; }

    /// <summary>Processes.</summary>
    public ProcessLimitStats? Processes { get; init; }

    /// <summary>Swap.</summary>
    public SwapStats? Swap { get; init; }
}

/// <summary>What a pod uses.</summary>
public sealed record PodStats
{
    /// <summary>The pod's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>Its uid.</summary>
    public required string Uid { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartTime { get; init; }

    /// <summary>The containers that run.</summary>
    public IReadOnlyList<ContainerStats> Containers { get; init; } = [];

    /// <summary>Processors.</summary>
    public ProcessorStats? Processor { get; init; }

    /// <summary>Memory.</summary>
    public MemoryStats? Memory { get; init; }

    /// <summary>What was waited for; null where nobody looked.</summary>
    public Pressures? Pressures { get; init; }

    /// <summary>Network.</summary>
    public NetworkStats? Network { get; init; }

    /// <summary>The volumes.</summary>
    public IReadOnlyList<VolumeStats> Volumes { get; init; } = [];

    /// <summary>Writable layers, logs and local volumes together.</summary>
    public FileSystemStats? EphemeralStorage { get; init; }

    /// <summary>The number of processes.</summary>
    public ulong? ProcessCount { get; init; }

    /// <summary>Swap.</summary>
    public SwapStats? Swap { get; init; }
}

/// <summary>What a container uses.</summary>
public sealed record ContainerStats
{
    /// <summary>The container's name.</summary>
    public required string Name { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartTime { get; init; }

    /// <summary>Processors.</summary>
    public ProcessorStats? Processor { get; init; }

    /// <summary>Memory.</summary>
    public MemoryStats? Memory { get; init; }

    /// <summary>What was waited for; null where nobody looked.</summary>
    public Pressures? Pressures { get; init; }

    /// <summary>The writable layer.</summary>
    public FileSystemStats? RootFileSystem { get; init; }

    /// <summary>The log files.</summary>
    public FileSystemStats? Logs { get; init; }

    /// <summary>Swap.</summary>
    public SwapStats? Swap { get; init; }

    /// <summary>The container's id, its image, the pod's cgroup: labels of <c>/metrics/cadvisor</c>.</summary>
    public ContainerIdentity Identity { get; init; } = new("", "", "");
}

/// <summary>How long processes waited for something (PSI).</summary>
/// <param name="Full">When all of them did.</param>
/// <param name="Some">When at least one of them did.</param>
public sealed record PressureStats(PressureData Full, PressureData Some);

/// <summary>How long was waited.</summary>
/// <param name="Total">In all, in microseconds, as the kernel has it.</param>
/// <param name="Avg10">In percent of the last ten seconds.</param>
/// <param name="Avg60">In percent of the last minute.</param>
/// <param name="Avg300">In percent of the last five minutes.</param>
public sealed record PressureData(ulong Total, double Avg10, double Avg60, double Avg300);

/// <summary>How long processes waited, by what they waited for; null where the kernel does not tell.</summary>
/// <param name="At">When it was measured.</param>
/// <param name="Processor">Processors.</param>
/// <param name="Memory">Memory.</param>
/// <param name="Disk">Disks.</param>
public sealed record Pressures(
    DateTimeOffset At, PressureStats? Processor, PressureStats? Memory, PressureStats? Disk);

/// <summary>How a container is known to the runtime.</summary>
/// <param name="Id">The path of its cgroup.</param>
/// <param name="Image">Its image.</param>
/// <param name="Name">Its id with the runtime.</param>
public sealed record ContainerIdentity(string Id, string Image, string Name);

/// <summary>Use of processors.</summary>
/// <param name="At">When it was measured.</param>
/// <param name="NanoCores">Use at present, in billionths of a processor.</param>
/// <param name="CoreNanoSeconds">All use so far.</param>
public sealed record ProcessorStats(DateTimeOffset At, ulong? NanoCores, ulong? CoreNanoSeconds);

/// <summary>Use of memory, in bytes.</summary>
/// <param name="At">When it was measured.</param>
public sealed record MemoryStats(DateTimeOffset At)
{
    /// <summary>What is left until the limit.</summary>
    public ulong? AvailableBytes { get; init; }

    /// <summary>All that is in use.</summary>
    public ulong? UsageBytes { get; init; }

    /// <summary>What can't be given back at once.</summary>
    public ulong? WorkingSetBytes { get; init; }

    /// <summary>Anonymous memory.</summary>
    public ulong? RssBytes { get; init; }

    /// <summary>Minor page faults so far.</summary>
    public ulong? PageFaults { get; init; }

    /// <summary>Major page faults so far.</summary>
    public ulong? MajorPageFaults { get; init; }
}

/// <summary>Use of swap, in bytes.</summary>
public sealed record SwapStats(DateTimeOffset At, ulong? AvailableBytes, ulong? UsageBytes);

/// <summary>Use of networks.</summary>
/// <param name="At">When it was measured.</param>
/// <param name="Default">The interface of the default route.</param>
/// <param name="Interfaces">All interfaces.</param>
public sealed record NetworkStats(
    DateTimeOffset At, InterfaceStats Default, IReadOnlyList<InterfaceStats> Interfaces);

/// <summary>Traffic of a network interface so far.</summary>
public sealed record InterfaceStats(string Name, ulong RxBytes, ulong RxErrors, ulong TxBytes, ulong TxErrors);

/// <summary>Use of a file system.</summary>
/// <param name="At">When it was measured.</param>
public sealed record FileSystemStats(DateTimeOffset At)
{
    /// <summary>Bytes left.</summary>
    public ulong? AvailableBytes { get; init; }

    /// <summary>Bytes in all.</summary>
    public ulong? CapacityBytes { get; init; }

    /// <summary>Bytes in use.</summary>
    public ulong? UsedBytes { get; init; }

    /// <summary>Inodes left.</summary>
    public ulong? InodesFree { get; init; }

    /// <summary>Inodes in all.</summary>
    public ulong? Inodes { get; init; }

    /// <summary>Inodes in use.</summary>
    public ulong? InodesUsed { get; init; }
}

/// <summary>Use of a volume.</summary>
/// <param name="Name">The volume's name in the pod.</param>
/// <param name="FileSystem">What is used.</param>
/// <param name="ClaimName">The claim it comes from; empty for none.</param>
/// <param name="ClaimNamespace">The claim's namespace.</param>
public sealed record VolumeStats(
    string Name, FileSystemStats FileSystem, string ClaimName = "", string ClaimNamespace = "");

/// <summary>Processes of a node.</summary>
public sealed record ProcessLimitStats(DateTimeOffset At, long MaxPid, long Running);
