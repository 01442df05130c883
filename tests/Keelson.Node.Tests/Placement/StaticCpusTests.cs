using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Placement;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Statuses;

namespace Keelson.Nodes.Tests.Placement;

/// <summary>Processors and memory of containers' own.</summary>
public sealed class StaticCpusTests : IDisposable
{
    // Two sockets, each a NUMA node of two cores with two threads: 0 and 4, 1 and 5 | 2 and 6, 3 and 7.
    private static readonly CpuTopology Machine = new(
        [.. Enumerable.Range(0, 8).Select(static id => new Cpu(id, id % 4, id % 4 / 2, id % 4 / 2))]);

    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-cpus-").FullName;

    [Theory]
    [InlineData("0-7", 4, "0-1,4-5")]
    [InlineData("1-7", 4, "2-3,6-7")]
    [InlineData("0-7", 2, "0,4")]
    [InlineData("1-7", 1, "4")]
    [InlineData("0-7", 5, "0-2,4-5")]
    public void Whole_sockets_come_first_then_whole_cores_then_single_processors(
        string available, int count, string chosen) =>
        Assert.Equal(chosen, CpuSet.Format(CpuPick.Take(Machine, CpuSet.Parse(available), count, null)!));

    [Fact]
    public void Processors_of_the_chosen_nodes_come_first()
    {
        Assert.Equal("2,6", CpuSet.Format(CpuPick.Take(Machine, CpuSet.Parse("0-7"), 2, NumaMask.Of(1))!));
        Assert.Null(CpuPick.Take(Machine, CpuSet.Parse("0-1"), 3, null));
    }

    [Theory]
    [InlineData("distribute-cpus-across-numa", 6, "0-1,4,2-3,6")]
    [InlineData("distribute-cpus-across-numa", 4, "0-1,4-5")]
    [InlineData("distribute-cpus-across-cores", 4, "0-3")]
    [InlineData("distribute-cpus-across-cores", 5, "0-4")]
    [InlineData("prefer-align-cpus-by-uncorecache", 2, "2,6")]
    public void Options_choose_otherwise(string option, int count, string chosen)
    {
        // The first core is taken in part, so that its cache has less left than others.
        SortedSet<int> free = option.StartsWith("prefer", StringComparison.Ordinal)
            ? CpuSet.Parse("1-3,5-7") : CpuSet.Parse("0-7");
        CpuTopology machine = new(
            [.. Machine.Cpus.Select(static one => one with { Cache = one.Id % 4 < 2 ? 0 : one.Core })]);
        CpuOptions options = CpuOptions.Of(new Dictionary<string, string> { [option] = "true" });
        IReadOnlyList<int> taken = CpuPick.Take(machine, free, count, null, options)!;
        Assert.Equal(CpuSet.Parse(chosen), taken);
    }

    [Fact]
    public void A_part_of_a_cache_is_taken_where_it_gives_just_what_is_needed()
    {
        // One socket; caches of two cores with two threads: 0 and 4, 1 and 5 | 2 and 6, 3 and 7.
        CpuTopology machine = new(
            [.. Enumerable.Range(0, 8).Select(static id => new Cpu(id, id % 4, 0, 0) { Cache = id % 4 / 2 })]);
        CpuOptions options = CpuOptions.Of(
            new Dictionary<string, string> { ["prefer-align-cpus-by-uncorecache"] = "true" });

        // The first cache has one processor of its first core left, so its first cores do not give four.
        Assert.Equal("2-3,6-7", CpuSet.Format(CpuPick.Take(machine, CpuSet.Parse("1-7"), 4, null, options)!));
        Assert.Equal("2-3,6", CpuSet.Format(CpuPick.Take(machine, CpuSet.Parse("2-7"), 3, null, options)!));
        Assert.Equal("0-2,4-6", CpuSet.Format(CpuPick.Take(machine, CpuSet.Parse("0-7"), 6, null, options)!));
    }

    [Fact]
    public void Nodes_are_spread_over_so_that_all_have_most_evenly_left()
    {
        // Four nodes of four processors, of which the first has one given away and the last three.
        CpuTopology machine = new([.. Enumerable.Range(0, 16).Select(static id => new Cpu(id, id, 0, id / 4))]);
        CpuOptions options = CpuOptions.Of(
            new Dictionary<string, string> { ["distribute-cpus-across-numa"] = "true" });
        SortedSet<int> free = CpuSet.Parse("1-12");
        Assert.Equal("4-6,8-10", CpuSet.Format(CpuPick.Take(machine, free, 6, null, options)!));
        Assert.Equal("4-6,8-9", CpuSet.Format(CpuPick.Take(machine, free, 5, null, options)!));
        Assert.Equal("1-6,8-10", CpuSet.Format(CpuPick.Take(machine, free, 9, null, options)!));
    }

    [Fact]
    public void Where_sockets_count_all_their_nodes_are_close()
    {
        // One socket with two nodes.
        CpuTopology machine = new([.. Enumerable.Range(0, 4).Select(static id => new Cpu(id, id, 0, id / 2))]);
        CpuOptions options = CpuOptions.Of(new Dictionary<string, string> { ["align-by-socket"] = "true" });
        Assert.Equal([0, 1], CpuPick.Take(machine, CpuSet.Parse("0-3"), 2, NumaMask.Of(1), options)!);
        Assert.Equal([2, 3], CpuPick.Take(machine, CpuSet.Parse("0-3"), 2, NumaMask.Of(1))!);
    }

