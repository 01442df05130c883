using Keelson.Nodes.Cgroups;

namespace Keelson.Nodes.Tests.Cgroups;

/// <summary>Control groups' names with either driver.</summary>
public sealed class CgroupNameTests
{
    [Fact]
    public void A_pods_group_is_a_path_or_a_slice()
    {
        CgroupName name = CgroupName.OfPath("").With("kubepods").With("burstable").With("pod1a-2b-3c");
        Assert.Equal("/kubepods/burstable/pod1a-2b-3c", name.Path);
        Assert.Equal("kubepods-burstable-pod1a_2b_3c.slice", name.Slice);
        Assert.Equal("kubepods-burstable.slice", name.ParentSlice);
        Assert.Equal(
            "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1a_2b_3c.slice", name.SlicePath);
        Assert.Equal("pod1a-2b-3c", CgroupName.OfSlice(name.SlicePath).Last);
        Assert.Equal("-.slice", CgroupName.OfPath("/").Slice);
        Assert.Equal("-.slice", CgroupName.OfPath("").With("kubepods").ParentSlice);
    }

    [Theory]
    [InlineData("", "/kubepods.slice")]
    [InlineData("/", "/kubepods.slice")]
    [InlineData("/my-nodes/a", "/my_nodes.slice/my_nodes-a.slice/my_nodes-a-kubepods.slice")]
    [InlineData("/custom.slice", "/custom.slice/custom-kubepods.slice")]
    [InlineData("/a.slice/a-b_c.slice", "/a.slice/a-b_c.slice/a-b_c-kubepods.slice")]
    public void The_root_may_be_a_path_or_a_slice(string root, string expected)
    {
        SystemdCgroupDriver driver = new(new(TimeProvider.System, static _ => { }), new("/nowhere"));
        Assert.Equal(expected, driver.PathOf(driver.Root(root).With("kubepods")));
    }

    [Fact]
    public void Groups_of_others_are_slices_with_systemd_and_paths_without()
    {
        SystemdCgroupDriver systemd = new(new(TimeProvider.System, static _ => { }), new("/nowhere"));
        FileCgroupDriver files = new(new("/nowhere"));
        Assert.Equal("/system.slice", systemd.PathOf(systemd.Other("/system.slice")));
        Assert.Equal("/a.slice/a-b.slice", systemd.PathOf(systemd.Other("a-b.slice")));
        Assert.Equal("/system.slice", files.PathOf(files.Other("/system.slice")));
        Assert.Equal("/a/b", files.PathOf(files.Other("a/b")));
    }
}
