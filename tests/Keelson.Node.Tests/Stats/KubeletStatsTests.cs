using Keelson.Api.Core.V1;
using Keelson.Nodes.Cri.Protos;
using Keelson.Nodes.Server.Backends;
using Keelson.Nodes.Server.Stats;
using Keelson.Nodes.Stats;
using Keelson.Nodes.Tests.Nodes;
using ContainerStats = Keelson.Nodes.Cri.Protos.ContainerStats;

namespace Keelson.Nodes.Tests.Stats;

/// <summary>What pods use, by the runtime's figures.</summary>
public sealed class KubeletStatsTests
{
    [Fact]
    public async Task A_pod_is_the_sum_of_its_containers_where_the_runtime_knows_no_better()
    {
        using TestNode node = new();
        await using TestRuntime runtime = await TestRuntime.StartAsync(node.DirectoryFor("runtime"));
        runtime.Sandboxes.Add(new()
        {
            Id = "sandbox", Metadata = new() { Name = "pod", Namespace = "ns", Uid = "pod-uid" },
        });
        Add(runtime, "a", 1_000_000_000, 100);
        Add(runtime, "b", 2_000_000_000, 200);
        Pod pod = TestNode.PodWith(TestNode.Volume("empty", new() { EmptyDir = new() }));
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        File.WriteAllText(node.PathOf("kubernetes.io~empty-dir", "empty", "file"), new string('x', 10_000));
        KubeletStats stats = new(node.Context, runtime.Client, new Pods(pod), node.Volumes.PathOf, new());

        StatsSummary summary = await stats.SummaryAsync(onlyProcessorAndMemory: false, default);
        PodStats one = Assert.Single(summary.Pods);
        Assert.Equal(["a", "b"], one.Containers.Select(static it => it.Name));
        Assert.Equal(3_000_000_000ul, one.Processor!.CoreNanoSeconds);
        Assert.Equal(300ul, one.Memory!.WorkingSetBytes);
        VolumeStats volume = Assert.Single(one.Volumes);
        Assert.InRange(volume.FileSystem.UsedBytes!.Value, 10_000ul, 100_000ul);
        Assert.True(one.EphemeralStorage!.UsedBytes >= volume.FileSystem.UsedBytes);
        Assert.NotNull(summary.Node.ImageFileSystem!.CapacityBytes);
        Assert.True(summary.Node.Memory!.WorkingSetBytes > 0);

        StatsSummary little = await stats.SummaryAsync(onlyProcessorAndMemory: true, default);
        Assert.Empty(little.Pods[0].Volumes);
    }

    private static void Add(TestRuntime runtime, string name, ulong processor, ulong memory)
    {
        ContainerMetadata metadata = new() { Name = name };
        runtime.Containers.Add(new() { Id = name, PodSandboxId = "sandbox", Metadata = metadata });
        runtime.Stats.Add(new ContainerStats
        {
            Attributes = new() { Id = name, Metadata = metadata },
            Cpu = new() { UsageCoreNanoSeconds = new() { Value = processor } },
            Memory = new() { WorkingSetBytes = new() { Value = memory } },
        });
    }

    private sealed class Pods(Pod pod) : IKubeletPods
    {
        public IReadOnlyList<Pod> All => [pod];

        public Pod? Find(string podNamespace, string name) => pod;

        public ValueTask<IReadOnlyList<Pod>> RunningAsync(CancellationToken cancellationToken) => new(All);
    }
}
