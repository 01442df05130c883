using System.Globalization;
using Keelson.Nodes.Cgroups;
using Keelson.Nodes.Server.Stats;

namespace Keelson.Nodes.Stats;

/// <summary>Reads all that the kernel says of control groups, with either version of them.</summary>
internal sealed class CgroupReader(MachineFiles files)
{
    private const string Mount = "sys/fs/cgroup";
    private const double TicksPerSecond = 100;

    // What the kernel has for a limit that was not set, rounded down to pages.
    private const ulong Unlimited = 1UL << 62;

    private readonly bool _isUnified = files.Has(Mount + "/cgroup.controllers");

    /// <summary>True when there is such a group.</summary>
    /// <param name="group">The group's path; empty for the root.</param>
    public bool Has(string group) => files.Has(At("memory", group, "memory.stat"));

    /// <summary>The group of a container: runtimes put their name before the id, and have a scope where systemd makes
    /// groups. A scope of the program that watches over a container has another name.</summary>
    public string PathOf(string pod, string id)
    {
        string[] paths = PathsOf(pod, id);
        return paths.FirstOrDefault(Has) ?? paths[0];
    }

    /// <summary>What the group of a container may be called.</summary>
    public static string[] PathsOf(string pod, string id) => CgroupName.IsSlice(pod)
        ? [$"{pod}/cri-containerd-{id}.scope", $"{pod}/crio-{id}.scope", $"{pod}/docker-{id}.scope"]
        : [$"{pod}/{id}", $"{pod}/crio-{id}"];

    /// <summary>The processes of a group, not of those below.</summary>
    public IReadOnlyList<string> ProcessesOf(string group) => files.Lines(At("memory", group, "cgroup.procs")) ?? [];

    /// <summary>The processes of a container, which may be in groups that the runtime or the container made in its own.
    /// </summary>
    public IReadOnlyList<string> ProcessesWithin(string group) =>
    [
        .. ProcessesOf(group),
        .. files.Directories(At("memory", group, "")).SelectMany(name => ProcessesWithin($"{group}/{name}")),
    ];

    /// <summary>What a group's own processes have open and do.</summary>
    /// <param name="group">The group's path; empty for the root.</param>
    /// <param name="first">The process whose bounds are told; empty for the group's first.</param>
    public ProcessFigures ReadProcesses(string group, string first = "") =>
        ReadProcesses(ProcessesOf(group), first);

    /// <summary>What processes have open and do.</summary>
    /// <param name="processes">Their numbers.</param>
    /// <param name="first">The one whose bounds are told; empty for the first.</param>
    public ProcessFigures ReadProcesses(IReadOnlyList<string> processes, string first = "")
    {
        Dictionary<char, int> states = [];
        int all = 0;
        int sockets = 0;
        foreach (string one in processes)
        {
            (int open, int connected) = files.Descriptors(one);
            all += open;
            sockets += connected;

            // 12 (name of the program) S 1 …
            string stat = files.Lines($"proc/{one}/stat") is [var line, ..] ? line : "";
            int at = stat.LastIndexOf(") ", StringComparison.Ordinal) + 2;
            if (at > 1 && at < stat.Length)
            {
                states[stat[at]] = states.GetValueOrDefault(stat[at]) + 1;
            }
        }

        string root = first.Length > 0 ? first : processes.FirstOrDefault() ?? "";
        return new(all, sockets, root.Length > 0 ? FilesMost(root) : null, states);
    }

