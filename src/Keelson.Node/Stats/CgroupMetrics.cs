using Keelson.Nodes.Server.Stats;

namespace Keelson.Nodes.Stats;

/// <summary>A control group that <c>/metrics/cadvisor</c> shows: the machine, a class of pods, a pod, a container.
/// </summary>
internal sealed record CgroupSubject
{
    /// <summary>The group's path: <c>/kubepods/podUID/ID</c>.</summary>
    public required string Group { get; init; }

    public string Container { get; init; } = "";

    public string Image { get; init; } = "";

    /// <summary>The runtime's id.</summary>
    public string Name { get; init; } = "";

    public string Namespace { get; init; } = "";

    public string Pod { get; init; } = "";

    public DateTimeOffset StartTime { get; init; }

    public required CgroupFigures Figures { get; init; }

    /// <summary>Traffic of the network that the group is in, for those that have one of their own.</summary>
    public IReadOnlyList<LinkFigures> Links { get; init; } = [];

    /// <summary>The labels, with more of its own.</summary>
    public (string Name, string Value)[] Labels(params ReadOnlySpan<(string Name, string Value)> more)
    {
        (string Name, string Value)[] all =
        [
            ("container", Container), ("id", Group), ("image", Image), ("name", Name), ("namespace", Namespace),
            ("pod", Pod), .. more,
        ];
        Array.Sort(all, static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        return all;
    }
}

/// <summary>Traffic of a link: bytes, packets, errors and drops, both ways.</summary>
internal sealed record LinkFigures(string Name, IReadOnlyList<ulong> Received, IReadOnlyList<ulong> Sent);

/// <summary>The families of <c>/metrics/cadvisor</c>, by cAdvisor's names.</summary>
internal static class CgroupMetrics
{
    private const double MicrosecondsPerSecond = 1e6;

    // The states of processes by the kernel's letters. What waits for a disk only is not told from what can't be woken.
    private static readonly (string Name, string Letters)[] States =
        [("running", "R"), ("sleeping", "SI"), ("stopped", "Tt"), ("uninterruptible", "D")];

    private static readonly (string Name, string Type, string Help, Func<CgroupSubject, double?> Value)[] Families =
    [
        ("cpu_user_seconds_total", "counter", "Processor time spent by programs, in seconds.",
            static one => one.Figures.CpuUserSeconds),
        ("cpu_system_seconds_total", "counter", "Processor time spent by the kernel for them, in seconds.",
            static one => one.Figures.CpuSystemSeconds),
        ("cpu_cfs_periods_total", "counter", "Periods in which there was something to hold to the quota.",
            static one => one.Figures.Quota is null ? null : one.Figures.Periods),
        ("cpu_cfs_throttled_periods_total", "counter", "Periods in which the quota was used up.",
            static one => one.Figures.Quota is null ? null : one.Figures.ThrottledPeriods),
        ("cpu_cfs_throttled_seconds_total", "counter", "Seconds that were waited for quota.",
            static one => one.Figures.Quota is null ? null : one.Figures.ThrottledSeconds),
        ("spec_cpu_shares", "gauge", "Shares of processors.", static one => one.Figures.Shares),
        ("spec_cpu_quota", "gauge", "Microseconds of processors a period.", static one => one.Figures.Quota),
        ("spec_cpu_period", "gauge", "Microseconds of a period.", static one => one.Figures.Period),
        ("memory_cache", "gauge", "Bytes of files kept in memory.", static one => one.Figures.Cache),
        ("memory_rss", "gauge", "Bytes of memory that no file stands for.", static one => one.Figures.Rss),
        ("memory_mapped_file", "gauge", "Bytes of files that are mapped.", static one => one.Figures.Mapped),
        ("memory_swap", "gauge", "Bytes that are swapped out.", static one => one.Figures.Swap ?? 0),
        ("memory_failcnt", "counter", "How often the limit of memory was met.",
            static one => one.Figures.MemoryFailures),
        ("memory_usage_bytes", "gauge", "Bytes of memory in use.", static one => one.Figures.MemoryUsage),
        ("memory_max_usage_bytes", "gauge", "The most bytes that were in use.",
            static one => one.Figures.MemoryMost),
        ("memory_working_set_bytes", "gauge", "Bytes that can't be given back at once.",
            static one => one.Figures.WorkingSet),
        ("memory_total_active_file_bytes", "gauge", "Bytes of files used lately.",
            static one => one.Figures.ActiveFiles),
        ("memory_total_inactive_file_bytes", "gauge", "Bytes of files not used lately.",
            static one => one.Figures.InactiveFiles),
        ("spec_memory_limit_bytes", "gauge", "The limit of memory, in bytes; 0 for none.",
            static one => one.Figures.MemoryLimit ?? 0),
        ("spec_memory_reservation_limit_bytes", "gauge", "The memory that is kept, in bytes.", static _ => 0),
        ("spec_memory_swap_limit_bytes", "gauge", "The limit of swap, in bytes; 0 for none.",
            static one => one.Figures.SwapLimit ?? 0),
        ("memory_kernel_usage", "gauge", "Bytes of memory that the kernel uses for it.",
            static one => one.Figures.KernelMemory),
        ("oom_events_total", "counter", "Processes killed because memory ran out.",
            static one => one.Figures.OomKills),
        ("processes", "gauge", "Processes.", static one => one.Figures.Processes),
        ("file_descriptors", "gauge", "Open files.", static one => one.Figures.ProcessFigures?.Descriptors),
        ("sockets", "gauge", "Open sockets.", static one => one.Figures.ProcessFigures?.Sockets),
        ("threads", "gauge", "Threads.", static one => one.Figures.Threads),
        ("threads_max", "gauge", "The most threads there may be; 0 for no bound.",
            static one => one.Figures.ThreadsMost ?? 0),
        ("start_time_seconds", "gauge", "When it started, in seconds since 1970.",
            static one => one.StartTime.ToUnixTimeSeconds()),
        .. Pressures(),
    ];

