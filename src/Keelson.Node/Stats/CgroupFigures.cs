namespace Keelson.Nodes.Stats;

/// <summary>What the kernel says of one control group; null is what it does not say.</summary>
internal sealed record CgroupFigures
{
    /// <summary>Processor time, in seconds.</summary>
    public double? CpuSeconds { get; init; }

    public double? CpuUserSeconds { get; init; }

    public double? CpuSystemSeconds { get; init; }

    /// <summary>Periods in which there was something to hold to the quota.</summary>
    public ulong? Periods { get; init; }

    public ulong? ThrottledPeriods { get; init; }

    public double? ThrottledSeconds { get; init; }

    public ulong? Shares { get; init; }

    /// <summary>Microseconds a period; null for no limit.</summary>
    public ulong? Quota { get; init; }

    public ulong? Period { get; init; }

    public ulong? MemoryUsage { get; init; }

    public ulong? MemoryMost { get; init; }

    public ulong? MemoryFailures { get; init; }

    /// <summary>Bytes; null for no limit.</summary>
    public ulong? MemoryLimit { get; init; }

    public ulong? SwapLimit { get; init; }

    public ulong? Cache { get; init; }

    public ulong? Rss { get; init; }

    public ulong? Swap { get; init; }

    public ulong? Mapped { get; init; }

    public ulong? ActiveFiles { get; init; }

    public ulong? InactiveFiles { get; init; }

    /// <summary>What is in use, without files that could be dropped at once.</summary>
    public ulong? WorkingSet => MemoryUsage is { } used ? used - Math.Min(used, InactiveFiles ?? 0) : null;

    public ulong? PageFaults { get; init; }

    public ulong? MajorPageFaults { get; init; }

    public ulong? OomKills { get; init; }

    public ulong? Processes { get; init; }

    public ulong? Threads { get; init; }

    public ulong? ThreadsMost { get; init; }

    /// <summary>What was read and written, by device.</summary>
    public IReadOnlyList<DeviceFigures> Devices { get; init; } = [];

    /// <summary>How long processes waited, by what they waited for: <c>cpu</c>, <c>memory</c>, <c>io</c>.</summary>
    public IReadOnlyDictionary<string, PressureFigures> Pressures { get; init; } =
        new Dictionary<string, PressureFigures>();
}

/// <summary>Traffic with a block device.</summary>
internal sealed record DeviceFigures(string Device, ulong ReadBytes, ulong WrittenBytes, ulong Reads, ulong Writes);

/// <summary>Seconds in which some of a group's processes waited, and in which all did.</summary>
internal sealed record PressureFigures(double Some, double Full);
