using System.Collections.Concurrent;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Server.Backends;
using Keelson.Nodes.Server.Stats;

namespace Keelson.Simulation.Kubelet;

/// <summary>What a simulated node uses: its pods by their curves, and a little of its own.</summary>
internal sealed class SimulatedStats(SimulatedNode node, IKubeletPods pods, UsageCurves curves, TimeProvider clock)
    : IKubeletStats
{
    private const double OwnCores = 0.05;
    private const double OwnBytes = 256.0 * 1024 * 1024;
    private const ulong DiskBytes = 500UL << 30;

    private readonly DateTimeOffset _start = clock.GetUtcNow();
    private readonly ConcurrentDictionary<string, Meter> _meters = new(StringComparer.Ordinal);

    public async ValueTask<StatsSummary> SummaryAsync(bool onlyProcessorAndMemory, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        IReadOnlyList<Pod> running = await pods.RunningAsync(cancellationToken);
        List<PodStats> stats = new(running.Count);
        (double cores, double bytes) = (OwnCores, OwnBytes);
        foreach (Pod view in running)
        {
            if (pods.Find(view.Metadata.Namespace, view.Metadata.Name) is { } pod)
            {
                (double podCores, double podBytes) = curves.Of(pod, now);
                cores += podCores;
                bytes += podBytes;
                stats.Add(StatsOf(pod, view, podCores, podBytes, now));
            }
        }

        foreach (string gone in _meters.Keys.Except(running.Select(static one => one.Metadata.Uid).Append("")))
        {
            _meters.TryRemove(gone, out _);
        }

        return new StatsSummary(
            new NodeStats
            {
                NodeName = node.Name,
                StartTime = _start,
                Processor = Processor("", _start, cores, 1, now),
                Memory = Memory(bytes, Quantity.Parse(node.Shape.Memory).MilliValue / 1000.0, now),
                Network = Network(now, bytes),
                FileSystem = Disk(now, bytes * 4),
                ImageFileSystem = Disk(now, bytes * 3),
                Processes = new ProcessLimitStats(now, 4194304, 120 + (running.Count * 4)),
                Swap = new SwapStats(now, 0, 0),
            },
            stats);
    }

    private PodStats StatsOf(Pod pod, Pod view, double cores, double bytes, DateTimeOffset now)
    {
        DateTimeOffset start = pod.Status.StartTime?.Instant ?? now;
        ContainerStats[] containers = new ContainerStats[view.Spec.Containers.Count];
        double all = view.Spec.Containers.Sum(one => Weight(pod, one.Name));
        for (int i = 0; i < containers.Length; i++)
        {
            string name = view.Spec.Containers[i].Name;
            double part = Weight(pod, name) / all;
            ContainerStatus status = SimulatedContainers.Statuses(pod).First(one => one.Name == name);
            DateTimeOffset started = status.State.Running?.StartedAt.Instant ?? start;
            containers[i] = new ContainerStats
            {
                Name = name,
                StartTime = started,
                Processor = Processor(pod.Metadata.Uid, start, cores, part, now),
                Memory = Memory(bytes * part, null, now),
                RootFileSystem = Disk(now, 4096),
                Logs = Disk(now, 8192),
                Swap = new SwapStats(now, 0, 0),
                Identity = new($"/kubepods/pod{pod.Metadata.Uid}/{name}", status.Image, status.ContainerID),
            };
        }

        return new PodStats
        {
            Name = pod.Metadata.Name,
            Namespace = pod.Metadata.Namespace,
            Uid = pod.Metadata.Uid,
            StartTime = start,
            Containers = containers,
            Processor = Processor(pod.Metadata.Uid, start, cores, 1, now),
            Memory = Memory(bytes, null, now),
            Network = Network(now, bytes),
            EphemeralStorage = Disk(now, 12288),
            ProcessCount = (ulong)containers.Length,
            Swap = new SwapStats(now, 0, 0),
        };
    }

    private static double Weight(Pod pod, string container) =>
        SimulatedContainers.Find(pod, container)?.Resources.Requests.TryGetValue("cpu", out Quantity cpu) == true
            ? Math.Max(1, cpu.MilliValue)
            : 1;

    private ProcessorStats Processor(string uid, DateTimeOffset start, double cores, double part, DateTimeOffset now)
    {
        double seconds = _meters.GetOrAdd(uid, _ => new Meter(start)).Read(cores, now);
        return new(now, (ulong)(cores * part * 1e9), (ulong)(seconds * part * 1e9));
    }

    private static MemoryStats Memory(double bytes, double? limit, DateTimeOffset now) => new(now)
    {
        WorkingSetBytes = (ulong)bytes,
        UsageBytes = (ulong)(bytes * 1.2),
        RssBytes = (ulong)(bytes * 0.9),
        AvailableBytes = limit is { } all ? (ulong)Math.Max(0, all - bytes) : null,
        PageFaults = (ulong)(bytes / 4096),
        MajorPageFaults = 0,
    };

    private NetworkStats Network(DateTimeOffset now, double bytes)
    {
        ulong moved = (ulong)((now - _start).TotalSeconds * Math.Sqrt(bytes));
        InterfaceStats network = new("eth0", moved, 0, moved / 2, 0);
        return new NetworkStats(now, network, [network]);
    }

    private static FileSystemStats Disk(DateTimeOffset now, double used) => new(now)
    {
        CapacityBytes = DiskBytes,
        UsedBytes = (ulong)used,
        AvailableBytes = DiskBytes - (ulong)used,
        Inodes = 32_768_000,
        InodesUsed = 10_000 + (ulong)(used / 65536),
        InodesFree = 32_758_000 - (ulong)(used / 65536),
    };

    /// <summary>Adds up the processor time of a pod from look to look.</summary>
    private sealed class Meter(DateTimeOffset start)
    {
        private readonly Lock _gate = new();
        private DateTimeOffset _at = start;
        private double _seconds;

        public double Read(double cores, DateTimeOffset now)
        {
            lock (_gate)
            {
                _seconds += Math.Max(0, (now - _at).TotalSeconds) * cores;
                _at = now;
                return _seconds;
            }
        }
    }
}
