using Keelson.Nodes.Linux;
using Keelson.Nodes.Runtime;

namespace Keelson.Nodes.Tests.Runtime;

/// <summary>Controllers that nobody mounted, on a machine with both versions of control groups.</summary>
public sealed class ControlGroupMountsTests : IDisposable
{
    private const string Controllers =
        "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t1\t9\t1\nhugetlb\t0\t9\t1\npids\t8\t9\t1\n"
        + "net_cls\t0\t1\t1\nrdma\t0\t1\t0\n";

    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-groups-").FullName;
    private readonly RecordedMounts _mounts = new();

    public ControlGroupMountsTests()
    {
        Directory.CreateDirectory(Top + "/unified");
        File.WriteAllText(Top + "/unified/cgroup.controllers", "hugetlb rdma\n");
        File.WriteAllText(_directory + "/cgroups", Controllers);
    }

    private string Top => _directory + "/top";

    private string Record => _directory + "/data/record";

    private ControlGroupMounts Groups => new(_mounts, Record, Top, _directory + "/cgroups");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Those_of_version_2_and_of_other_namespaces_are_mounted_and_taken_away_again()
    {
        _mounts.Add(Top + "/cpu", "cgroup");
        _mounts.Add(Top + "/unified", "cgroup2");
        Groups.Complete();
        Groups.Complete();
        Assert.Equal(
            [$"mount {Top}/hugetlb nosuid,nodev,noexec,hugetlb", $"mount {Top}/pids nosuid,nodev,noexec,pids"],
            _mounts.Calls);

        Directory.CreateDirectory(Top + "/pids/kubepods");
        Groups.Undo();
        Assert.Equal("unmount " + Top + "/hugetlb", Assert.Single(_mounts.Calls[2..]));
        Assert.False(Directory.Exists(Top + "/hugetlb"));
        Assert.True(Directory.Exists(Top + "/pids/kubepods"));
    }

    [Theory]
    [InlineData("cgroup")]
    [InlineData("cgroup2")]
    public void A_machine_with_one_version_stays_as_it_is(string type)
    {
        _mounts.Add(Top + "/unified", type);
        Groups.Complete();
        Assert.Empty(_mounts.Calls);
        Assert.False(File.Exists(Record));
    }

    [Fact]
    public void A_refusal_of_the_kernel_leaves_no_directory()
    {
        _mounts.Add(Top + "/cpu", "cgroup");
        _mounts.Add(Top + "/unified", "cgroup2");
        _mounts.Refuses = true;
        Assert.Throws<IOException>(Groups.Complete);
        Assert.False(Directory.Exists(Top + "/hugetlb"));
        Assert.False(File.Exists(Record));
    }

    private sealed class RecordedMounts : IMounts
    {
        private readonly List<MountPoint> _mounts = [];

        public List<string> Calls { get; } = [];

        public bool Refuses { get; set; }

        public bool MayMount => true;

        public void Add(string path, string type) => _mounts.Add(new(path, "/", type, type, false, "0:1"));

        public IReadOnlyList<MountPoint> List() => _mounts;

        public void Mount(MountRequest request)
        {
            if (Refuses)
            {
                throw new IOException("mount: device or resource busy");
            }

            Calls.Add($"mount {request.Target} {string.Join(',', request.Options)}");
            Add(request.Target, request.Type);
        }

        public void Unmount(string target) => Calls.Add("unmount " + target);
    }
}
