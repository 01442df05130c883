using Keelson.Nodes.Server.Stats;
using Keelson.Nodes.Stats;
using Keelson.Nodes.Tests.Nodes;

namespace Keelson.Nodes.Tests.Stats;

/// <summary>Figures of use from the kernel's files.</summary>
public sealed class UsageTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly string _root = Directory.CreateTempSubdirectory("keelson-stats-").FullName;

    [Fact]
    public void Both_versions_of_control_groups_say_the_same()
    {
        Write("v1/sys/fs/cgroup/cpuacct/pods/a/cpuacct.usage", "12000");
        Write("v1/sys/fs/cgroup/memory/pods/a/memory.usage_in_bytes", "1000");
        Write("v1/sys/fs/cgroup/memory/pods/a/memory.limit_in_bytes", "5000");
        Write(
            "v1/sys/fs/cgroup/memory/pods/a/memory.stat",
            "inactive_file 7\ntotal_inactive_file 300\ntotal_rss 400\n");
        Write("v2/sys/fs/cgroup/cgroup.controllers", "cpu memory");
        Write("v2/sys/fs/cgroup/pods/a/cpu.stat", "usage_usec 12\nuser_usec 1\n");
        Write("v2/sys/fs/cgroup/pods/a/memory.current", "1000");
        Write("v2/sys/fs/cgroup/pods/a/memory.max", "5000");
        Write("v2/sys/fs/cgroup/pods/a/memory.stat", "anon 400\ninactive_file 300\n");
        foreach (string version in (string[])["v1", "v2"])
        {
            ControlGroups groups = new(new(Path.Combine(_root, version)));
            Assert.Equal(version == "v2", groups.IsUnified);
            Assert.Equal(12000ul, groups.ProcessorNanoseconds("/pods/a"));
            MemoryStats memory = groups.Memory("/pods/a", Now)!;
            Assert.Equal((700ul, 4300ul, 400ul), (memory.WorkingSetBytes, memory.AvailableBytes, memory.RssBytes));
            Assert.Null(groups.Memory("/pods/b", Now));
            Assert.Null(groups.ProcessorNanoseconds("/pods/b"));
        }
    }

    [Fact]
    public void A_group_without_a_limit_has_no_memory_left_to_tell()
    {
        Write("sys/fs/cgroup/memory/a/memory.usage_in_bytes", "1000");
        Write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "9223372036854771712");
        Write("sys/fs/cgroup/memory/a/memory.stat", "total_inactive_file 2000");
        MemoryStats memory = new ControlGroups(new(_root)).Memory("a", Now)!;
        Assert.Null(memory.AvailableBytes);
        Assert.Equal(0ul, memory.WorkingSetBytes);
    }

    [Fact]
    public void Present_use_is_what_was_added_since_the_sample_before()
    {
        UsageRates rates = new();
        Assert.Null(rates.Of("a", Now, 1_000_000_000).NanoCores);
        Assert.Null(rates.Of("a", Now.AddMilliseconds(10), 1_500_000_000).NanoCores);
        Assert.Equal(500_000_000ul, rates.Of("a", Now.AddSeconds(2), 2_000_000_000).NanoCores);
        Assert.Equal(500_000_000ul, rates.Of("a", Now.AddSeconds(2.1), 2_900_000_000).NanoCores);
        Assert.Null(rates.Of("a", Now.AddSeconds(4), 5).NanoCores);
        Assert.Equal(7ul, rates.Of("a", Now.AddSeconds(6), 6, 7).NanoCores);
    }

    [Fact]
    public void A_directory_is_counted_once_a_minute()
    {
        ManualClock clock = new();
        DiskUsage disks = new(clock);
        Write("disk/file", new string('x', 8192));
        ulong one = disks.Directory(Path.Combine(_root, "disk"))!.UsedBytes!.Value;
        Assert.InRange(one, 8192ul, 65536ul);
        Write("disk/other", new string('x', 8192));
        Assert.Equal(one, disks.Directory(Path.Combine(_root, "disk"))!.UsedBytes);
        clock.Advance(TimeSpan.FromSeconds(61));
        FileSystemStats now = disks.Directory(Path.Combine(_root, "disk"))!;
        Assert.True(now.UsedBytes > one);
        Assert.Equal(3ul, now.InodesUsed);
        Assert.Null(disks.Directory(Path.Combine(_root, "missing")));
    }

    [Fact]
    public void The_machine_has_a_processor_memory_and_a_network()
    {
        Write("proc/uptime", "100.5 20.0");
        Write("proc/meminfo", "MemTotal: 1000 kB\nMemFree: 400 kB\nSwapTotal: 10 kB\nSwapFree: 4 kB\n");
        Write("proc/loadavg", "0.20 0.18 0.12 1/80 11206");
        Write("proc/sys/kernel/pid_max", "4194304");
        Write(
            "proc/net/dev",
            "Inter-|\n face |\n  lo: 1 1 1 0 0 0 0 0 1 1 1 0 0 0 0 0\neth0: 10 1 2 0 0 0 0 0 20 1 3 0 0 0 0 0\n");
        Write("proc/net/route", "Iface\tDestination\tGateway\neth0\t00000000\t0100A8C0\n");
        Write("sys/fs/cgroup/cgroup.controllers", "");
        Write("sys/fs/cgroup/cpu.stat", "usage_usec 5");
        Write("sys/fs/cgroup/memory.stat", "anon 400000\nfile 214400\ninactive_file 102400");
        using TestNode node = new();
        NodeUsage usage = new(node.Context, new(_root), new(), new(node.Clock));
        NodeStats stats = usage.Read(onlyProcessorAndMemory: false);
        Assert.Equal(node.Clock.GetUtcNow().AddSeconds(-101), stats.StartTime);
        Assert.Equal(5000ul, stats.Processor!.CoreNanoSeconds);
        Assert.Equal((512_000ul, 512_000ul), (stats.Memory!.WorkingSetBytes, stats.Memory.AvailableBytes));
        Assert.Equal(6ul * 1024, stats.Swap!.UsageBytes);
        Assert.Equal((4194304, 80), (stats.Processes!.MaxPid, stats.Processes.Running));
        Assert.Equal(new InterfaceStats("eth0", 10, 2, 20, 3), stats.Network!.Default);
        Assert.Null(usage.Read(onlyProcessorAndMemory: true).Network);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Write(string path, string text)
    {
        string full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
