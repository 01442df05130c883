using System.Globalization;
using Keelson.Nodes.Server.Stats;

namespace Keelson.Nodes.Stats;

/// <summary>What the machine as a whole uses.</summary>
internal sealed class NodeUsage(NodeContext context, MachineFiles files, UsageRates rates, DiskUsage disks)
{
    private readonly ControlGroups _groups = new(files);
    private readonly DateTimeOffset _started = context.Clock.GetUtcNow();

    /// <summary>The control group of all pods; empty for none.</summary>
    public string PodsGroup { get; init; } = "";

    /// <summary>Processors and memory, and the rest when it is wanted.</summary>
    public NodeStats Read(bool onlyProcessorAndMemory)
    {
        DateTimeOffset now = context.Clock.GetUtcNow();
        NodeStats stats = new()
        {
            NodeName = context.NodeName,
            StartTime = StartTime(now),
            Processor = rates.Of("/", now, _groups.ProcessorNanoseconds("")),
            Memory = _groups.Memory("", now),
            Swap = Swap(now),
            SystemContainers = [Agent(now), .. AllPods(now)],
        };
        return onlyProcessorAndMemory ? stats : stats with
        {
            FileSystem = disks.Filesystem(context.RootDirectory),
            Network = Network(now),
            Processes = Processes(now),
        };
    }

    private DateTimeOffset StartTime(DateTimeOffset now)
    {
        string uptime = files.Lines("proc/uptime") is [var line, ..] ? line.Split(' ')[0] : "0";
        return double.TryParse(uptime, CultureInfo.InvariantCulture, out double seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(now.AddSeconds(-seconds).ToUnixTimeSeconds())
            : now;
    }

    private ContainerStats Agent(DateTimeOffset now)
    {
        ulong used = (ulong)(Environment.CpuUsage.TotalTime.TotalMilliseconds * 1e6);
        ulong memory = (ulong)Environment.WorkingSet;
        return new()
        {
            Name = "kubelet",
            StartTime = _started,
            Processor = rates.Of("kubelet", now, used),
            Memory = new(now) { UsageBytes = memory, WorkingSetBytes = memory, RssBytes = memory },
        };
    }

    /// <summary>All pods together, once there was one.</summary>
    private IEnumerable<ContainerStats> AllPods(DateTimeOffset now)
    {
        if (PodsGroup.Length > 0 && _groups.Memory(PodsGroup, now) is { } memory)
        {
            yield return new()
            {
                Name = "pods",
                StartTime = _started,
                Processor = rates.Of(PodsGroup, now, _groups.ProcessorNanoseconds(PodsGroup)),
                Memory = memory,
            };
        }
    }

    private SwapStats? Swap(DateTimeOffset now) => files.Pairs("proc/meminfo") is { } all
        ? new(
            now,
            all.GetValueOrDefault("SwapFree"),
            all.GetValueOrDefault("SwapTotal") - all.GetValueOrDefault("SwapFree"))
        : null;

    private ProcessLimitStats? Processes(DateTimeOffset now)
    {
        // 0.20 0.18 0.12 1/80 11206: running and all
        string[] load = files.Lines("proc/loadavg") is [var line, ..] ? line.Split(' ', '/') : [];
        return load.Length > 4
            && long.TryParse(load[4], CultureInfo.InvariantCulture, out long all)
            && files.Number("proc/sys/kernel/pid_max") is { } most
            ? new(now, (long)most, all)
            : null;
    }

    private NetworkStats? Network(DateTimeOffset now)
    {
        List<InterfaceStats> interfaces = [];
        foreach (string line in (files.Lines("proc/net/dev") ?? []).Skip(2))
        {
            // eth0: rx bytes, packets, errors, … (8 columns), tx bytes, packets, errors, …
            string[] words = line.Split([' ', ':'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 12 && words[0] != "lo")
            {
                interfaces.Add(new(words[0], Number(words[1]), Number(words[3]), Number(words[9]), Number(words[11])));
            }
        }

        string? outward = (files.Lines("proc/net/route") ?? []).Skip(1)
            .Select(static one => one.Split('\t'))
            .FirstOrDefault(static one => one.Length > 2 && one[1] == "00000000")?[0];
        InterfaceStats? main = interfaces.Find(one => one.Name == outward) ?? interfaces.FirstOrDefault();
        return main is null ? null : new(now, main, interfaces);
    }

    private static ulong Number(string text) =>
        ulong.TryParse(text, CultureInfo.InvariantCulture, out ulong number) ? number : 0;
}