    /// <summary>Writes them.</summary>
    public static void Write(MetricsText text, IReadOnlyList<CgroupSubject> all, DateTimeOffset now)
    {
        text.Family("container_scrape_error", "gauge", "1 if figures could not be had, else 0.");
        text.Sample("container_scrape_error", 0, null);
        text.Family("container_last_seen", "gauge", "When it was seen last.");
        text.Family("container_cpu_usage_seconds_total", "counter", "Processor time, in seconds.");
        foreach (CgroupSubject one in all)
        {
            text.Sample("container_last_seen", now.ToUnixTimeSeconds(), now, one.Labels());
            if (one.Figures.CpuSeconds is { } used)
            {
                text.Sample("container_cpu_usage_seconds_total", used, now, one.Labels(("cpu", "total")));
            }
        }

        foreach ((string name, string type, string help, Func<CgroupSubject, double?> value) in Families)
        {
            string full = "container_" + name;
            bool hasHead = false;
            foreach (CgroupSubject one in all)
            {
                if (value(one) is not { } number)
                {
                    continue;
                }

                if (!hasHead)
                {
                    text.Family(full, type, help);
                    hasHead = true;
                }

                text.Sample(full, number, now, one.Labels());
            }
        }

        WriteProcesses(text, all, now);
        WriteFaults(text, all, now);
        WriteDevices(text, all, now);
        WriteBlocks(text, all, now);
        WriteLinks(text, all, now);
    }

    private static IEnumerable<(string, string, string, Func<CgroupSubject, double?>)> Pressures()
    {
        foreach (string what in (string[])["cpu", "memory", "io"])
        {
            yield return ($"pressure_{what}_stalled_seconds_total", "counter",
                $"Seconds in which all processes waited for {what}.",
                one => one.Figures.Pressures.GetValueOrDefault(what)?.Full.Total / MicrosecondsPerSecond);
            yield return ($"pressure_{what}_waiting_seconds_total", "counter",
                $"Seconds in which some processes waited for {what}.",
                one => one.Figures.Pressures.GetValueOrDefault(what)?.Some.Total / MicrosecondsPerSecond);
        }
    }

