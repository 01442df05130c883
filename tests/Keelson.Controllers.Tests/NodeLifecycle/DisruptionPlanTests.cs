using Keelson.Api.Core.V1;
using Keelson.Controllers.NodeLifecycle;

namespace Keelson.Controllers.Tests.NodeLifecycle;

public sealed class DisruptionPlanTests
{
    private static readonly NodeLifecycleConfig Config = new();
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void When_everything_is_down_nothing_is_taken_from_any_node()
    {
        DisruptionPlan healthy = Plan(new Dictionary<string, ZoneState>(), ("a", 3, 0), ("b", 3, 0));
        Assert.Equal(0.1, healthy.Rates["a"]);
        DisruptionPlan down = Plan(healthy.States, ("a", 0, 3), ("b", 0, 3));
        Assert.True(down.Spares);
        Assert.All(down.Rates.Values, static rate => Assert.Equal(0, rate));
        DisruptionPlan still = Plan(down.States, ("a", 0, 3), ("b", 0, 3));
        Assert.False(still.Spares);
        Assert.Empty(still.Rates);
        DisruptionPlan back = Plan(still.States, ("a", 0, 3), ("b", 1, 2));
        Assert.True(back.Forgives);
        Assert.Equal(0.1, back.Rates["a"]);
    }

    [Fact]
    public void An_unhealthy_zone_slows_down_and_a_small_one_stops()
    {
        Assert.Equal(0, Plan(new Dictionary<string, ZoneState>(), ("a", 4, 6)).Rates["a"]);
        Assert.Equal(0.01, Plan(new Dictionary<string, ZoneState>(), ("a", 40, 60)).Rates["a"]);
        Assert.Equal(ZoneState.Normal, Plan(new Dictionary<string, ZoneState>(), ("a", 1, 2)).States["a"]);
        Assert.Equal(ZoneState.Normal, Plan(new Dictionary<string, ZoneState>(), ("a", 46, 54)).States["a"]);
    }

    [Fact]
    public void A_queue_gives_one_node_at_once_and_the_next_at_its_rate()
    {
        ZoneQueue queue = new(0.1);
        queue.Add("a");
        queue.Add("b");
        queue.Add("b");
        queue.Add("c");
        Assert.Equal("a", queue.Next(Start));
        Assert.Null(queue.Next(Start.AddSeconds(9)));
        queue.Remove("b");
        Assert.Equal("c", queue.Next(Start.AddSeconds(10.5)));
        Assert.Null(queue.Next(Start.AddSeconds(60)));
        queue.SetRate(0);
        queue.Add("d");
        Assert.Null(queue.Next(Start.AddSeconds(600)));
    }

    private static DisruptionPlan Plan(
        IReadOnlyDictionary<string, ZoneState> before, params (string Zone, int Ready, int Others)[] zones) =>
        DisruptionPlan.Compute(
            before, zones.ToDictionary(static one => one.Zone, static one => Nodes(one.Ready, one.Others)), Config);

    private static List<NodeCondition?> Nodes(int ready, int others) =>
    [
        .. Enumerable.Repeat(new NodeCondition { Type = "Ready", Status = "True" }, ready),
        .. Enumerable.Repeat<NodeCondition?>(null, others),
    ];
}
