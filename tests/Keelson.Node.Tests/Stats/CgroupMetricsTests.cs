using System.Text.Json;
using Keelson.Nodes.Server.Stats;
using Keelson.Nodes.Stats;

namespace Keelson.Nodes.Tests.Stats;

/// <summary>What control groups tell, as cAdvisor shows it.</summary>
public sealed class CgroupMetricsTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly string _root = Directory.CreateTempSubdirectory("keelson-cgroups-").FullName;

    [Fact]
    public void Both_versions_of_control_groups_tell_of_throttling_limits_and_kills()
    {
        Write("v1/sys/fs/cgroup/cpuacct/a/cpuacct.usage", "2000000000");
        Write("v1/sys/fs/cgroup/cpuacct/a/cpuacct.stat", "user 150\nsystem 50\n");
        Write("v1/sys/fs/cgroup/cpu/a/cpu.stat", "nr_periods 10\nnr_throttled 4\nthrottled_time 3000000000\n");
        Write("v1/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "50000");
        Write("v1/sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000");
        Write("v1/sys/fs/cgroup/memory/a/memory.usage_in_bytes", "1000");
        Write("v1/sys/fs/cgroup/memory/a/memory.limit_in_bytes", "5000");
        Write("v1/sys/fs/cgroup/memory/a/memory.oom_control", "oom_kill_disable 0\noom_kill 2\n");
        Write("v1/sys/fs/cgroup/memory/a/memory.stat", "total_cache 300\ntotal_rss 400\ntotal_inactive_file 250\n");
        Write("v1/sys/fs/cgroup/pids/a/pids.current", "7");
        Write(
            "v1/sys/fs/cgroup/blkio/a/blkio.throttle.io_service_bytes_recursive",
            "8:0 Read 40\n8:0 Write 50\nTotal 90\n");
        Write("v1/sys/dev/block/8:0/uevent", "MAJOR=8\nDEVNAME=sda\n");
        Write("v2/sys/fs/cgroup/cgroup.controllers", "cpu memory");
        Write("v2/sys/fs/cgroup/a/cpu.stat", "usage_usec 2000000\nuser_usec 1500000\nsystem_usec 500000\n"
            + "nr_periods 10\nnr_throttled 4\nthrottled_usec 3000000\n");
        Write("v2/sys/fs/cgroup/a/cpu.max", "50000 100000");
        Write("v2/sys/fs/cgroup/a/cpu.pressure", "some avg10=0.50 avg60=0.25 avg300=0.10 total=2500000\n"
            + "full avg10=0.00 avg60=0.00 avg300=0.00 total=1000000\n");
        Write("v2/sys/fs/cgroup/a/memory.current", "1000");
        Write("v2/sys/fs/cgroup/a/memory.max", "5000");
        Write("v2/sys/fs/cgroup/a/memory.events", "low 0\nmax 3\noom_kill 2\n");
        Write("v2/sys/fs/cgroup/a/memory.stat", "file 300\nanon 400\ninactive_file 250\n");
        Write("v2/sys/fs/cgroup/a/pids.current", "7");
        Write("v2/sys/fs/cgroup/a/io.stat", "8:0 rbytes=40 wbytes=50 rios=1 wios=2\n");
        Write("v2/sys/dev/block/8:0/uevent", "MAJOR=8\nDEVNAME=sda\n");
        foreach (string version in (string[])["v1", "v2"])
        {
            CgroupFigures found = new CgroupReader(new(Path.Combine(_root, version))).Read("/a");
            Assert.Equal((2.0, 1.5, 0.5), (found.CpuSeconds, found.CpuUserSeconds, found.CpuSystemSeconds));
            Assert.Equal((10ul, 4ul, 3.0), (found.Periods, found.ThrottledPeriods, found.ThrottledSeconds));
            Assert.Equal((50000ul, 100000ul), (found.Quota, found.Period));
            Assert.Equal((750ul, 5000ul, 300ul, 400ul),
                (found.WorkingSet, found.MemoryLimit, found.Cache, found.Rss));
            Assert.Equal((2ul, 7ul), (found.OomKills, found.Threads));
            DeviceFigures disk = Assert.Single(found.Devices);
            Assert.Equal(("/dev/sda", 40ul, 50ul), (disk.Device, disk.ReadBytes, disk.WrittenBytes));
        }

        CgroupFigures unified = new CgroupReader(new(Path.Combine(_root, "v2"))).Read("/a");
        Assert.Equal(
            new PressureStats(new(1000000, 0, 0, 0), new(2500000, .5, .25, .1)), unified.Pressures["cpu"]);
    }

    [Fact]
    public void Containers_are_told_by_their_group_their_image_and_their_pod()
    {
        CgroupSubject one = new()
        {
            Group = "/kubepods/podx/c", Container = "main", Image = "app:1", Name = "c", Namespace = "ns", Pod = "pod",
            Figures = new() { CpuSeconds = 1.5, Periods = 3, Quota = 100, MemoryUsage = 10 },
            Links = [new("eth0", [1, 2, 3, 4], [5, 6, 7, 8])],
        };
        CgroupSubject unlimited = one with { Container = "free", Figures = new() { Periods = 9 } };
        MetricsText text = new();
        CgroupMetrics.Write(text, [one, unlimited], Now);
        string shown = text.ToString();
        const string Labels = """id="/kubepods/podx/c",image="app:1""";
        Assert.Contains(
            "container_cpu_usage_seconds_total{container=\"main\",cpu=\"total\"," + Labels
            + "\",name=\"c\",namespace=\"ns\",pod=\"pod\"} 1.5 1767225600000\n", shown, StringComparison.Ordinal);
        Assert.Contains(
            "container_network_transmit_packets_dropped_total{container=\"main\"," + Labels
            + "\",interface=\"eth0\",name=\"c\",namespace=\"ns\",pod=\"pod\"} 8 ", shown, StringComparison.Ordinal);
        Assert.Contains("container_cpu_cfs_periods_total{container=\"main\"", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("container_cpu_cfs_periods_total{container=\"free\"", shown, StringComparison.Ordinal);
        Assert.Contains("container_spec_memory_limit_bytes{container=\"main\"", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void What_processes_have_open_and_do_is_counted()
    {
        Write("sys/fs/cgroup/cgroup.controllers", "cpu");
        Write("sys/fs/cgroup/a/cgroup.procs", "12\n13\n14\n");
        Write("proc/12/stat", "12 (a (odd) name) S 1 12");
        Write("proc/13/stat", "13 (b) R 1 13");
        Write("proc/12/limits", "Limit   Soft Limit   Hard Limit   Units\n"
            + "Max open files            1024                 524288               files\n");
        foreach ((string name, string target) in ((string, string)[])
            [("12/fd/0", "/dev/null"), ("12/fd/1", "socket:[4711]"), ("13/fd/0", "pipe:[1]")])
        {
            string link = Path.Combine(_root, "proc", name);
            Directory.CreateDirectory(Path.GetDirectoryName(link)!);
            File.CreateSymbolicLink(link, target);
        }

        ProcessFigures found = new CgroupReader(new(_root)).ReadProcesses("/a");
        Assert.Equal((3, 1, 1024.0), (found.Descriptors, found.Sockets, found.FilesMost));
        MetricsText text = new();
        CgroupMetrics.Write(
            text, [new() { Group = "/a", Figures = new() { ProcessFigures = found } }], DateTimeOffset.UnixEpoch);
        string shown = text.ToString();
        const string Of = "{container=\"\",id=\"/a\",image=\"\",name=\"\",namespace=\"\",pod=\"\"";
        Assert.Contains("container_file_descriptors" + Of + "} 3 0\n", shown, StringComparison.Ordinal);
        Assert.Contains("container_sockets" + Of + "} 1 0\n", shown, StringComparison.Ordinal);
        Assert.Contains("container_ulimits_soft" + Of + ",ulimit=\"max_open_files\"} 1024 0\n", shown,
            StringComparison.Ordinal);
        Assert.Contains("container_tasks_state" + Of + ",state=\"running\"} 1 0\n", shown, StringComparison.Ordinal);
        Assert.Contains("container_tasks_state" + Of + ",state=\"sleeping\"} 1 0\n", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/kubepods/podx", "1", "/kubepods/podx/1")]
    [InlineData("/kubepods/podx", "crio-1", "/kubepods/podx/crio-1")]
    [InlineData("/kubepods.slice/kubepods-podx.slice", "cri-containerd-1.scope",
        "/kubepods.slice/kubepods-podx.slice/cri-containerd-1.scope")]
    [InlineData("/kubepods.slice/kubepods-podx.slice", "crio-1.scope",
        "/kubepods.slice/kubepods-podx.slice/crio-1.scope")]
    public void A_containers_group_is_named_by_its_runtime(string pod, string name, string expected)
    {
        Write("sys/fs/cgroup/cgroup.controllers", "cpu");
        Write($"sys/fs/cgroup{pod}/{name}/memory.stat", "");

        // What watches over the container is not the container.
        Write($"sys/fs/cgroup{pod}/crio-conmon-1.scope/memory.stat", "");
        Write($"sys/fs/cgroup{pod}/crio-conmon-1.scope/cgroup.procs", "99\n");

        // Where crun makes a group in it, that holds the processes.
        Write($"sys/fs/cgroup{pod}/{name}/container/cgroup.procs", "7\n8\n");
        CgroupReader reader = new(new(_root));
        string path = reader.PathOf(pod, "1");
        Assert.Equal(expected, path);
        Assert.Equal(["7", "8"], reader.ProcessesWithin(path));
    }

    [Fact]
    public void The_summary_says_how_long_was_waited_where_the_kernel_does()
    {
        Write("sys/fs/cgroup/cgroup.controllers", "cpu");
        const string Waited = "some avg10=1.50 avg60=0.00 avg300=0.00 total=7\n"
            + "full avg10=0.00 avg60=0.00 avg300=0.00 total=3\n";
        Write("proc/pressure/cpu", Waited);
        Write("sys/fs/cgroup/pods/x/c1/io.pressure", Waited);
        CgroupPressures pressures = new(new(_root), TimeProvider.System);
        ContainerStats container = new()
        {
            Name = "main", StartTime = Now, Identity = new("/pods/x/c1", "", "c1"), Memory = new(Now),
        };
        PodStats pod = new()
        {
            Name = "p", Namespace = "ns", Uid = "x", StartTime = Now, Containers = [container],
        };
        NodeStats node = new() { NodeName = "n", StartTime = Now, Processor = new(Now, 1, 2) };
        StatsSummary summary = new(pressures.Of(node, ""), [pressures.Of(pod, "/pods/x")]);
        using JsonDocument json = JsonDocument.Parse(SummaryJson.Write(summary, onlyProcessorAndMemory: true));
        JsonElement found = json.RootElement.GetProperty("node").GetProperty("cpu").GetProperty("psi");
        Assert.Equal(
            """{"full":{"total":3,"avg10":0,"avg60":0,"avg300":0},"some":"""
            + """{"total":7,"avg10":1.5,"avg60":0,"avg300":0}}""",
            JsonSerializer.Serialize(found));
        JsonElement shown = json.RootElement.GetProperty("pods")[0];
        Assert.False(shown.TryGetProperty("io", out _));
        JsonElement inside = shown.GetProperty("containers")[0];
        JsonElement disk = inside.GetProperty("io").GetProperty("psi");
        Assert.Equal(7, disk.GetProperty("some").GetProperty("total").GetInt32());
        Assert.False(inside.GetProperty("memory").TryGetProperty("psi", out _));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Write(string path, string text)
    {
        string full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
