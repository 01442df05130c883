using System.Diagnostics;
using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Nodes.Cgroups;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Tests.Containers;

namespace Keelson.Nodes.Tests.Pods;

/// <summary>Control groups of pods: as files of either version, and those of this machine.</summary>
public sealed class PodCgroupsTests : IDisposable
{
    private readonly string _mount = Directory.CreateTempSubdirectory("keelson-groups-").FullName;
    private readonly List<string> _log = [];

    public void Dispose() => Directory.Delete(_mount, recursive: true);

    [Theory]
    [InlineData(false, "hugetlb/kubepods/burstable/podu/hugetlb.2MB.limit_in_bytes", "8388608")]
    [InlineData(false, "hugetlb/kubepods/burstable/podu/hugetlb.2MB.rsvd.limit_in_bytes", "8388608")]
    [InlineData(false, "hugetlb/kubepods/burstable/podu/hugetlb.1GB.limit_in_bytes", "0")]
    [InlineData(true, "kubepods/burstable/podu/hugetlb.2MB.max", "8388608")]
    [InlineData(true, "kubepods/burstable/podu/hugetlb.2MB.rsvd.max", "8388608")]
    [InlineData(true, "kubepods/burstable/podu/hugetlb.1GB.max", "0")]
    public async Task A_pod_is_bound_to_the_huge_pages_that_it_asks_for(bool isUnified, string file, string limit)
    {
        string path = Path.Combine(_mount, file);
        string group = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(group);
        File.WriteAllText(path, "max");
        for (string? one = group; isUnified && one.Length >= _mount.Length; one = Path.GetDirectoryName(one)!)
        {
            File.WriteAllText(Path.Combine(one, "cgroup.controllers"), "cpu hugetlb memory\n");
        }

        Pod pod = PodWith([("hugepages-2Mi", "8Mi"), ("memory", "1Gi")]);
        CgroupFiles files = new(_mount) { IsUnified = isUnified };
        PodCgroups groups = new(new FileCgroupDriver(files), files, "", true) { PageSizes = ["2MB", "1GB"] };
        Assert.Null(await groups.SetUpAsync(pod, PodBounds.Of(pod), TestContext.Current.CancellationToken));
        Assert.Equal(limit, File.ReadAllText(path));
        if (isUnified)
        {
            Assert.Equal(
                "+cpu +memory +hugetlb",
                File.ReadAllText(Path.Combine(_mount, "kubepods/burstable/cgroup.subtree_control")));
        }
    }

    [Fact]
    public async Task What_outlived_its_container_is_killed_and_groups_of_a_pod_that_is_gone_are_removed()
    {
        const string Processes = "/sys/fs/cgroup/pids";
        Assert.SkipUnless(
            Environment.IsPrivilegedProcess && Directory.Exists(Processes), "no control groups of version 1 to make");
        string root = $"keelson-groups-{Environment.ProcessId}";
        CgroupFiles files = new();
        PodCgroups groups = new(new FileCgroupDriver(files), files, root, true) { Log = _log.Add };
        Pod pod = PodWith([("hugepages-2Mi", "8Mi"), ("memory", "1Gi")]);
        try
        {
            Assert.Null(await groups.SetUpAsync(pod, PodBounds.Of(pod), TestContext.Current.CancellationToken));
            string group = groups.ParentOf(pod);
            string pages = "/sys/fs/cgroup/hugetlb" + group + "/hugetlb.2MB.limit_in_bytes";
            Assert.Equal("8388608\n", File.Exists(pages) ? File.ReadAllText(pages) : "8388608\n");
            using Process ended = Start(Processes + group + "/one");
            using Process other = Start(Processes + group + "/two");
            groups.EndLeftovers(pod, "one");
            await ended.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
            Assert.False(other.HasExited);
            Assert.Null(await groups.TearDownAsync(pod.Metadata.Uid, TestContext.Current.CancellationToken));
            await other.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
            Assert.False(Directory.Exists(Processes + group));
            Assert.Equal(2, _log.Count);
        }
        finally
        {
            await groups.TearDownAsync(pod.Metadata.Uid, CancellationToken.None);
            await groups.TearDownAllAsync(CancellationToken.None);
        }
    }

    private static Process Start(string group)
    {
        Process process = Process.Start("sleep", "600");
        Directory.CreateDirectory(group);
        File.WriteAllText(
            Path.Combine(group, "cgroup.procs"), process.Id.ToString(CultureInfo.InvariantCulture));
        return process;
    }

    private static Pod PodWith((string Name, string Amount)[] amounts)
    {
        Pod pod = HugePagesTests.Of(amounts, []);
        return pod with
        {
            Metadata = pod.Metadata with { Uid = "u" },
            Status = new() { QosClass = PodQOSClass.Burstable },
        };
    }
}
