using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Cgroups;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Tests.Pods;

namespace Keelson.Nodes.Tests.Cgroups;

/// <summary>Control groups of pods that systemd makes.</summary>
public sealed class SystemdCgroupTests : IAsyncDisposable
{
    private const string Burstable = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podb_1.slice";

    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-systemd-").FullName;
    private readonly List<string> _logged = [];
    private FakeSystemd? _systemd;
    private SystemdUnits? _units;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Tree => Path.Combine(_directory, "cgroup");

    [Fact]
    public async Task Pods_of_each_class_get_slices_with_what_they_are_bound_to()
    {
        FakeSystemd systemd = Start();
        PodCgroups groups = Groups(new(3000, 1 << 30));
        Assert.Null(await groups.PrepareAsync(Cancellation));
        Pod guaranteed = Pod("g-1", PodQOSClass.Guaranteed);
        Pod burstable = Pod("b-1", PodQOSClass.Burstable) with
        {
            Spec = new PodSpec { Containers = [Asking("100m")] },
        };
        groups.Active = () => [guaranteed, burstable];
        Pod rest = Pod("r-1", PodQOSClass.BestEffort);
        Assert.Null(await groups.SetUpAsync(guaranteed, new(512, 50_000, 64 << 20), Cancellation));
        Assert.Null(await groups.SetUpAsync(burstable, new(102, null, null), Cancellation));
        Assert.Null(await groups.SetUpAsync(rest, new(2, null, null), Cancellation));

        Assert.Equal(Burstable, groups.ParentOf(burstable));
        Assert.Equal("/kubepods.slice/kubepods-podg_1.slice", groups.ParentOf(guaranteed));
        Assert.Equal(
            ["/kubepods.slice", "/kubepods.slice/kubepods-burstable.slice",
                "/kubepods.slice/kubepods-besteffort.slice"],
            groups.Classes);
        Assert.Equal(
            """
            kubepods-besteffort-podr_1.slice <kubepods-besteffort.slice CPUWeight=1 Quota=∞ MemoryMax=∞ TasksMax=100
            kubepods-besteffort.slice <kubepods.slice CPUWeight=1
            kubepods-burstable-podb_1.slice <kubepods-burstable.slice CPUWeight=4 Quota=∞ MemoryMax=∞ TasksMax=100
            kubepods-burstable.slice <kubepods.slice CPUWeight=4
            kubepods-podg_1.slice <kubepods.slice CPUWeight=20 Quota=500000 MemoryMax=67108864 TasksMax=100
            kubepods.slice <-.slice CPUWeight=118 MemoryMax=1073741824
            """,
            Told(systemd));
        foreach (string one in (string[])["MemoryAccounting", "CPUAccounting", "IOAccounting", "TasksAccounting"])
        {
            Assert.All(systemd.Units.Values, unit => Assert.Equal("yes", unit[one]));
        }

        Assert.All(systemd.Units.Values, static unit => Assert.Equal("no", unit["DefaultDependencies"]));
        Assert.Equal("67108864", systemd.File_("/kubepods.slice/kubepods-podg_1.slice/memory.max"));
        Assert.Equal("50000 100000", systemd.File_("/kubepods.slice/kubepods-podg_1.slice/cpu.max"));
        Assert.Equal("max 100000", systemd.File_(Burstable + "/cpu.max"));
        Assert.Equal("+cpu +memory +pids", systemd.File_("/kubepods.slice/cgroup.subtree_control").Replace(
            "+cpuset ", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pod_that_is_resized_keeps_its_slice_and_one_that_is_not_costs_nothing()
    {
        FakeSystemd systemd = Start();
        PodCgroups groups = Groups();
        Pod pod = Pod("b-1", PodQOSClass.Burstable);
        await groups.SetUpAsync(pod, new(102, 12_345, 1 << 20), Cancellation);
        int calls = systemd.Calls.Count;
        await groups.SetUpAsync(pod, new(102, 12_345, 1 << 20), Cancellation);
        Assert.Equal(calls, systemd.Calls.Count);

        // Whole parts of a hundred of a processor, in both places.
        Assert.Equal("130000", systemd.Units["kubepods-burstable-podb_1.slice"]["CPUQuotaPerSecUSec"]);
        Assert.Equal("13000 100000", systemd.File_(Burstable + "/cpu.max"));

        await groups.SetUpAsync(pod, new(204, null, 2 << 20), Cancellation);
        Assert.Equal(
            ["SetUnitProperties kubepods-burstable.slice", "SetUnitProperties kubepods-burstable-podb_1.slice"],
            systemd.Calls.Skip(calls));
        Assert.Equal("2097152", systemd.File_(Burstable + "/memory.max"));
        Assert.Equal("max 100000", systemd.File_(Burstable + "/cpu.max"));
    }

    [Fact]
    public async Task Slices_that_are_there_are_taken_up_and_those_of_pods_that_are_gone_are_stopped()
    {
        FakeSystemd systemd = Start();
        Pod pod = Pod("b-1", PodQOSClass.Burstable);
        await Groups().SetUpAsync(pod, new(102, null, null), Cancellation);

        // Another agent finds them, and knows nothing of who made them.
        PodCgroups groups = Groups();
        Assert.Null(await groups.SetUpAsync(pod, new(102, null, null), Cancellation));
        Assert.Equal(4, systemd.Calls.Count(static one => one.StartsWith("StartT", StringComparison.Ordinal)));
        Assert.Equal(["b-1"], groups.Idle());
        await File.WriteAllTextAsync(
            Path.Combine(systemd.Group(Burstable + "/crio-1.scope"), "cgroup.procs"), "12\n", Cancellation);
        Assert.Empty(groups.Idle());

        Assert.Null(await groups.TearDownAsync("b-1", Cancellation));
        Assert.False(systemd.Units.ContainsKey("kubepods-burstable-podb_1.slice"));
        Assert.False(groups.IsSetUp(pod));
        Assert.Null(await groups.TearDownAsync("b-1", Cancellation));
        await groups.TearDownAllAsync(Cancellation);
        Assert.Empty(systemd.Units);
    }

    [Fact]
    public async Task A_slice_that_somebody_else_stopped_is_made_again()
    {
        FakeSystemd systemd = Start();
        PodCgroups groups = Groups();
        Pod pod = Pod("b-1", PodQOSClass.Burstable);
        await groups.SetUpAsync(pod, new(102, null, null), Cancellation);
        Directory.Delete(systemd.Group(Burstable), recursive: true);

        // systemd still knows the unit: making it is refused, and it is started.
        Assert.Null(await groups.SetUpAsync(pod, new(102, null, null), Cancellation));
        Assert.True(groups.IsSetUp(pod));
        Assert.Contains("StartUnit kubepods-burstable-podb_1.slice", systemd.Calls);
    }

    [Fact]
    public async Task A_job_that_fails_is_told()
    {
        FakeSystemd systemd = Start();
        systemd.Result = "failed";
        Assert.Equal(
            "error creating systemd unit `kubepods.slice`: got `failed`",
            await Groups().SetUpAsync(Pod("b-1", PodQOSClass.Burstable), new(2, null, null), Cancellation));
        Assert.Contains("ResetFailedUnit kubepods.slice", systemd.Calls);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_end_of_a_job_may_be_told_before_its_name_and_a_broken_connection_is_made_anew(bool isBus)
    {
        FakeSystemd systemd = Start(isBus);
        systemd.IsHasty = true;
        await _units!.StartAsync("a.slice", [], Cancellation);
        await systemd.HangUpAsync();
        await _units.StartAsync("b.slice", [], Cancellation);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(one => _units.StartAsync($"c{one}.slice", [], Cancellation)));
        Assert.Equal(22, systemd.Units.Count);
        Assert.Equal(252, await _units.VersionAsync(Cancellation));
    }

    [Fact]
    public async Task Without_systemd_it_is_said_where_it_was_looked_for()
    {
        await using SystemdUnits nobody = new(TimeProvider.System, _logged.Add)
        {
            BusSocket = Path.Combine(_directory, "none"), PrivateSocket = Path.Combine(_directory, "nobody"),
        };
        IOException error = await Assert.ThrowsAsync<IOException>(() => nobody.StartAsync("a.slice", [], Cancellation));
        Assert.StartsWith(
            $"failed to connect to dbus at {Path.Combine(_directory, "none")}: ", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Burstable_pods_together_get_what_all_of_them_ask_for()
    {
        FakeSystemd systemd = Start();
        PodCgroups groups = Groups();

        // It ran before this agent did.
        Pod before = Pod("b-0", PodQOSClass.Burstable) with
        {
            Spec = new PodSpec { Containers = [Asking("250m")] },
        };
        groups.Active = () => [before];
        await groups.SetUpAsync(Pod("b-1", PodQOSClass.Burstable), new(256, null, null), Cancellation);
        string together = CpuShares.WeightOf(512).ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(together, systemd.Units["kubepods-burstable.slice"]["CPUWeight"]);
        await groups.TearDownAsync("b-1", Cancellation);
        Assert.Equal(
            CpuShares.WeightOf(256).ToString(System.Globalization.CultureInfo.InvariantCulture),
            systemd.Units["kubepods-burstable.slice"]["CPUWeight"]);
    }

    [Fact]
    public async Task Only_groups_without_processes_are_removed()
    {
        FakeSystemd systemd = Start();
        PodCgroups groups = Groups();
        await groups.SetUpAsync(Pod("b-1", PodQOSClass.Burstable), new(102, null, null), Cancellation);
        await groups.SetUpAsync(Pod("b-2", PodQOSClass.Burstable), new(102, null, null), Cancellation);
        string busy = Path.Combine(systemd.Group(Burstable + "/crio-1.scope"), "cgroup.procs");
        await File.WriteAllTextAsync(busy, "12\n", Cancellation);
        CgroupFiles files = new(Tree);
        SystemdCgroupDriver driver = new(_units!, files);
        Assert.False(await EmptyCgroups.RemoveAsync("/kubepods.slice", driver, files, Cancellation));
        Assert.Equal(
            ["kubepods-burstable-podb_1.slice", "kubepods-burstable.slice", "kubepods.slice"],
            systemd.Units.Keys.Order(StringComparer.Ordinal));
        await File.WriteAllTextAsync(busy, "", Cancellation);
        Assert.True(await EmptyCgroups.RemoveAsync("/kubepods.slice", driver, files, Cancellation));
        Assert.Empty(systemd.Units);
    }

    [Fact]
    public void What_is_reserved_becomes_bounds()
    {
        Dictionary<string, Quantity> reserved = new()
        {
            ["cpu"] = Quantity.Parse("500m"), ["memory"] = Quantity.Parse("1Gi"), ["pid"] = Quantity.Parse("1000"),
            ["ephemeral-storage"] = Quantity.Parse("1Gi"),
        };
        Assert.Equal(
            new CgroupBounds { CpuShares = 512, Memory = 1 << 30, Processes = 1000 },
            ReservedCgroups.BoundsOf(reserved, isWhole: true));
        Assert.Equal(new CgroupBounds { CpuShares = 512 }, ReservedCgroups.BoundsOf(reserved, isWhole: false));
    }

    public async ValueTask DisposeAsync()
    {
        if (_units is not null)
        {
            await _units.DisposeAsync();
        }

        if (_systemd is not null)
        {
            await _systemd.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private static Container Asking(string cpu) => PodFixture.Container("c") with
    {
        Resources = new() { Requests = ApiMap<Quantity>.From([KeyValuePair.Create("cpu", Quantity.Parse(cpu))]) },
    };

    private static Pod Pod(string uid, string quality)
    {
        Pod pod = PodFixture.Pod("Always", PodFixture.Container("c"));
        return pod with
        {
            Metadata = pod.Metadata with { Uid = uid }, Status = new() { QosClass = quality },
        };
    }

    private static string Told(FakeSystemd systemd) => string.Join(
        '\n',
        systemd.Units.OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one =>
            one.Key + string.Concat(
                ((string[])["Wants", "CPUWeight", "CPUQuotaPerSecUSec", "MemoryMax", "TasksMax"])
                    .Where(one.Value.ContainsKey)
                    .Select(name => $" {Short(name)}{one.Value[name].Replace(
                        ulong.MaxValue.ToString(System.Globalization.CultureInfo.InvariantCulture), "∞",
                        StringComparison.Ordinal)}"))));

    private static string Short(string name) => name switch
    {
        "Wants" => "<",
        "CPUQuotaPerSecUSec" => "Quota=",
        _ => name + "=",
    };

    private FakeSystemd Start(bool isBus = true)
    {
        string socket = Path.Combine(_directory, "socket");
        _systemd = new(socket, Tree, isBus);
        _units = new(TimeProvider.System, _logged.Add)
        {
            BusSocket = isBus ? socket : Path.Combine(_directory, "none"),
            PrivateSocket = isBus ? Path.Combine(_directory, "none") : socket,
        };
        return _systemd;
    }

    private PodCgroups Groups(PodsBounds? bounds = null)
    {
        CgroupFiles files = new(Tree);
        return new(new SystemdCgroupDriver(_units!, files), files, "", true) { Bounds = bounds, ProcessesMax = 100 };
    }
}
