using Keelson.Nodes.Placement;

namespace Keelson.Nodes.Tests.Placement;

/// <summary>On which NUMA nodes containers get what they ask for.</summary>
public sealed class TopologyTests
{
    private static readonly NumaNodes Two = new([0, 1]);

    // Nodes 0 and 1 are far from each other, 2 and 3 close.
    private static readonly NumaNodes Four = new([0, 1, 2, 3], new Dictionary<int, IReadOnlyList<int>>
    {
        [0] = [10, 30, 20, 20], [1] = [30, 10, 20, 20], [2] = [20, 20, 10, 12], [3] = [20, 20, 12, 10],
    });

    [Fact]
    public void The_narrowest_nodes_that_suit_all_resources_are_chosen()
    {
        (TopologyHint best, bool isAdmitted) = TopologyPolicy.Merge(
            "best-effort", Two, [[Hint(true, 0), Hint(true, 1), Hint(false, 0, 1)], [Hint(true, 1)], null]);
        Assert.Equal(new TopologyHint(NumaMask.Of(1), true), best);
        Assert.True(isAdmitted);
    }

    [Theory]
    [InlineData("none", true)]
    [InlineData("best-effort", true)]
    [InlineData("restricted", false)]
    [InlineData("single-numa-node", false)]
    public void Resources_on_different_nodes_are_refused_by_strict_policies(string policy, bool isAdmitted) =>
        Assert.Equal(
            isAdmitted, TopologyPolicy.Merge(policy, Two, [[Hint(true, 0)], [Hint(true, 1)]]).IsAdmitted);

    [Fact]
    public void Two_nodes_do_for_restricted_when_one_could_never_do_but_not_for_a_single_node()
    {
        IReadOnlyList<TopologyHint>?[] hints = [[Hint(true, 0, 1)]];
        Assert.True(TopologyPolicy.Merge("restricted", Two, hints).IsAdmitted);
        Assert.False(TopologyPolicy.Merge("single-numa-node", Two, hints).IsAdmitted);
    }

    [Fact]
    public void Of_as_many_nodes_those_close_to_each_other_are_taken_where_that_is_wanted()
    {
        IReadOnlyList<TopologyHint>?[] hints = [[Hint(true, 0, 1), Hint(true, 1, 2), Hint(true, 2, 3)]];
        Assert.Equal(NumaMask.Of(0, 1), TopologyPolicy.Merge("best-effort", Four, hints).Best.Affinity);
        Assert.Equal(
            NumaMask.Of(2, 3),
            TopologyPolicy.Merge("best-effort", Four, hints, new() { PrefersClosest = true }).Best.Affinity);
    }

    [Fact]
    public void What_is_not_preferred_comes_close_to_what_the_most_demanding_resource_needs()
    {
        // One resource needs two nodes; that both could agree on one node by chance does not help it.
        IReadOnlyList<TopologyHint>?[] hints =
            [[Hint(true, 0, 1), Hint(false, 0, 1, 2)], [Hint(true, 1), Hint(true, 2), Hint(false, 0, 1, 2)]];
        Assert.Equal(
            new TopologyHint(NumaMask.Of(0, 1), false), TopologyPolicy.Merge("best-effort", Four, hints).Best);
    }

    [Theory]
    [InlineData("prefer-closest-numa-nodes", "yes",
        "bad value for option \"prefer-closest-numa-nodes\": strconv.ParseBool: parsing \"yes\": invalid syntax")]
    [InlineData("prefer-closest-numa-nodes", "true", null)]
    [InlineData("max-allowable-numa-nodes", "7",
        "the minimum value of \"max-allowable-numa-nodes\" should not be less than 8")]
    [InlineData("max-allowable-numa-nodes", "x",
        "unable to convert policy option to integer \"max-allowable-numa-nodes\": strconv.Atoi: parsing \"x\": "
        + "invalid syntax")]
    [InlineData("max-allowable-numa-nodes", "16", null)]
    [InlineData("other", "1", "unknown Topology Manager Policy option: \"other\"")]
    public void Options_are_read_as_upstream_reads_them(string name, string value, string? error)
    {
        PlacementConfig config = new()
        {
            TopologyPolicy = "restricted",
            TopologyPolicyOptions = new Dictionary<string, string> { [name] = value },
        };
        Assert.Equal(error, config.FindError());
        Assert.Null((config with { TopologyPolicy = "none" }).FindError());
    }

    [Fact]
    public void What_can_be_had_nowhere_is_refused() =>
        Assert.False(TopologyPolicy.Merge("restricted", Two, [[Hint(true, 0)], []]).IsAdmitted);

    private static TopologyHint Hint(bool isPreferred, params int[] nodes) => new(NumaMask.Of(nodes), isPreferred);
}
