using Keelson.Api.Core.V1;
using Keelson.Scheduler.Cycle;

namespace Keelson.Scheduler.Tests.Cycle;

public sealed class PlacementTests
{
    [Fact]
    public void The_message_counts_reasons_over_nodes_and_sorts_them()
    {
        TestProfile profile = new TestProfile().With(
            Objects.Node("full", cpu: "1"),
            Objects.Node("cordoned") with { Spec = new NodeSpec { Unschedulable = true } },
            Objects.Node("tainted1", taints: "a=b:NoSchedule"),
            Objects.Node("tainted2", taints: "a=b:NoExecute"))
            .With(Objects.Pod("there", "cpu=800m,memory=7Gi", node: "full"));
        Assert.Equal(
            "0/4 nodes are available: 1 Insufficient cpu, 1 Insufficient memory, 1 node(s) were unschedulable, "
            + "2 node(s) had untolerated taint(s).",
            profile.Place(Objects.Pod("p", "cpu=500m,memory=2Gi")));
    }

    [Fact]
    public void The_node_with_most_left_is_chosen()
    {
        TestProfile profile = new TestProfile()
            .With(Objects.Node("a"), Objects.Node("b"), Objects.Node("c"))
            .With(
                Objects.Pod("1", "cpu=1,memory=2Gi", "a"), Objects.Pod("2", "cpu=500m,memory=1Gi", "b"),
                Objects.Pod("3", "cpu=2,memory=4Gi", "c"));
        Assert.Equal("b", profile.Place(Objects.Pod("p", "cpu=100m,memory=100Mi")));
    }

    [Fact]
    public void Taints_that_ask_to_stay_away_outweigh_what_is_left()
    {
        TestProfile profile = new TestProfile()
            .With(Objects.Node("empty", taints: "a=b:PreferNoSchedule"), Objects.Node("busy"))
            .With(Objects.Pod("1", "cpu=3,memory=6Gi", "busy"));
        Assert.Equal("busy", profile.Place(Objects.Pod("p", "cpu=100m,memory=100Mi")));
    }

    [Fact]
    public void Equally_good_nodes_are_all_chosen_now_and_then()
    {
        TestProfile profile = new TestProfile().With(Objects.Node("a"), Objects.Node("b"), Objects.Node("c"));
        Dictionary<string, int> chosen = Enumerable.Range(0, 300)
            .CountBy(_ => profile.Place(Objects.Pod("p", "cpu=100m"))).ToDictionary();
        Assert.Equal(["a", "b", "c"], chosen.Keys.Order());
        Assert.All(chosen.Values, static count => Assert.InRange(count, 70, 130));
    }

    [Theory]
    [InlineData(99, 0, 99)]
    [InlineData(100, 0, 100)]
    [InlineData(500, 0, 230)]
    [InlineData(5000, 0, 500)]
    [InlineData(6000, 0, 300)]
    [InlineData(1000, 30, 300)]
    [InlineData(1000, 5, 100)]
    public void In_large_clusters_a_part_of_the_nodes_is_enough(int nodes, int percentage, int enough) =>
        Assert.Equal(enough, NodeFinder.EnoughOf(nodes, percentage));

    [Fact]
    public void A_pod_keeps_off_room_that_is_promised_to_one_of_higher_priority()
    {
        TestProfile profile = new TestProfile().With(Objects.Node("a", cpu: "2"));
        profile.Nominations.Set(Objects.Pod("vip", "cpu=1500m", priority: 10).Info(), "a");
        Assert.StartsWith(
            "0/1 nodes are available: 1 Insufficient cpu.", profile.Place(Objects.Pod("p", "cpu=1")),
            StringComparison.Ordinal);
        Assert.Equal("a", profile.Place(Objects.Pod("higher", "cpu=1", priority: 11)));
    }

    [Fact]
    public void Nodes_of_different_zones_take_turns()
    {
        TestProfile profile = new TestProfile().With(
            Node("a1", "a"), Node("a2", "a"), Node("a3", "a"), Node("b1", "b"), Node("c1", "c"), Node("c2", "c"));
        Assert.Equal(["a1", "b1", "c1", "a2", "c2", "a3"], profile.Snapshot.Nodes.Select(static one => one.Name));
    }

    private static Node Node(string name, string zone) =>
        Objects.Node(name, labels: "topology.kubernetes.io/zone=" + zone);
}