    private static void WriteFaults(MetricsText text, IReadOnlyList<CgroupSubject> all, DateTimeOffset now)
    {
        const string Name = "container_memory_failures_total";
        text.Family(Name, "counter", "Faults of pages.");
        foreach (CgroupSubject one in all)
        {
            foreach (string scope in (ReadOnlySpan<string>)["container", "hierarchy"])
            {
                text.Sample(
                    Name, one.Figures.PageFaults ?? 0, now,
                    one.Labels(("failure_type", "pgfault"), ("scope", scope)));
                text.Sample(
                    Name, one.Figures.MajorPageFaults ?? 0, now,
                    one.Labels(("failure_type", "pgmajfault"), ("scope", scope)));
            }
        }
    }

    private static void WriteProcesses(MetricsText text, IReadOnlyList<CgroupSubject> all, DateTimeOffset now)
    {
        const string Bound = "container_ulimits_soft";
        const string State = "container_tasks_state";
        text.Family(Bound, "gauge", "Bounds of the first process, by what they bound; -1 for none.");
        text.Family(State, "gauge", "Processes by what they do.");
        foreach (CgroupSubject one in all)
        {
            if (one.Figures.ProcessFigures is not { } processes)
            {
                continue;
            }

            if (processes.FilesMost is { } most)
            {
                text.Sample(Bound, most, now, one.Labels(("ulimit", "max_open_files")));
            }

            foreach ((string name, string letters) in States)
            {
                int count = letters.Sum(letter => processes.States.GetValueOrDefault(letter));
                text.Sample(State, count, now, one.Labels(("state", name)));
            }
        }
    }

    private static void WriteBlocks(MetricsText text, IReadOnlyList<CgroupSubject> all, DateTimeOffset now)
    {
        const string Name = "container_blkio_device_usage_total";
        text.Family(Name, "counter", "Bytes read from and written to block devices.");
        foreach (CgroupSubject one in all)
        {
            foreach (DeviceFigures device in one.Figures.Devices)
            {
                string[] numbers = device.Numbers.Split(':');
                foreach ((string operation, ulong bytes) in (ReadOnlySpan<(string, ulong)>)
                    [("Read", device.ReadBytes), ("Write", device.WrittenBytes)])
                {
                    text.Sample(Name, bytes, now, one.Labels(
                        ("device", device.Device), ("major", numbers[0]), ("minor", numbers[^1]),
                        ("operation", operation)));
                }
            }
        }
    }

    private static void WriteDevices(MetricsText text, IReadOnlyList<CgroupSubject> all, DateTimeOffset now)
    {
        (string Name, string Help, Func<DeviceFigures, ulong> Value)[] families =
        [
            ("fs_reads_bytes_total", "Bytes read.", static one => one.ReadBytes),
            ("fs_reads_total", "Reads.", static one => one.Reads),
            ("fs_writes_bytes_total", "Bytes written.", static one => one.WrittenBytes),
            ("fs_writes_total", "Writes.", static one => one.Writes),
        ];
        foreach ((string name, string help, Func<DeviceFigures, ulong> value) in families)
        {
            text.Family("container_" + name, "counter", help);
            foreach (CgroupSubject one in all)
            {
                foreach (DeviceFigures device in one.Figures.Devices)
                {
                    text.Sample("container_" + name, value(device), now, one.Labels(("device", device.Device)));
                }
            }
        }
    }

    private static void WriteLinks(MetricsText text, IReadOnlyList<CgroupSubject> all, DateTimeOffset now)
    {
        string[] what = ["bytes", "packets", "errors", "packets_dropped"];
        foreach (string way in (ReadOnlySpan<string>)["receive", "transmit"])
        {
            for (int i = 0; i < what.Length; i++)
            {
                string name = $"container_network_{way}_{what[i]}_total";
                text.Family(name, "counter", $"{what[i].Replace('_', ' ')}, {way}.");
                foreach (CgroupSubject one in all)
                {
                    foreach (LinkFigures link in one.Links)
                    {
                        ulong number = (way == "receive" ? link.Received : link.Sent)[i];
                        text.Sample(name, number, now, one.Labels(("interface", link.Name)));
                    }
                }
            }
        }
    }
}
