using System.Net;
using Keelson.Controllers.NodeIpam;
using Keelson.Controllers.NodeTtl;

namespace Keelson.Controllers.Tests.NodeIpam;

public sealed class CidrSetTests
{
    [Fact]
    public void Parts_are_given_in_turn_until_none_is_left()
    {
        CidrSet set = new(IPNetwork.Parse("10.244.0.0/22"), 24);
        Assert.Equal(
            ["10.244.0.0/24", "10.244.1.0/24", "10.244.2.0/24"], Enumerable.Range(0, 3).Select(_ => set.Allocate()));
        set.Release("10.244.0.0/24");
        Assert.Equal("10.244.3.0/24", set.Allocate());
        Assert.Equal("10.244.0.0/24", set.Allocate());
        Assert.Null(set.Allocate());
    }

    [Fact]
    public void What_services_have_is_never_given()
    {
        CidrSet set = new(IPNetwork.Parse("10.0.0.0/16"), 24);
        set.Occupy("10.0.0.0/20");
        set.Occupy("192.168.0.0/16");
        set.Occupy("fd00::/64");
        Assert.Equal("10.0.16.0/24", set.Allocate());
    }

    [Fact]
    public void Sixth_version_ranges_are_cut_as_well()
    {
        CidrSet set = new(IPNetwork.Parse("fd00:10:244::/56"), 64);
        set.Occupy("fd00:10:244::/64");
        Assert.Equal("fd00:10:244:1::/64", set.Allocate());
        Assert.Throws<ArgumentException>(static () => new CidrSet(IPNetwork.Parse("fd00::/40"), 64));
    }

    [Fact]
    public void Caching_times_grow_with_the_cluster_and_do_not_flutter()
    {
        int step = NodeTtlPlan.Step(0, 101);
        Assert.Equal(15, NodeTtlPlan.Seconds(step));
        Assert.Equal(15, NodeTtlPlan.Seconds(NodeTtlPlan.Step(step, 95)));
        Assert.Equal(0, NodeTtlPlan.Seconds(NodeTtlPlan.Step(step, 89)));
        Assert.Equal(300, NodeTtlPlan.Seconds(NodeTtlPlan.Step(0, 5000)));
    }
}
