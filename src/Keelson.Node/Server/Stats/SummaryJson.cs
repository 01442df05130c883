using System.Text.Json;
using Keelson.Machinery.Values;

namespace Keelson.Nodes.Server.Stats;

/// <summary>The JSON of <c>/stats/summary</c>, fields in upstream's order.</summary>
internal static class SummaryJson
{
    public static byte[] Write(StatsSummary summary, bool onlyProcessorAndMemory)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, new JsonWriterOptions { Indented = true, IndentSize = 1 }))
        {
            json.WriteStartObject();
            json.WritePropertyName("node");
            Node(json, summary.Node, onlyProcessorAndMemory);
            json.WriteStartArray("pods");
            foreach (PodStats pod in summary.Pods)
            {
                Pod(json, pod, onlyProcessorAndMemory);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static void Node(Utf8JsonWriter json, NodeStats node, bool onlyProcessorAndMemory)
    {
        json.WriteStartObject();
        json.WriteString("nodeName", node.NodeName);
        Containers(json, "systemContainers", node.SystemContainers, onlyProcessorAndMemory);
        json.WriteString("startTime", Text(node.StartTime));
        Used(json, node.Processor, node.Memory, node.Pressures);
        if (!onlyProcessorAndMemory)
        {
            Network(json, node.Network);
            FileSystem(json, "fs", node.FileSystem);
            if (node.ImageFileSystem is not null)
            {
                json.WriteStartObject("runtime");
                FileSystem(json, "imageFs", node.ImageFileSystem);
                FileSystem(json, "containerFs", node.ContainerFileSystem ?? node.ImageFileSystem);
                json.WriteEndObject();
            }

            if (node.Processes is { } processes)
            {
                json.WriteStartObject("rlimit");
                json.WriteString("time", Text(processes.At));
                json.WriteNumber("maxpid", processes.MaxPid);
                json.WriteNumber("curproc", processes.Running);
                json.WriteEndObject();
            }

            Swap(json, node.Swap);
        }

        json.WriteEndObject();
    }

    private static void Pod(Utf8JsonWriter json, PodStats pod, bool onlyProcessorAndMemory)
    {
        json.WriteStartObject();
        json.WriteStartObject("podRef");
        json.WriteString("name", pod.Name);
        json.WriteString("namespace", pod.Namespace);
        json.WriteString("uid", pod.Uid);
        json.WriteEndObject();
        json.WriteString("startTime", Text(pod.StartTime));
        json.WriteStartArray("containers");
        foreach (ContainerStats one in pod.Containers)
        {
            Container(json, one, onlyProcessorAndMemory);
        }

        json.WriteEndArray();
        Used(json, pod.Processor, pod.Memory, pod.Pressures);
        if (!onlyProcessorAndMemory)
        {
            Network(json, pod.Network);
            Volumes(json, pod.Volumes);
            FileSystem(json, "ephemeral-storage", pod.EphemeralStorage);
            if (pod.ProcessCount is { } count)
            {
                json.WriteStartObject("process_stats");
                json.WriteNumber("process_count", count);
                json.WriteEndObject();
            }

            Swap(json, pod.Swap);
        }

        json.WriteEndObject();
    }

    private static void Containers(
        Utf8JsonWriter json, string name, IReadOnlyList<ContainerStats> containers, bool onlyProcessorAndMemory)
    {
        if (containers.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (ContainerStats one in containers)
        {
            Container(json, one, onlyProcessorAndMemory);
        }

        json.WriteEndArray();
    }

    private static void Container(Utf8JsonWriter json, ContainerStats container, bool onlyProcessorAndMemory)
    {
        json.WriteStartObject();
        json.WriteString("name", container.Name);
        json.WriteString("startTime", Text(container.StartTime));
        Used(json, container.Processor, container.Memory, container.Pressures);
        if (!onlyProcessorAndMemory)
        {
            FileSystem(json, "rootfs", container.RootFileSystem);
            FileSystem(json, "logs", container.Logs);
            Swap(json, container.Swap);
        }

        json.WriteEndObject();
    }

    private static void Volumes(Utf8JsonWriter json, IReadOnlyList<VolumeStats> volumes)
    {
        if (volumes.Count == 0)
        {
            return;
        }

        json.WriteStartArray("volume");
        foreach (VolumeStats volume in volumes)
        {
            json.WriteStartObject();
            FileSystemFields(json, volume.FileSystem);
            json.WriteString("name", volume.Name);
            if (volume.ClaimName.Length > 0)
            {
                json.WriteStartObject("pvcRef");
                json.WriteString("name", volume.ClaimName);
                json.WriteString("namespace", volume.ClaimNamespace);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Processors, memory, and how long was waited for them and for disks.</summary>
    private static void Used(Utf8JsonWriter json, ProcessorStats? processor, MemoryStats? memory, Pressures? pressures)
    {
        Processor(json, processor, pressures?.Processor);
        Memory(json, memory, pressures?.Memory);
        if (pressures?.Disk is { } disk)
        {
            json.WriteStartObject("io");
            json.WriteString("time", Text(pressures.At));
            Pressure(json, disk);
            json.WriteEndObject();
        }
    }

    private static void Pressure(Utf8JsonWriter json, PressureStats? stats)
    {
        if (stats is null)
        {
            return;
        }

        json.WriteStartObject("psi");
        foreach ((string kind, PressureData data) in (ReadOnlySpan<(string, PressureData)>)
            [("full", stats.Full), ("some", stats.Some)])
        {
            json.WriteStartObject(kind);
            json.WriteNumber("total", data.Total);
            json.WriteNumber("avg10", data.Avg10);
            json.WriteNumber("avg60", data.Avg60);
            json.WriteNumber("avg300", data.Avg300);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Processor(Utf8JsonWriter json, ProcessorStats? stats, PressureStats? pressure)
    {
        if (stats is not null)
        {
            json.WriteStartObject("cpu");
            json.WriteString("time", Text(stats.At));
            Number(json, "usageNanoCores", stats.NanoCores);
            Number(json, "usageCoreNanoSeconds", stats.CoreNanoSeconds);
            Pressure(json, pressure);
            json.WriteEndObject();
        }
    }

    private static void Memory(Utf8JsonWriter json, MemoryStats? stats, PressureStats? pressure)
    {
        if (stats is not null)
        {
            json.WriteStartObject("memory");
            json.WriteString("time", Text(stats.At));
            Number(json, "availableBytes", stats.AvailableBytes);
            Number(json, "usageBytes", stats.UsageBytes);
            Number(json, "workingSetBytes", stats.WorkingSetBytes);
            Number(json, "rssBytes", stats.RssBytes);
            Number(json, "pageFaults", stats.PageFaults);
            Number(json, "majorPageFaults", stats.MajorPageFaults);
            Pressure(json, pressure);
            json.WriteEndObject();
        }
    }

    private static void Swap(Utf8JsonWriter json, SwapStats? stats)
    {
        if (stats is not null)
        {
            json.WriteStartObject("swap");
            json.WriteString("time", Text(stats.At));
            Number(json, "swapAvailableBytes", stats.AvailableBytes);
            Number(json, "swapUsageBytes", stats.UsageBytes);
            json.WriteEndObject();
        }
    }

    private static void Network(Utf8JsonWriter json, NetworkStats? stats)
    {
        if (stats is null)
        {
            return;
        }

        json.WriteStartObject("network");
        json.WriteString("time", Text(stats.At));
        Interface(json, stats.Default);
        json.WriteStartArray("interfaces");
        foreach (InterfaceStats one in stats.Interfaces)
        {
            json.WriteStartObject();
            Interface(json, one);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Interface(Utf8JsonWriter json, InterfaceStats stats)
    {
        json.WriteString("name", stats.Name);
        json.WriteNumber("rxBytes", stats.RxBytes);
        json.WriteNumber("rxErrors", stats.RxErrors);
        json.WriteNumber("txBytes", stats.TxBytes);
        json.WriteNumber("txErrors", stats.TxErrors);
    }

    private static void FileSystem(Utf8JsonWriter json, string name, FileSystemStats? stats)
    {
        if (stats is not null)
        {
            json.WriteStartObject(name);
            FileSystemFields(json, stats);
            json.WriteEndObject();
        }
    }

    private static void FileSystemFields(Utf8JsonWriter json, FileSystemStats stats)
    {
        json.WriteString("time", Text(stats.At));
        Number(json, "availableBytes", stats.AvailableBytes);
        Number(json, "capacityBytes", stats.CapacityBytes);
        Number(json, "usedBytes", stats.UsedBytes);
        Number(json, "inodesFree", stats.InodesFree);
        Number(json, "inodes", stats.Inodes);
        Number(json, "inodesUsed", stats.InodesUsed);
    }

    private static void Number(Utf8JsonWriter json, string name, ulong? value)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, known);
        }
    }

    private static string Text(DateTimeOffset time) => new Time(time).ToString();
}
