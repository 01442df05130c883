using Keelson.Nodes.Server.Stats;

namespace Keelson.Nodes.Stats;

/// <summary>
/// What control groups have used, with either version of them. The working set is what is in use less the files that
/// could be dropped at once, which is what eviction and <c>kubectl top</c> go by.
/// </summary>
internal sealed class ControlGroups(MachineFiles files)
{
    private const string Mount = "sys/fs/cgroup";
    private const ulong NanosecondsPerMicrosecond = 1000;

    // What the kernel has for a limit that was not set, rounded down to pages.
    private const ulong Unlimited = 1UL << 62;

    /// <summary>True when all controllers are in one tree (version 2).</summary>
    public bool IsUnified { get; } = files.Has(Mount + "/cgroup.controllers");

    /// <summary>All processor time so far, in nanoseconds.</summary>
    /// <param name="group">The group's path; empty for the root.</param>
    public ulong? ProcessorNanoseconds(string group) => IsUnified
        ? files.Pairs(At("", group, "cpu.stat"))?.TryGetValue("usage_usec", out ulong used) == true
            ? used * NanosecondsPerMicrosecond
            : null
        : files.Number(At("cpuacct", group, "cpuacct.usage"))
            ?? files.Number(At("cpu,cpuacct", group, "cpuacct.usage"));

    /// <summary>Memory in use; null when nothing is known of the group.</summary>
    public MemoryStats? Memory(string group, DateTimeOffset now)
    {
        (string kept, string idle, string anonymous, string faults, string majorFaults) = IsUnified
            ? ("memory.stat", "inactive_file", "anon", "pgfault", "pgmajfault")
            : ("memory.stat", "total_inactive_file", "total_rss", "total_pgfault", "total_pgmajfault");
        if (files.Pairs(At("memory", group, kept)) is not { } stat || Usage(group, stat) is not { } usage)
        {
            return null;
        }

        ulong dropped = stat.GetValueOrDefault(idle);
        ulong working = usage > dropped ? usage - dropped : 0;
        ulong? limit = Limit(group);
        return new(now)
        {
            UsageBytes = usage,
            WorkingSetBytes = working,
            AvailableBytes = limit is { } most ? most - Math.Min(working, most) : null,
            RssBytes = stat.GetValueOrDefault(anonymous),
            PageFaults = stat.GetValueOrDefault(faults),
            MajorPageFaults = stat.GetValueOrDefault(majorFaults),
        };
    }

    private ulong? Usage(string group, Dictionary<string, ulong> stat)
    {
        if (!IsUnified)
        {
            return files.Number(At("memory", group, "memory.usage_in_bytes"));
        }

        // The root has no figure of its own in version 2.
        return files.Number(At("", group, "memory.current"))
            ?? (group.Length == 0 ? stat.GetValueOrDefault("anon") + stat.GetValueOrDefault("file") : null);
    }

    private ulong? Limit(string group)
    {
        if (group.Length == 0)
        {
            return files.Pairs("proc/meminfo")?.GetValueOrDefault("MemTotal");
        }

        ulong? limit = files.Number(
            IsUnified ? At("", group, "memory.max") : At("memory", group, "memory.limit_in_bytes"));
        return limit < Unlimited ? limit : null;
    }

    private string At(string controller, string group, string file) => IsUnified
        ? string.Join('/', Mount, group.Trim('/'), file).Replace("//", "/", StringComparison.Ordinal)
        : string.Join('/', Mount, controller, group.Trim('/'), file).Replace("//", "/", StringComparison.Ordinal);
}