    [Theory]
    [InlineData("full-pcpus-only=yes", "none",
        "bad value for option \"full-pcpus-only\": strconv.ParseBool: parsing \"yes\": invalid syntax")]
    [InlineData("no-such=true", "none", "unknown CPU Manager Policy option: \"no-such\"")]
    [InlineData("align-by-socket=true", "single-numa-node",
        "Topology manager single-numa-node policy is incompatible with CPUManager align-by-socket policy option")]
    [InlineData("full-pcpus-only=true", "none", null)]
    public void Options_that_do_not_go_are_refused(string option, string topology, string? error)
    {
        string[] parts = option.Split('=');
        Assert.Equal(
            error, CpuOptions.FindError(new Dictionary<string, string> { [parts[0]] = parts[1] }, topology));
    }

    [Fact]
    public async Task Guaranteed_containers_get_whole_processors_until_none_are_left()
    {
        StaticCpus cpus = Cpus();
        Assert.Null(await AllocateAsync(cpus, NewPod("a", "4")));
        Assert.Equal("2-3,6-7", CpuSet.Format(cpus.Of("a", "main")!));
        Assert.Equal("0-1,4-5", CpuSet.Format(cpus.Shared));
        Assert.Null(await AllocateAsync(cpus, NewPod("fraction", "1500m")));
        Assert.Null(cpus.Of("fraction", "main"));
        PodVerdict refused = (await AllocateAsync(cpus, NewPod("b", "4")))!;
        Assert.Equal("UnexpectedAdmissionError", refused.Reason);
        Assert.Equal(
            "Allocate failed due to not enough cpus available to satisfy request: requested=4, available=3, which is "
            + "unexpected",
            refused.Message);

        // The next agent finds what was given, and what is given back is shared again.
        StaticCpus next = Cpus();
        Assert.Equal("2-3,6-7", CpuSet.Format(next.Of("a", "main")!));
        next.Release("a");
        Assert.Equal("0-7", CpuSet.Format(next.Shared));
    }

    [Fact]
    public async Task Only_whole_cores_are_given_where_that_is_asked_for()
    {
        PodVerdict refused = (await AllocateAsync(Cpus("full-pcpus-only"), NewPod("a", "3")))!;
        Assert.Equal("SMTAlignmentError", refused.Reason);
        Assert.Equal("SMT Alignment Error: requested 3 cpus not multiple cpus per core = 2", refused.Message);
    }

    [Fact]
    public async Task A_pod_that_fits_no_single_node_is_refused_with_the_topology_error()
    {
        Placements placements = new(
            new PlacementConfig { TopologyPolicy = "single-numa-node" }, new(Machine.NumaNodes), [Cpus()]);
        Assert.Null(await placements.AdmitAsync(NewPod("a", "3"), default));
        PodVerdict refused = (await placements.AdmitAsync(NewPod("b", "5"), default))!;
        Assert.Equal(
            ("TopologyAffinityError", "Resources cannot be allocated with Topology locality"),
            (refused.Reason, refused.Message));
    }

    [Fact]
    public async Task Memory_comes_from_a_node_that_has_it_left()
    {
        StaticMemory memory = new(
            new Dictionary<int, long> { [0] = 2L << 30, [1] = 4L << 30 },
            new PlacementFile(Path.Combine(_directory, "memory_manager_state"), Assert.Fail));
        async Task<PodVerdict?> GiveAsync(Pod pod) => await memory.AllocateAsync(
            pod, ContainerSpec.RegularOf(pod.Spec).First(), null, default);
        Assert.Null(await GiveAsync(NewPod("a", "1", "3Gi")));
        Assert.Equal([1], memory.Of("a", "main")!.Value.Nodes.Nodes);
        Assert.Null(await GiveAsync(NewPod("b", "1", "2Gi")));
        Assert.Equal([0], memory.Of("b", "main")!.Value.Nodes.Nodes);
        Assert.Contains(
            "no NUMA nodes with enough memory is available",
            (await GiveAsync(NewPod("c", "1", "2Gi")))!.Message,
            StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private StaticCpus Cpus(params string[] options) => new(
        Machine,
        [0],
        options.ToDictionary(static one => one, static _ => "true"),
        new PlacementFile(Path.Combine(_directory, "cpu_manager_state"), Assert.Fail));

    private static Task<PodVerdict?> AllocateAsync(StaticCpus cpus, Pod pod) =>
        cpus.AllocateAsync(pod, ContainerSpec.RegularOf(pod.Spec).First(), null, default);

    private static Pod NewPod(string name, string cpu, string memory = "1Gi")
    {
        ApiMap<Quantity> amounts = ApiMap<Quantity>.From(
            [new("cpu", Quantity.Parse(cpu)), new("memory", Quantity.Parse(memory))]);
        return new()
        {
            Metadata = ObjectMeta.Empty with { Name = name, Namespace = "ns", Uid = name },
            Spec = new PodSpec
            {
                Containers =
                [
                    new Container { Name = "main", Resources = new() { Requests = amounts, Limits = amounts } },
                ],
            },
        };
    }
}