    private double? FilesMost(string process)
    {
        // Max open files            1024                 524288               files
        string? line = (files.Lines($"proc/{process}/limits") ?? [])
            .FirstOrDefault(static one => one.StartsWith("Max open files", StringComparison.Ordinal));
        return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, var soft, ..]
            ? double.TryParse(soft, CultureInfo.InvariantCulture, out double most) ? most : -1
            : null;
    }

    /// <summary>The figures of a group.</summary>
    public CgroupFigures Read(string group) => _isUnified ? ReadUnified(group) : ReadSplit(group);

    private CgroupFigures ReadUnified(string group)
    {
        Dictionary<string, ulong> cpu = Pairs("", group, "cpu.stat");
        Dictionary<string, ulong> memory = Pairs("", group, "memory.stat");
        string[] max = files.Lines(At("", group, "cpu.max")) is [var line, ..] ? line.Split(' ') : [];
        ulong? active = Get(memory, "active_file");
        return new()
        {
            CpuSeconds = Get(cpu, "usage_usec") / 1e6,
            CpuUserSeconds = Get(cpu, "user_usec") / 1e6,
            CpuSystemSeconds = Get(cpu, "system_usec") / 1e6,
            Periods = Get(cpu, "nr_periods"),
            ThrottledPeriods = Get(cpu, "nr_throttled"),
            ThrottledSeconds = Get(cpu, "throttled_usec") / 1e6,
            Shares = Number("", group, "cpu.weight") is { } weight ? SharesOf(weight) : null,
            Quota = max.Length > 1 && ulong.TryParse(max[0], CultureInfo.InvariantCulture, out ulong quota)
                ? quota
                : null,
            Period = max.Length > 1 && ulong.TryParse(max[1], CultureInfo.InvariantCulture, out ulong period)
                ? period
                : null,
            MemoryUsage = Number("", group, "memory.current") ?? RootUsage(group, memory),
            MemoryMost = Number("", group, "memory.peak"),
            MemoryFailures = Get(Pairs("", group, "memory.events"), "max"),
            MemoryLimit = Number("", group, "memory.max"),
            SwapLimit = Number("", group, "memory.swap.max"),
            Cache = Get(memory, "file"),
            Rss = Get(memory, "anon"),
            Swap = Number("", group, "memory.swap.current"),
            Mapped = Get(memory, "file_mapped"),
            ActiveFiles = active,
            InactiveFiles = Get(memory, "inactive_file"),
            PageFaults = Get(memory, "pgfault"),
            MajorPageFaults = Get(memory, "pgmajfault"),
            OomKills = Get(Pairs("", group, "memory.events"), "oom_kill"),
            KernelMemory = Get(memory, "kernel"),
            Processes = CountOf("", group),
            Threads = Number("", group, "pids.current"),
            ThreadsMost = Number("", group, "pids.max"),
            Devices = UnifiedDevices(group),
            Pressures = Pressures(group),
        };
    }

    private CgroupFigures ReadSplit(string group)
    {
        Dictionary<string, ulong> times = Pairs("cpuacct", group, "cpuacct.stat");
        Dictionary<string, ulong> cpu = Pairs("cpu", group, "cpu.stat");
        Dictionary<string, ulong> memory = Pairs("memory", group, "memory.stat");
        long quota = files.Lines(At("cpu", group, "cpu.cfs_quota_us")) is [var line, ..]
            && long.TryParse(line, CultureInfo.InvariantCulture, out long number) ? number : -1;
        return new()
        {
            CpuSeconds = Number("cpuacct", group, "cpuacct.usage") / 1e9,
            CpuUserSeconds = Get(times, "user") / TicksPerSecond,
            CpuSystemSeconds = Get(times, "system") / TicksPerSecond,
            Periods = Get(cpu, "nr_periods"),
            ThrottledPeriods = Get(cpu, "nr_throttled"),
            ThrottledSeconds = Get(cpu, "throttled_time") / 1e9,
            Shares = Number("cpu", group, "cpu.shares"),
            Quota = quota > 0 ? (ulong)quota : null,
            Period = Number("cpu", group, "cpu.cfs_period_us"),
            MemoryUsage = Number("memory", group, "memory.usage_in_bytes"),
            MemoryMost = Number("memory", group, "memory.max_usage_in_bytes"),
            MemoryFailures = Number("memory", group, "memory.failcnt"),
            MemoryLimit = Limit(Number("memory", group, "memory.limit_in_bytes")),
            SwapLimit = Limit(Number("memory", group, "memory.memsw.limit_in_bytes")),
            Cache = Get(memory, "total_cache"),
            Rss = Get(memory, "total_rss"),
            Swap = Get(memory, "total_swap"),
            Mapped = Get(memory, "total_mapped_file"),
            ActiveFiles = Get(memory, "total_active_file"),
            InactiveFiles = Get(memory, "total_inactive_file"),
            PageFaults = Get(memory, "total_pgfault"),
            MajorPageFaults = Get(memory, "total_pgmajfault"),
            OomKills = Get(Pairs("memory", group, "memory.oom_control"), "oom_kill"),
            KernelMemory = Number("memory", group, "memory.kmem.usage_in_bytes"),
            Processes = CountOf("memory", group),
            Threads = Number("pids", group, "pids.current"),
            ThreadsMost = Number("pids", group, "pids.max"),
            Devices = SplitDevices(group),
        };
    }

    /// <summary>The root has no figure of its own in version 2.</summary>
    private static ulong? RootUsage(string group, Dictionary<string, ulong> memory) => group.Trim('/').Length == 0
        ? Get(memory, "anon") + Get(memory, "file")
        : null;

    /// <summary>Shares as version 1 has them, of which weights are made: 2 to 262144 as 1 to 10000.</summary>
    private static ulong SharesOf(ulong weight) => 2 + ((weight - 1) * 262142 / 9999);

    private static ulong? Limit(ulong? limit) => limit < Unlimited ? limit : null;

    private ulong? CountOf(string controller, string group) =>
        (ulong?)files.Lines(At(controller, group, "cgroup.procs"))?.Length;

    // 8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6
    private List<DeviceFigures> UnifiedDevices(string group)
    {
        List<DeviceFigures> devices = [];
        foreach (string line in files.Lines(At("", group, "io.stat")) ?? [])
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            ulong Of(string name) => words.FirstOrDefault(one => one.StartsWith(name + "=", StringComparison.Ordinal))
                is { } found && ulong.TryParse(found.AsSpan(name.Length + 1), CultureInfo.InvariantCulture, out ulong n)
                ? n
                : 0;
            if (words.Length > 1)
            {
                devices.Add(new(NameOf(words[0]), words[0], Of("rbytes"), Of("wbytes"), Of("rios"), Of("wios")));
            }
        }

        return devices;
    }

    // 8:0 Read 4096
    private List<DeviceFigures> SplitDevices(string group)
    {
        Dictionary<string, DeviceFigures> devices = new(StringComparer.Ordinal);
        void Add(string file, Func<DeviceFigures, string, ulong, DeviceFigures> with)
        {
            foreach (string line in files.Lines(At("blkio", group, file)) ?? [])
            {
                if (line.Split(' ') is [var device, var operation, var text]
                    && ulong.TryParse(text, CultureInfo.InvariantCulture, out ulong number))
                {
                    DeviceFigures before = devices.GetValueOrDefault(device) ?? new(NameOf(device), device, 0, 0, 0, 0);
                    devices[device] = with(before, operation, number);
                }
            }
        }

        Add("blkio.throttle.io_service_bytes_recursive", static (one, operation, number) => operation switch
        {
            "Read" => one with { ReadBytes = number },
            "Write" => one with { WrittenBytes = number },
            _ => one,
        });
        Add("blkio.throttle.io_serviced_recursive", static (one, operation, number) => operation switch
        {
            "Read" => one with { Reads = number },
            "Write" => one with { Writes = number },
            _ => one,
        });
        return [.. devices.Values];
    }

    /// <summary>The path of a device of which the numbers are known: <c>/dev/sda</c>.</summary>
    private string NameOf(string numbers) =>
        (files.Lines($"sys/dev/block/{numbers}/uevent") ?? [])
            .FirstOrDefault(static one => one.StartsWith("DEVNAME=", StringComparison.Ordinal)) is { } line
            ? "/dev/" + line["DEVNAME=".Length..]
            : "";

    /// <summary>How long processes waited, by what they waited for; none where the kernel does not tell, or groups are
    /// of version 1.</summary>
    public IReadOnlyDictionary<string, PressureStats> Pressures(string group)
    {
        Dictionary<string, PressureStats> found = new(StringComparer.Ordinal);
        if (!_isUnified)
        {
            return found;
        }

        foreach (string what in (ReadOnlySpan<string>)["cpu", "memory", "io"])
        {
            // some avg10=0.00 avg60=0.00 avg300=0.00 total=12345
            string[] lines = files.Lines(At("", group, what + ".pressure"))
                ?? (group.Trim('/').Length == 0 ? files.Lines("proc/pressure/" + what) : null) ?? [];
            if (lines.Length > 0)
            {
                found[what] = new(Waited(lines, "full"), Waited(lines, "some"));
            }
        }

        return found;
    }

    private static PressureData Waited(string[] lines, string kind)
    {
        string[] words = lines.FirstOrDefault(one => one.StartsWith(kind + " ", StringComparison.Ordinal))
            ?.Split(' ') ?? [];
        double Of(string name) => words.FirstOrDefault(one => one.StartsWith(name + "=", StringComparison.Ordinal))
            is { } found && double.TryParse(found.AsSpan(name.Length + 1), CultureInfo.InvariantCulture, out double n)
            ? n
            : 0;
        return new((ulong)Of("total"), Of("avg10"), Of("avg60"), Of("avg300"));
    }

    private static ulong? Get(Dictionary<string, ulong> pairs, string name) =>
        pairs.TryGetValue(name, out ulong number) ? number : null;

    private Dictionary<string, ulong> Pairs(string controller, string group, string file) =>
        files.Pairs(At(controller, group, file)) ?? [];

    private ulong? Number(string controller, string group, string file) => files.Number(At(controller, group, file));

    private string At(string controller, string group, string file) => (_isUnified
        ? string.Join('/', Mount, group.Trim('/'), file)
        : string.Join('/', Mount, controller, group.Trim('/'), file)).Replace("//", "/", StringComparison.Ordinal);
}
