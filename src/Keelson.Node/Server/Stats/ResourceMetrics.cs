namespace Keelson.Nodes.Server.Stats;

/// <summary>The metrics of <c>/metrics/resource</c>, of which metrics servers and autoscalers live.</summary>
internal static class ResourceMetrics
{
    /// <summary>Writes them, families in alphabetical order.</summary>
    public static void Write(StatsSummary summary, MetricsText text)
    {
        PodStats[] pods = [.. summary.Pods];
        Containers(
            text, pods, "container_cpu_usage_seconds_total", "counter",
            "[STABLE] Cumulative cpu time consumed by the container in core-seconds",
            static one => Seconds(one.Processor));
        Containers(
            text, pods, "container_memory_working_set_bytes", "gauge",
            "[STABLE] Current working set of the container in bytes", static one => Bytes(one.Memory));
        Containers(
            text, pods, "container_start_time_seconds", "gauge",
            "[STABLE] Start time of the container since unix epoch in seconds",
            static one => (one.StartTime.ToUnixTimeMilliseconds() / 1000.0, null));
        Containers(
            text, pods, "container_swap_usage_bytes", "gauge",
            "[ALPHA] Current amount of the container swap usage in bytes. Reported only on non-windows systems",
            static one => Swap(one.Swap));
        Node(
            text, "node_cpu_usage_seconds_total", "counter",
            "[STABLE] Cumulative cpu time consumed by the node in core-seconds", Seconds(summary.Node.Processor));
        Node(
            text, "node_memory_working_set_bytes", "gauge",
            "[STABLE] Current working set of the node in bytes", Bytes(summary.Node.Memory));
        Node(
            text, "node_swap_usage_bytes", "gauge",
            "[ALPHA] Current swap usage of the node in bytes. Reported only on non-windows systems",
            Swap(summary.Node.Swap));
        Pods(
            text, pods, "pod_cpu_usage_seconds_total", "counter",
            "[STABLE] Cumulative cpu time consumed by the pod in core-seconds", static one => Seconds(one.Processor));
        Pods(
            text, pods, "pod_memory_working_set_bytes", "gauge",
            "[STABLE] Current working set of the pod in bytes", static one => Bytes(one.Memory));
        Pods(
            text, pods, "pod_swap_usage_bytes", "gauge",
            "[ALPHA] Current amount of the pod swap usage in bytes. Reported only on non-windows systems",
            static one => Swap(one.Swap));
        text.Family(
            "resource_scrape_error", "gauge",
            "[STABLE] 1 if there was an error while getting container metrics, 0 otherwise");
        text.Sample("resource_scrape_error", 0, null);
        text.Family(
            "scrape_error", "gauge",
            "[ALPHA] (Deprecated since 1.29.0) 1 if there was an error while getting container metrics, 0 otherwise");
        text.Sample("scrape_error", 0, null);
    }

    private static void Containers(
        MetricsText text,
        PodStats[] pods,
        string name,
        string type,
        string help,
        Func<ContainerStats, (double Value, DateTimeOffset? At)?> value)
    {
        bool hasHead = false;
        foreach (PodStats pod in pods)
        {
            foreach (ContainerStats one in pod.Containers)
            {
                if (value(one) is var (number, at))
                {
                    Head(text, ref hasHead, name, type, help);
                    text.Sample(
                        name, number, at, ("container", one.Name), ("namespace", pod.Namespace), ("pod", pod.Name));
                }
            }
        }
    }

    private static void Pods(
        MetricsText text,
        PodStats[] pods,
        string name,
        string type,
        string help,
        Func<PodStats, (double Value, DateTimeOffset? At)?> value)
    {
        bool hasHead = false;
        foreach (PodStats pod in pods)
        {
            if (value(pod) is var (number, at))
            {
                Head(text, ref hasHead, name, type, help);
                text.Sample(name, number, at, ("namespace", pod.Namespace), ("pod", pod.Name));
            }
        }
    }

    private static void Node(
        MetricsText text, string name, string type, string help, (double Value, DateTimeOffset? At)? value)
    {
        if (value is var (number, at))
        {
            text.Family(name, type, help);
            text.Sample(name, number, at);
        }
    }

    private static void Head(MetricsText text, ref bool isWritten, string name, string type, string help)
    {
        if (!isWritten)
        {
            text.Family(name, type, help);
            isWritten = true;
        }
    }

    private static (double Value, DateTimeOffset? At)? Seconds(ProcessorStats? stats) =>
        stats is { CoreNanoSeconds: { } used } ? (used / 1e9, stats.At) : null;

    private static (double Value, DateTimeOffset? At)? Bytes(MemoryStats? stats) =>
        stats is { WorkingSetBytes: { } used } ? (used, stats.At) : null;

    private static (double Value, DateTimeOffset? At)? Swap(SwapStats? stats) =>
        stats is { UsageBytes: { } used } ? (used, stats.At) : null;
}
