using Keelson.Api.Core.V1;
using Keelson.Controllers.Nodes;
using Keelson.Controllers.TaintEviction;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Tests.TaintEviction;

public sealed class TaintEvictionPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ApiList<Taint> Unreachable =
        [NodeTaints.Of(NodeTaints.Unreachable, "NoExecute"), NodeTaints.Of("other", "NoSchedule")];

    [Fact]
    public void Who_does_not_tolerate_a_taint_goes_at_once() =>
        Assert.Equal(Now, TaintEvictionPlan.Compute(Unreachable, Pod(), null, Now)!.At);

    [Fact]
    public void Who_tolerates_it_for_a_while_goes_then_and_the_time_goes_on_running()
    {
        Pod pod = Pod(new Toleration { Key = NodeTaints.Unreachable, Operator = "Exists", Effect = "NoExecute", TolerationSeconds = 300 });
        PlannedEviction planned = TaintEvictionPlan.Compute(Unreachable, pod, null, Now)!;
        Assert.Equal(Now.AddSeconds(300), planned.At);
        Assert.Equal(planned, TaintEvictionPlan.Compute(Unreachable, pod, planned, Now.AddSeconds(100)));
    }

    [Fact]
    public void Who_tolerates_it_for_ever_stays_and_so_does_everybody_without_taints()
    {
        Assert.Null(TaintEvictionPlan.Compute(Unreachable, Pod(new Toleration { Operator = "Exists" }), null, Now));
        Assert.Null(TaintEvictionPlan.Compute([NodeTaints.Of("other", "NoSchedule")], Pod(), null, Now));
    }

    [Fact]
    public void The_shortest_toleration_that_is_used_counts()
    {
        ApiList<Taint> taints = [NodeTaints.Of("a", "NoExecute"), NodeTaints.Of("b", "NoExecute")];
        Pod pod = Pod(
            new Toleration { Key = "a", Operator = "Exists", TolerationSeconds = 60 },
            new Toleration { Key = "b", Operator = "Exists", TolerationSeconds = 20 },
            new Toleration { Key = "c", Operator = "Exists", TolerationSeconds = 1 });
        Assert.Equal(Now.AddSeconds(20), TaintEvictionPlan.Compute(taints, pod, null, Now)!.At);
    }

    private static Pod Pod(params Toleration[] tolerations) =>
        new() { Spec = new PodSpec { NodeName = "n", Tolerations = tolerations } };
}
