using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Nodes.Shutdown;

namespace Keelson.Nodes.Tests.Shutdown;

/// <summary>In which order pods end when the machine does.</summary>
public sealed class ShutdownPlanTests
{
    [Fact]
    public void Critical_pods_end_last_in_the_time_that_is_kept_for_them()
    {
        ShutdownConfig config = new()
        {
            GracePeriod = TimeSpan.FromSeconds(30), CriticalGracePeriod = TimeSpan.FromSeconds(10),
        };
        Assert.Equal(
            ["20: usual low", "10: critical"],
            Text(config, NewPod("usual", 1000), NewPod("critical", 2_000_000_000), NewPod("low", -5)));
    }

    [Fact]
    public void Steps_by_priority_take_the_pods_from_them_on()
    {
        ShutdownConfig config = new()
        {
            SecondsByPriority = new Dictionary<int, long> { [100_000] = 10, [0] = 60, [10_000] = 180 },
        };
        Assert.Equal(
            ["60: a", "180: b", "10: c"],
            Text(config, NewPod("a", 9_999), NewPod("b", 10_000), NewPod("c", 500_000)));
    }

    [Fact]
    public void A_pod_gets_no_more_than_it_asks_for()
    {
        ShutdownGroup group = new(20, []);
        Assert.Equal(20, group.SecondsOf(NewPod("a", 0)));
        Pod quick = NewPod("a", 0);
        Assert.Equal(5, group.SecondsOf(quick with { Spec = quick.Spec with { TerminationGracePeriodSeconds = 5 } }));
    }

    private static string[] Text(ShutdownConfig config, params Pod[] pods) =>
    [
        .. ShutdownPlan.Of(config, pods).Select(static one =>
            $"{one.Seconds}: {string.Join(' ', one.Pods.Select(static it => it.Metadata.Name))}"),
    ];

    private static Pod NewPod(string name, int priority) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = name },
        Spec = new PodSpec { Priority = priority, TerminationGracePeriodSeconds = 30 },
    };
}
