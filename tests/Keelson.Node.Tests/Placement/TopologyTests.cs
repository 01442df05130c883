using Keelson.Nodes.Placement;

namespace Keelson.Nodes.Tests.Placement;

/// <summary>On which NUMA nodes containers get what they ask for.</summary>
public sealed class TopologyTests
{
    private static readonly int[] Two = [0, 1];

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
    public void What_can_be_had_nowhere_is_refused() =>
        Assert.False(TopologyPolicy.Merge("restricted", Two, [[Hint(true, 0)], []]).IsAdmitted);

    private static TopologyHint Hint(bool isPreferred, params int[] nodes) => new(NumaMask.Of(nodes), isPreferred);
}
