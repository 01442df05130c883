using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Client.Events;
using Keelson.Machinery.Values;
using Keelson.Nodes.Eviction;
using Keelson.Nodes.Server.Backends;
using Keelson.Nodes.Server.Stats;
using Keelson.Nodes.Statuses;
using Keelson.Nodes.Tests.Nodes;

namespace Keelson.Nodes.Tests.Eviction;

/// <summary>What is done about a node that runs short.</summary>
public sealed class EvictionWatchTests : IAsyncDisposable
{
    private readonly TestNode _node = new();
    private readonly EventRecorder _events;
    private readonly NodePressures _pressures = new();
    private readonly List<(Pod Pod, PodVerdict Verdict, long Grace)> _ended = [];
    private readonly Figures _figures = new();
    private readonly Reclaim _reclaim;
    private readonly EvictionWatch _watch;

    public EvictionWatchTests()
    {
        _events = new(_node.Api, "kubelet", TestNode.Name, _node.Clock);
        _reclaim = new(_figures);
        _watch = new(_node.Context, new EvictionDuties
        {
            Config = new(),
            Stats = _figures,
            Pressures = _pressures,
            Pods = () => [NewPod("critical", 2_000_001_000), NewPod("usual", 0)],
            End = (pod, verdict, grace) => _ended.Add((pod, verdict, grace)),
            IsCleanedUp = static _ => true,
            Reclaim = _reclaim,
            PressureChanged = static () => { },
            Events = _events,
        });
    }

    [Fact]
    public async Task Without_memory_one_pod_is_evicted_and_never_a_critical_one()
    {
        _figures.AvailableMemory = 50 << 20;
        Assert.Equal("usual", (await _watch.LookAsync(default))!.Metadata.Name);
        Assert.Equal(["MemoryPressure"], _pressures.Conditions);
        (_, PodVerdict verdict, long grace) = Assert.Single(_ended);
        Assert.Equal(("Evicted", "TerminationByKubelet", 1L), (verdict.Reason, verdict.DisruptionReason, grace));
        Assert.Equal(
            ["EvictionThresholdMet: Attempting to reclaim memory", "Evicted: " + verdict.Message],
            await EventsAsync(2));
    }

    [Fact]
    public async Task What_nobody_needs_goes_before_pods_do()
    {
        _figures.AvailableDisk = 1;
        Assert.Null(await _watch.LookAsync(default));
        Assert.Empty(_ended);
        Assert.Equal([EvictionSignal.NodeDisk], _reclaim.Tried);
        Assert.Equal(["DiskPressure"], _pressures.Conditions);
        Assert.Equal(["EvictionThresholdMet: Attempting to reclaim ephemeral-storage"], await EventsAsync(1));
    }

    public async ValueTask DisposeAsync()
    {
        await _events.DisposeAsync();
        _node.Dispose();
    }

    private async Task<string[]> EventsAsync(int count)
    {
        for (int i = 0; i < 500 && _node.Api.All<Event>().Count() < count; i++)
        {
            await Task.Delay(10);
        }

        return
        [
            .. _node.Api.All<Event>().OrderBy(static one => one.Reason == "Evicted")
                .Select(static one => $"{one.Reason}: {one.Message}"),
        ];
    }

    private static Pod NewPod(string name, int priority) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = name, Namespace = "ns", Uid = name },
        Spec = new PodSpec { Priority = priority, Containers = [new Container { Name = "main" }] },
    };

    private sealed class Reclaim(Figures figures) : INodeReclaim
    {
        public List<string> Tried { get; } = [];

        public bool HasImageDisk => false;

        public Task LookAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<bool> TryAsync(string signal, CancellationToken cancellationToken)
        {
            Tried.Add(signal);
            bool isDisk = signal == EvictionSignal.NodeDisk;
            figures.AvailableDisk = isDisk ? 90 : figures.AvailableDisk;
            return Task.FromResult(isDisk);
        }
    }

    private sealed class Figures : IKubeletStats
    {
        public ulong AvailableMemory { get; set; } = 1 << 30;

        public ulong AvailableDisk { get; set; } = 50;

        public ValueTask<StatsSummary> SummaryAsync(bool onlyProcessorAndMemory, CancellationToken cancellationToken) =>
            new(new StatsSummary(
                new NodeStats
                {
                    NodeName = TestNode.Name,
                    StartTime = default,
                    Memory = new(default) { AvailableBytes = AvailableMemory, WorkingSetBytes = 1 << 30 },
                    FileSystem = new(default) { AvailableBytes = AvailableDisk, CapacityBytes = 100 },
                },
                []));
    }
}
