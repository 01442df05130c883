using Keelson.Api.Core.V1;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Metrics;
using Keelson.Nodes.Server.Backends;
using Keelson.Nodes.Server.Stats;
using Keelson.Rpc;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Stats;

/// <summary>
/// What a node and its pods use: the machine's files for the node, the runtime's figures for the pods.
/// </summary>
/// <param name="context">The node.</param>
/// <param name="runtime">The runtime.</param>
/// <param name="pods">The node's pods.</param>
/// <param name="volumePath">Where a volume of a pod is; null when it is not in place.</param>
/// <param name="files">The machine's files.</param>
internal sealed class KubeletStats(
    NodeContext context,
    CriClient runtime,
    IKubeletPods pods,
    Func<Pod, string, string?> volumePath,
    MachineFiles files)
    : IKubeletStats
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    private readonly UsageRates _rates = new();
    private readonly DiskUsage _disks = new(context.Clock);
    private NodeUsage? _node;
    private CgroupSubjects? _subjects;

    /// <summary>The control group of all pods; empty for none.</summary>
    public string PodsGroup { get; init; } = "";

    /// <summary>The control groups that hold pods of a class, that of all pods among them.</summary>
    public IReadOnlyList<string> PodGroups { get; init; } = [];

    /// <summary>The control group of a pod; empty for none.</summary>
    public Func<Pod, string> GroupOf { get; init; } = static _ => "";

    /// <summary>What there is to say of the machine; null for nothing.</summary>
    public MachineMetrics? Machine { get; init; }

    /// <inheritdoc/>
    public async ValueTask WriteMetricsAsync(MetricsText metrics, CancellationToken cancellationToken)
    {
        long begun = context.Clock.GetTimestamp();
        StatsSummary summary = await SummaryAsync(onlyProcessorAndMemory: false, cancellationToken);
        context.Metrics.Volumes.Collection.Observe(context.Clock.GetElapsedTime(begun), "emptydir");
        context.Metrics.Own.Write(metrics);
        VolumeWorkMetrics.WriteClaims(metrics, summary.Pods);
        VolumeWorkMetrics.WriteLogs(metrics, summary.Pods);
    }

    /// <inheritdoc/>
    public void WriteProbeMetrics(MetricsText metrics)
    {
        const string Started = "process_start_time_seconds";
        metrics.Family(Started, "gauge", "[ALPHA] When the process started, in seconds since 1970.");
        metrics.Sample(Started, AgentProcessMetrics.StartTime(), null);
        context.Metrics.Probing.Write(metrics);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> WriteCgroupsAsync(MetricsText metrics, CancellationToken cancellationToken)
    {
        RuntimeUsage usage = await RuntimeUsage.ReadAsync(runtime, CallTimeout, cancellationToken);
        StatsSummary summary = await SummaryAsync(onlyProcessorAndMemory: false, cancellationToken);

        // Disks are not the control groups' to tell of.
        CadvisorMetrics.WriteDisks(summary, metrics);
        _subjects ??= new(files, GroupOf, PodGroups);
        IReadOnlyList<CgroupSubject> all = _subjects.Read(pods.All, usage, summary.Node.StartTime);
        CgroupMetrics.Write(metrics, all, context.Clock.GetUtcNow());
        Machine?.Write(metrics);
        return true;
    }

    /// <inheritdoc/>
    public StatsSummary AddPressures(StatsSummary summary)
    {
        CgroupPressures pressures = new(files, context.Clock);
        return summary with
        {
            Node = pressures.Of(summary.Node, PodsGroup),
            Pods =
            [
                .. summary.Pods.Select(one =>
                    pods.All.FirstOrDefault(it => it.Metadata.Uid == one.Uid) is { } pod
                        ? pressures.Of(one, GroupOf(pod))
                        : one),
            ],
        };
    }

    /// <inheritdoc/>
    public async ValueTask<StatsSummary> SummaryAsync(bool onlyProcessorAndMemory, CancellationToken cancellationToken)
    {
        _node ??= new(context, files, _rates, _disks) { PodsGroup = PodsGroup };
        NodeStats node = _node.Read(onlyProcessorAndMemory);
        RuntimeUsage usage = await RuntimeUsage.ReadAsync(runtime, CallTimeout, cancellationToken);
        if (!onlyProcessorAndMemory)
        {
            node = node with { ImageFileSystem = await ImagesAsync(cancellationToken) };
        }

        List<PodStats> all = [];
        foreach (Pod pod in pods.All)
        {
            if (usage.SandboxOf(pod.Metadata.Uid) is { } sandbox)
            {
                all.Add(StatsOf(pod, sandbox, usage, onlyProcessorAndMemory));
            }
        }

        _rates.Trim(context.Clock.GetUtcNow());
        _disks.Trim();
        return new(node, all);
    }

    private PodStats StatsOf(Pod pod, Proto.PodSandbox sandbox, RuntimeUsage usage, bool onlyProcessorAndMemory)
    {
        ContainerStats[] containers =
        [
            .. usage.ContainersOf(sandbox.Id)
                .Select(one => StatsOf(pod, one.Container, one.Stats, onlyProcessorAndMemory)),
        ];
        Proto.LinuxPodSandboxStats? figures = usage.FiguresOf(sandbox.Id)?.Linux;
        PodStats stats = new()
        {
            Name = pod.Metadata.Name,
            Namespace = pod.Metadata.Namespace,
            Uid = pod.Metadata.Uid,
            StartTime = pod.Status.StartTime?.Instant ?? RuntimeFigures.Time(sandbox.CreatedAt),
            Containers = containers,
            Processor = RuntimeFigures.Processor(figures?.Cpu, sandbox.Id, _rates)
                ?? RuntimeFigures.Sum(containers.Select(static one => one.Processor)),
            Memory = RuntimeFigures.Memory(figures?.Memory)
                ?? RuntimeFigures.Sum(containers.Select(static one => one.Memory)),
            ProcessCount = figures?.Process?.ProcessCount?.Value,
            Network = RuntimeFigures.Network(figures?.Network),
        };
        return onlyProcessorAndMemory ? stats : WithDisks(stats, pod);
    }

    private ContainerStats StatsOf(
        Pod pod, Proto.Container container, Proto.ContainerStats figures, bool onlyProcessorAndMemory)
    {
        string logs = Path.Combine(
            context.PodLogsDirectory,
            $"{pod.Metadata.Namespace}_{pod.Metadata.Name}_{pod.Metadata.Uid}",
            container.Metadata.Name);
        return new()
        {
            Name = container.Metadata.Name,
            StartTime = RuntimeFigures.Time(container.CreatedAt),
            Processor = RuntimeFigures.Processor(figures.Cpu, container.Id, _rates),
            Memory = RuntimeFigures.Memory(figures.Memory),
            Swap = RuntimeFigures.Swap(figures.Swap),
            RootFileSystem = onlyProcessorAndMemory ? null : WritableLayer(figures.WritableLayer),
            Logs = onlyProcessorAndMemory ? null : _disks.Directory(logs),
            Identity = new(container.Id, container.Image?.Image ?? "", container.Id),
        };
    }

    private FileSystemStats? WritableLayer(Proto.FilesystemUsage? layer) => layer is null
        ? null
        : (_disks.Filesystem(layer.FsId?.Mountpoint ?? "") ?? new(RuntimeFigures.Time(layer.Timestamp))) with
        {
            UsedBytes = layer.UsedBytes?.Value,
            InodesUsed = layer.InodesUsed?.Value,
        };

    private async ValueTask<FileSystemStats?> ImagesAsync(CancellationToken cancellationToken)
    {
        try
        {
            Proto.ImageFsInfoResponse answer = await runtime.CallAsync(
                CriMethods.ImageFsInfo, new Proto.ImageFsInfoRequest(), CallTimeout, cancellationToken);
            return answer.ImageFilesystems.Count == 0 ? null : WritableLayer(answer.ImageFilesystems[0]);
        }
        catch (RpcException)
        {
            return null;
        }
    }

    private PodStats WithDisks(PodStats stats, Pod pod)
    {
        List<VolumeStats> volumes = [];
        ulong bytes = 0;
        ulong inodes = 0;
        foreach (Volume volume in pod.Spec.Volumes.AsSpan().ToArray())
        {
            // What is the machine's own is not the pod's to account for.
            if (volume.VolumeSource is { HostPath: not null } or { Image: not null }
                || volumePath(pod, volume.Name) is not { } path
                || _disks.Directory(path) is not { } used)
            {
                continue;
            }

            string claim = volume.VolumeSource.PersistentVolumeClaim?.ClaimName ?? "";
            volumes.Add(new(volume.Name, used, claim, claim.Length > 0 ? pod.Metadata.Namespace : ""));
            if (volume.VolumeSource is { EmptyDir.Medium: StorageMedium.None } or { ConfigMap: not null })
            {
                bytes += used.UsedBytes ?? 0;
                inodes += used.InodesUsed ?? 0;
            }
        }

        foreach (ContainerStats container in stats.Containers)
        {
            bytes += (container.RootFileSystem?.UsedBytes ?? 0) + (container.Logs?.UsedBytes ?? 0);
            inodes += (container.RootFileSystem?.InodesUsed ?? 0) + (container.Logs?.InodesUsed ?? 0);
        }

        FileSystemStats? root = _disks.Filesystem(context.RootDirectory);
        return stats with
        {
            Volumes = volumes,
            EphemeralStorage = root is null ? null : root with { UsedBytes = bytes, InodesUsed = inodes },
        };
    }
}
