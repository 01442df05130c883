using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Eviction;
using Keelson.Nodes.Server.Stats;

namespace Keelson.Nodes.Tests.Eviction;

/// <summary>When pods have to go, which, and what they are told.</summary>
public sealed class EvictionDecisionTests
{
    private static readonly DateTimeOffset Start = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);

    [Fact]
    public void Memory_below_the_hard_threshold_is_pressure_until_five_minutes_after()
    {
        EvictionConfig config = new();
        IReadOnlyList<EvictionThreshold> thresholds = EvictionThresholds.Parse(config);
        EvictionState state = EvictionState.Initial.Next(config, thresholds, Memory("99Mi"), Start);
        Assert.Equal(["MemoryPressure"], state.Conditions);
        Assert.Equal(EvictionSignal.Memory, state.ToReclaim!.Signal);
        state = state.Next(config, thresholds, Memory("2Gi"), Start.AddMinutes(1));
        Assert.Null(state.ToReclaim);
        Assert.Equal(["MemoryPressure"], state.Conditions);
        state = state.Next(config, thresholds, Memory("2Gi"), Start.AddMinutes(5));
        Assert.Empty(state.Conditions);
    }

    [Fact]
    public void A_soft_threshold_waits_for_its_grace_and_holds_until_the_minimum_is_got_back()
    {
        EvictionConfig config = new()
        {
            Hard = new Dictionary<string, string>(),
            Soft = new Dictionary<string, string> { ["memory.available"] = "10%" },
            SoftGracePeriods = new Dictionary<string, string> { ["memory.available"] = "1m30s" },
            MinimumReclaim = new Dictionary<string, string> { ["memory.available"] = "100Mi" },
        };
        IReadOnlyList<EvictionThreshold> thresholds = EvictionThresholds.Parse(config);
        EvictionState state = EvictionState.Initial.Next(config, thresholds, Memory("400Mi"), Start);
        Assert.Equal(["MemoryPressure"], state.Conditions);
        Assert.Null(state.ToReclaim);
        state = state.Next(config, thresholds, Memory("400Mi"), Start.AddSeconds(90));
        Assert.NotNull(state.ToReclaim);
        state = state.Next(config, thresholds, Memory("420Mi"), Start.AddSeconds(100));
        Assert.NotNull(state.ToReclaim);
        state = state.Next(config, thresholds, Memory("600Mi"), Start.AddSeconds(110));
        Assert.Null(state.ToReclaim);
    }

    [Theory]
    [InlineData("memory.avail", "1Gi", "unsupported eviction signal memory.avail")]
    [InlineData("memory.available", "-1Gi", "eviction threshold memory.available must be positive: -1Gi")]
    [InlineData("nodefs.available", "-3%", "eviction percentage threshold nodefs.available must be >= 0%: -3%")]
    [InlineData("nodefs.available", "101%", "eviction percentage threshold nodefs.available must be <= 100%: 101%")]
    public void Wrong_thresholds_are_told_in_upstreams_words(string signal, string value, string error)
    {
        EvictionConfig config = new() { Hard = new Dictionary<string, string> { [signal] = value } };
        Assert.Equal(error, Assert.Throws<FormatException>(() => EvictionThresholds.Parse(config)).Message);
    }

    [Fact]
    public void A_soft_threshold_needs_a_grace_period()
    {
        EvictionConfig config = new() { Soft = new Dictionary<string, string> { ["pid.available"] = "10%" } };
        Assert.Equal(
            "grace period must be specified for the soft eviction threshold pid.available",
            Assert.Throws<FormatException>(() => EvictionThresholds.Parse(config)).Message);
    }

    [Fact]
    public void Pods_above_their_requests_go_first_then_lower_priorities_then_the_largest_use()
    {
        Pod[] pods =
        [
            NewPod("within", request: "1Gi"), NewPod("important", priority: 10), NewPod("small"), NewPod("large"),
            NewPod("unknown", request: "1Gi", priority: 5),
        ];
        Dictionary<string, PodStats> stats = new()
        {
            ["within"] = Uses("within", 900), ["important"] = Uses("important", 500), ["small"] = Uses("small", 10),
            ["large"] = Uses("large", 20),
        };
        IReadOnlyList<Pod> ranked = EvictionRanking.Rank(
            EvictionSignal.Memory, pods, pod => stats.GetValueOrDefault(pod.Metadata.Uid), false);
        Assert.Equal(
            ["unknown", "large", "small", "important", "within"], ranked.Select(static one => one.Metadata.Name));
    }

    [Fact]
    public void With_a_disk_for_images_layers_count_there_and_logs_and_volumes_on_the_nodes()
    {
        Pod pod = NewPod("a") with
        {
            Spec = new PodSpec
            {
                Volumes = [new Volume { Name = "v", VolumeSource = new() { EmptyDir = new() } }],
                Containers = [new Container { Name = "main" }],
            },
        };
        PodStats stats = Uses("a", 1) with
        {
            Containers =
            [
                new ContainerStats
                {
                    Name = "main",
                    StartTime = Start,
                    RootFileSystem = new(Start) { UsedBytes = 1 },
                    Logs = new(Start) { UsedBytes = 10 },
                },
            ],
            Volumes = [new VolumeStats("v", new(Start) { UsedBytes = 100 })],
        };
        ulong Use(string signal, bool hasImageDisk) =>
            EvictionRanking.DiskUse(pod, stats, EvictionRanking.PartsOf(signal, hasImageDisk)).Bytes;
        Assert.Equal(111ul, Use(EvictionSignal.NodeDisk, false));
        Assert.Equal(110ul, Use(EvictionSignal.NodeDisk, true));
        Assert.Equal(1ul, Use(EvictionSignal.ImageDisk, true));
    }

    [Fact]
    public void The_message_names_the_threshold_and_containers_above_their_requests()
    {
        Pod pod = NewPod("a", request: "64Mi");
        EvictionMessage message = EvictionMessage.Of(
            pod,
            Uses("a", 128),
            EvictionThresholds.Parse(new())[0],
            Memory("50Mi"));
        Assert.Equal(
            "The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi. Container main was "
            + "using 128Mi, request is 64Mi, has larger consumption of memory. ",
            message.Text);
        Assert.Equal("main", message.Annotations["offending_containers"]);
        Assert.Equal("128Mi", message.Annotations["offending_containers_usage"]);
        Assert.Equal("memory", message.Annotations["starved_resource"]);
    }

    [Fact]
    public void Under_pressure_of_memory_only_pods_that_asked_for_it_come_in()
    {
        string[] memory = ["MemoryPressure"];
        Assert.Equal(
            ("Evicted", "The node had condition: [MemoryPressure]. "),
            (NodePressures.Refuses(NewPod("a"), memory)!.Reason, NodePressures.Refuses(NewPod("a"), memory)!.Message));
        Assert.Null(NodePressures.Refuses(NewPod("a", request: "1Mi"), memory));
        Assert.NotNull(NodePressures.Refuses(NewPod("a", request: "1Mi"), ["MemoryPressure", "DiskPressure"]));
        Assert.Null(NodePressures.Refuses(NewPod("a", priority: 2_000_000_000), ["DiskPressure"]));
    }

    [Fact]
    public void Local_storage_limits_bind_volumes_pods_and_containers()
    {
        ApiMap<Quantity> Limit(string text) => ApiMap<Quantity>.From([new("ephemeral-storage", Quantity.Parse(text))]);
        Pod pod = new()
        {
            Metadata = ObjectMeta.Empty with { Name = "a", Uid = "a" },
            Spec = new PodSpec
            {
                Volumes =
                [
                    new Volume
                    {
                        Name = "v",
                        VolumeSource = new() { EmptyDir = new() { SizeLimit = Quantity.Parse("50Mi") } },
                    },
                ],
                Containers = [new Container { Name = "main", Resources = new() { Limits = Limit("20Mi") } }],
            },
        };
        PodStats Used(ulong volume, ulong layer) => Uses("a", 1) with
        {
            Containers =
            [
                new ContainerStats
                {
                    Name = "main", StartTime = Start, RootFileSystem = new(Start) { UsedBytes = layer << 20 },
                },
            ],
            Volumes = [new VolumeStats("v", new(Start) { UsedBytes = volume << 20 })],
        };
        Assert.Null(StorageLimits.Exceeded(pod, Used(1, 2), false));
        Assert.Equal(
            "Usage of EmptyDir volume \"v\" exceeds the limit \"50Mi\". ",
            StorageLimits.Exceeded(pod, Used(51, 0), false));
        Assert.Equal(
            "Pod ephemeral local storage usage exceeds the total limit of containers 20Mi. ",
            StorageLimits.Exceeded(pod, Used(11, 10), false));
        Pod two = pod with
        {
            Spec = pod.Spec with
            {
                Containers =
                [
                    pod.Spec.Containers[0],
                    new Container { Name = "other", Resources = new() { Limits = Limit("1Gi") } },
                ],
            },
        };
        Assert.Equal(
            "Container main exceeded its local ephemeral storage limit \"20Mi\". ",
            StorageLimits.Exceeded(two, Used(0, 21), false));
        Assert.Null(StorageLimits.Exceeded(two, Used(0, 21), true));
    }

    private static Dictionary<string, EvictionObservation> Memory(string available) => new()
    {
        [EvictionSignal.Memory] = new(Quantity.Parse(available), Quantity.Parse("4100Mi")),
    };

    private static Pod NewPod(string name, string? request = null, int priority = 0) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = name, Uid = name },
        Spec = new PodSpec
        {
            Priority = priority,
            Containers =
            [
                new Container
                {
                    Name = "main",
                    Resources = new()
                    {
                        Requests = request is null
                            ? default
                            : ApiMap<Quantity>.From([new("memory", Quantity.Parse(request))]),
                    },
                },
            ],
        },
    };

    private static PodStats Uses(string name, ulong mebibytes)
    {
        MemoryStats memory = new(Start) { WorkingSetBytes = mebibytes << 20 };
        return new()
        {
            Name = name,
            Namespace = "ns",
            Uid = name,
            StartTime = Start,
            Memory = memory,
            Containers = [new ContainerStats { Name = "main", StartTime = Start, Memory = memory }],
        };
    }
}
