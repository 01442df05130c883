using Keelson.Nodes.Server.Stats;

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

    /// <summary>Memory that the kernel uses for the group.</summary>
    public ulong? KernelMemory { get; init; }

    public ulong? Processes { get; init; }

    /// <summary>What the group's processes have open and do; null when it was not looked at.</summary>
    public ProcessFigures? ProcessFigures { get; init; }

    public ulong? Threads { get; init; }

    public ulong? ThreadsMost { get; init; }

    /// <summary>What was read and written, by device.</summary>
    public IReadOnlyList<DeviceFigures> Devices { get; init; } = [];

    /// <summary>How long processes waited, by what they waited for: <c>cpu</c>, <c>memory</c>, <c>io</c>.</summary>
    public IReadOnlyDictionary<string, PressureStats> Pressures { get; init; } =
        new Dictionary<string, PressureStats>();
}

/// <summary>What processes have open and do.</summary>
/// <param name="Descriptors">Open files.</param>
/// <param name="Sockets">Those of them that are sockets.</param>
/// <param name="FilesMost">How many files the first process may have open; -1 for no bound, null for no process.
/// </param>
/// <param name="States">How many there are of each state, by the kernel's letters.</param>
internal sealed record ProcessFigures(
    int Descriptors, int Sockets, double? FilesMost, IReadOnlyDictionary<char, int> States);

/// <summary>Traffic with a block device.</summary>
/// <param name="Device">Its path.</param>
/// <param name="Numbers">Its numbers: <c>8:0</c>.</param>
/// <param name="ReadBytes">Bytes read.</param>
/// <param name="WrittenBytes">Bytes written.</param>
/// <param name="Reads">Reads.</param>
/// <param name="Writes">Writes.</param>
internal sealed record DeviceFigures(
    string Device, string Numbers, ulong ReadBytes, ulong WrittenBytes, ulong Reads, ulong Writes);
