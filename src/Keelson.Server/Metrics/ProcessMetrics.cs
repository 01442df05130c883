using System.Diagnostics;
using System.Globalization;
using Keelson.Server.Discovery;

namespace Keelson.Server.Metrics;

/// <summary>The process and its runtime. Read from /proc when metrics are asked for.</summary>
internal sealed class ProcessMetrics
{
    private const double ClockTicksPerSecond = 100; // What Linux shows to programs, whatever the kernel's own rate is.

    private readonly Counter _cpu;
    private readonly Gauge _openFiles;
    private readonly Gauge _maxFiles;
    private readonly Gauge _resident;
    private readonly Gauge _virtual;
    private readonly Counter _received;
    private readonly Counter _sent;
    private readonly CounterFamily _collections;
    private readonly GaugeFamily _heap;
    private readonly Counter _pauses;
    private readonly Counter _allocated;
    private readonly Gauge _threads;
    private readonly Gauge _pending;
    private readonly Counter _contentions;

    public ProcessMetrics(MetricRegistry registry)
    {
        const MetricStability Alpha = MetricStability.Alpha;
        _cpu = registry.Counter(
            "process_cpu_seconds_total", Alpha, "Processor time of the process, user and system, in seconds.").With();
        _openFiles = registry.Gauge("process_open_fds", Alpha, "Open file descriptors.").With();
        _maxFiles = registry.Gauge("process_max_fds", Alpha, "The most file descriptors that may be open.").With();
        _resident = registry.Gauge("process_resident_memory_bytes", Alpha, "Resident memory in bytes.").With();
        _virtual = registry.Gauge("process_virtual_memory_bytes", Alpha, "Virtual memory in bytes.").With();
        registry.Gauge("process_virtual_memory_max_bytes", Alpha, "The most virtual memory there may be, in bytes.")
            .With().Set(ulong.MaxValue);
        _received = registry.Counter("process_network_receive_bytes_total", Alpha, "Bytes received over the network.")
            .With();
        _sent = registry.Counter("process_network_transmit_bytes_total", Alpha, "Bytes sent over the network.").With();
        registry.Gauge("process_start_time_seconds", Alpha, "When the process started, in seconds since 1970.").With()
            .Set(StartTime());
        _collections = registry.Counter(
            "dotnet_gc_collections_total", Alpha, "Garbage collections, by generation.", "generation");
        _heap = registry.Gauge(
            "dotnet_gc_heap_bytes", Alpha, "Bytes of the managed heap after the last collection, by generation.",
                "generation");
        _pauses = registry.Counter(
            "dotnet_gc_pause_seconds_total", Alpha, "Seconds that garbage collection paused the process.").With();
        _allocated = registry.Counter("dotnet_gc_allocated_bytes_total", Alpha, "Bytes allocated on the managed heap.")
            .With();
        _threads = registry.Gauge("dotnet_threadpool_threads", Alpha, "Threads of the thread pool.").With();
        _pending = registry.Gauge("dotnet_threadpool_queue_length", Alpha, "Work that waits for a thread.").With();
        _contentions = registry.Counter("dotnet_lock_contentions_total", Alpha, "Locks that were waited for.").With();
        registry.Gauge("kubernetes_build_info", Alpha, "1, with what the server was built from as labels.",
            "major", "minor", "git_version", "git_commit", "git_tree_state", "build_date", "go_version", "compiler",
                "platform")
            .With(ServerVersion.Major, ServerVersion.Minor, ServerVersion.GitVersion, ServerVersion.GitCommit,
                ServerVersion.GitTreeState,
                ServerVersion.BuildDate, ServerVersion.RuntimeVersion, ServerVersion.Compiler, ServerVersion.Platform)
                    .Set(1);
        registry.OnCollect(Collect);
    }

    private void Collect()
    {
        CollectProcess();
        string[] generations = ["0", "1", "2", "loh", "poh"];
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        for (int i = 0; i < generations.Length && i < memory.GenerationInfo.Length; i++)
        {
            _heap.With(generations[i]).Set(memory.GenerationInfo[i].SizeAfterBytes);
        }

        for (int i = 0; i <= GC.MaxGeneration; i++)
        {
            _collections.With(generations[i]).Set(GC.CollectionCount(i));
        }

        _pauses.Set(GC.GetTotalPauseDuration().TotalSeconds);
        _allocated.Set(GC.GetTotalAllocatedBytes());
        _threads.Set(ThreadPool.ThreadCount);
        _pending.Set(ThreadPool.PendingWorkItemCount);
        _contentions.Set(Monitor.LockContentionCount);
    }

    private void CollectProcess()
    {
        string[] stat = StatFields();
        if (stat.Length > 21)
        {
            // Fields 14 and 15 of the page proc(5) are user and system time, 23 and 24 memory; the first two are cut
            // off.
            _cpu.Set((Number(stat[11]) + Number(stat[12])) / ClockTicksPerSecond);
            _virtual.Set(Number(stat[20]));
            _resident.Set(Number(stat[21]) * Environment.SystemPageSize);
        }

        try
        {
            _openFiles.Set(Directory.EnumerateFileSystemEntries("/proc/self/fd").Count());
            string limit = File.ReadLines("/proc/self/limits")
                .FirstOrDefault(one => one.StartsWith("Max open files", StringComparison.Ordinal)) ?? "";
            string[] words = limit.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 3)
            {
                _maxFiles.Set(Number(words[3]));
            }

            CollectNetwork();
        }
        catch (IOException)
        {
            // Numbers that /proc does not show stay as they were.
        }
    }

    private void CollectNetwork()
    {
        // IpExt: InOctets and OutOctets of the process's network namespace: a line of names, then a line of numbers.
        string[] lines = [.. File.ReadLines("/proc/self/net/netstat")
            .Where(one => one.StartsWith("IpExt:", StringComparison.Ordinal))];
        if (lines.Length < 2)
        {
            return;
        }

        string[] names = lines[0].Split(' ');
        string[] values = lines[1].Split(' ');
        _received.Set(Number(values[Array.IndexOf(names, "InOctets")]));
        _sent.Set(Number(values[Array.IndexOf(names, "OutOctets")]));
    }

    private static double StartTime()
    {
        using Process self = Process.GetCurrentProcess();
        return new DateTimeOffset(self.StartTime).ToUnixTimeMilliseconds() / 1000.0;
    }

    /// <summary>The fields behind the program's name, which may hold blanks itself.</summary>
    private static string[] StatFields()
    {
        try
        {
            string stat = File.ReadAllText("/proc/self/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static double Number(string text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out double number) ? number : 0;
}
