namespace Keelson.Nodes.Server.Stats;

/// <summary>The metrics of <c>/metrics/cadvisor</c> that monitoring is built on.</summary>
internal static class CadvisorMetrics
{
    /// <summary>Writes what is on disks.</summary>
    public static void WriteDisks(StatsSummary summary, MetricsText text)
    {
        Subject[] all = [.. SubjectsOf(summary)];
        Family(
            all, text, "container_fs_usage_bytes", "gauge",
            "Number of bytes that are consumed by the container on this filesystem.",
            static one => one.FileSystem?.UsedBytes, static one => one.FileSystem?.At, ("device", ""));
        Family(
            all, text, "container_fs_limit_bytes", "gauge",
            "Number of bytes that can be consumed by the container on this filesystem.",
            static one => one.FileSystem?.CapacityBytes, static one => one.FileSystem?.At, ("device", ""));
        Family(
            all, text, "container_fs_inodes_free", "gauge", "Number of available Inodes",
            static one => one.FileSystem?.InodesFree, static one => one.FileSystem?.At, ("device", ""));
        Family(
            all, text, "container_fs_inodes_total", "gauge", "Number of Inodes",
            static one => one.FileSystem?.Inodes, static one => one.FileSystem?.At, ("device", ""));
    }

    /// <summary>Writes them, where there are no control groups to tell more.</summary>
    public static void Write(StatsSummary summary, MetricsText text)
    {
        Subject[] all = [.. SubjectsOf(summary)];
        WriteDisks(summary, text);
        Family(
            all, text, "container_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed in seconds.",
            static one => one.Processor?.CoreNanoSeconds / 1e9, static one => one.Processor?.At, ("cpu", "total"));
        Family(
            all, text, "container_memory_rss", "gauge", "Size of RSS in bytes.",
            static one => one.Memory?.RssBytes, static one => one.Memory?.At);
        Family(
            all, text, "container_memory_usage_bytes", "gauge",
            "Current memory usage in bytes, including all memory regardless of when it was accessed",
            static one => one.Memory?.UsageBytes, static one => one.Memory?.At);
        Family(
            all, text, "container_memory_working_set_bytes", "gauge", "Current working set in bytes.",
            static one => one.Memory?.WorkingSetBytes, static one => one.Memory?.At);
        Traffic(all, text, "receive_bytes", "Cumulative count of bytes received", static one => one.RxBytes);
        Traffic(
            all, text, "receive_errors", "Cumulative count of errors encountered while receiving",
            static one => one.RxErrors);
        Traffic(all, text, "transmit_bytes", "Cumulative count of bytes transmitted", static one => one.TxBytes);
        Traffic(
            all, text, "transmit_errors", "Cumulative count of errors encountered while transmitting",
            static one => one.TxErrors);
        Family(
            all, text, "container_start_time_seconds", "gauge",
            "Start time of the container since unix epoch in seconds.",
            static one => one.StartTime.ToUnixTimeMilliseconds() / 1000.0, static one => one.Memory?.At);
    }

    private static IEnumerable<Subject> SubjectsOf(StatsSummary summary)
    {
        NodeStats node = summary.Node;
        yield return new Subject("", "", "", new("/", "", ""))
        {
            StartTime = node.StartTime,
            Processor = node.Processor,
            Memory = node.Memory,
            Network = node.Network,
            FileSystem = node.FileSystem,
        };
        foreach (PodStats pod in summary.Pods)
        {
            yield return new Subject("", pod.Namespace, pod.Name, new($"/kubepods/pod{pod.Uid}", "", ""))
            {
                StartTime = pod.StartTime,
                Processor = pod.Processor,
                Memory = pod.Memory,
                Network = pod.Network,
            };
            foreach (ContainerStats one in pod.Containers)
            {
                yield return new Subject(one.Name, pod.Namespace, pod.Name, one.Identity)
                {
                    StartTime = one.StartTime,
                    Processor = one.Processor,
                    Memory = one.Memory,
                    FileSystem = one.RootFileSystem,
                };
            }
        }
    }

    private static void Traffic(
        Subject[] all, MetricsText text, string name, string help, Func<InterfaceStats, ulong> value)
    {
        string full = $"container_network_{name}_total";
        text.Family(full, "counter", help);
        foreach (Subject one in all)
        {
            foreach (InterfaceStats network in one.Network?.Interfaces ?? [])
            {
                text.Sample(full, value(network), one.Network!.At, one.Labels(("interface", network.Name)));
            }
        }
    }

    private static void Family(
        Subject[] all,
        MetricsText text,
        string name,
        string type,
        string help,
        Func<Subject, double?> value,
        Func<Subject, DateTimeOffset?> at,
        params (string Name, string Value)[] more)
    {
        text.Family(name, type, help);
        foreach (Subject one in all)
        {
            if (value(one) is { } number)
            {
                text.Sample(name, number, at(one), one.Labels(more));
            }
        }
    }

    /// <summary>What is measured: the node, a pod, or a container.</summary>
    private sealed record Subject(string Container, string Namespace, string Pod, ContainerIdentity Identity)
    {
        public DateTimeOffset StartTime { get; init; }

        public ProcessorStats? Processor { get; init; }

        public MemoryStats? Memory { get; init; }

        public NetworkStats? Network { get; init; }

        public FileSystemStats? FileSystem { get; init; }

        public (string Name, string Value)[] Labels(params (string Name, string Value)[] more) =>
        [
            .. more.Where(static one => string.CompareOrdinal(one.Name, "container") < 0),
            ("container", Container),
            .. more.Where(static one => one.Name is "cpu" or "device"),
            ("id", Identity.Id),
            ("image", Identity.Image),
            .. more.Where(static one => one.Name == "interface"),
            ("name", Identity.Name),
            ("namespace", Namespace),
            ("pod", Pod),
        ];
    }
}
