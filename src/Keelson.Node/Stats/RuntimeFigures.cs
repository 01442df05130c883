using Keelson.Nodes.Server.Stats;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Stats;

/// <summary>Figures of the runtime as the summary has them.</summary>
internal static class RuntimeFigures
{
    private const int NanosecondsPerTick = 100;

    /// <summary>A time that a runtime tells in nanoseconds.</summary>
    public static DateTimeOffset Time(long nanoseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / NanosecondsPerTick);

    /// <summary>Processors; null when the runtime says nothing.</summary>
    public static ProcessorStats? Processor(Proto.CpuUsage? usage, string id, UsageRates rates) => usage is null
        ? null
        : rates.Of(id, Time(usage.Timestamp), usage.UsageCoreNanoSeconds?.Value, usage.UsageNanoCores?.Value);

    /// <summary>Memory; null when the runtime says nothing.</summary>
    public static MemoryStats? Memory(Proto.MemoryUsage? usage) => usage is null
        ? null
        : new(Time(usage.Timestamp))
        {
            AvailableBytes = usage.AvailableBytes?.Value is > 0 and var left ? left : null,
            UsageBytes = usage.UsageBytes?.Value,
            WorkingSetBytes = usage.WorkingSetBytes?.Value,
            RssBytes = usage.RssBytes?.Value,
            PageFaults = usage.PageFaults?.Value,
            MajorPageFaults = usage.MajorPageFaults?.Value,
        };

    /// <summary>Swap; null when the runtime says nothing.</summary>
    public static SwapStats? Swap(Proto.SwapUsage? usage) => usage is null
        ? null
        : new(Time(usage.Timestamp), usage.SwapAvailableBytes?.Value, usage.SwapUsageBytes?.Value);

    /// <summary>Networks; null when the runtime says nothing.</summary>
    public static NetworkStats? Network(Proto.NetworkUsage? usage) => usage?.DefaultInterface is null
        ? null
        : new(
            Time(usage.Timestamp),
            Interface(usage.DefaultInterface),
            [Interface(usage.DefaultInterface), .. usage.Interfaces.Select(Interface)]);

    /// <summary>Containers together; null when nothing is known of any.</summary>
    public static ProcessorStats? Sum(IEnumerable<ProcessorStats?> all)
    {
        ProcessorStats[] known = [.. all.OfType<ProcessorStats>()];
        return known.Length == 0 ? null : new(
            known.Max(static one => one.At),
            Sum(known.Select(static one => one.NanoCores)),
            Sum(known.Select(static one => one.CoreNanoSeconds)));
    }

    /// <summary>Containers together; null when nothing is known of any.</summary>
    public static MemoryStats? Sum(IEnumerable<MemoryStats?> all)
    {
        MemoryStats[] known = [.. all.OfType<MemoryStats>()];
        return known.Length == 0 ? null : new(known.Max(static one => one.At))
        {
            UsageBytes = Sum(known.Select(static one => one.UsageBytes)),
            WorkingSetBytes = Sum(known.Select(static one => one.WorkingSetBytes)),
            RssBytes = Sum(known.Select(static one => one.RssBytes)),
            PageFaults = Sum(known.Select(static one => one.PageFaults)),
            MajorPageFaults = Sum(known.Select(static one => one.MajorPageFaults)),
        };
    }

    private static ulong? Sum(IEnumerable<ulong?> all)
    {
        ulong? sum = null;
        foreach (ulong? one in all)
        {
            sum = one is null ? sum : (sum ?? 0) + one;
        }

        return sum;
    }

    private static InterfaceStats Interface(Proto.NetworkInterfaceUsage usage) => new(
        usage.Name,
        usage.RxBytes?.Value ?? 0,
        usage.RxErrors?.Value ?? 0,
        usage.TxBytes?.Value ?? 0,
        usage.TxErrors?.Value ?? 0);
}
