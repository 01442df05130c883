using Keelson.Api.Autoscaling.V2;
using Keelson.Api.Core.V1;
using Keelson.Controllers.Autoscalers;
using Keelson.Controllers.Tests.Pods;
using Keelson.Machinery.Values;
using static Keelson.Controllers.Tests.Pods.TestPods;

namespace Keelson.Controllers.Tests.Autoscalers;

public sealed class ScalingTests
{
    private static readonly DateTimeOffset Present = TestPods.Now.Instant;

    [Fact]
    public void Twice_the_use_asks_for_twice_the_pods_and_a_tenth_more_for_none()
    {
        Assert.Equal(4, Propose(2, 50, Using("a", 1000), Using("b", 1000)).Replicas);
        Assert.Equal(2, Propose(2, 50, Using("a", 550), Using("b", 550)).Replicas);
        Assert.Equal(1, Propose(2, 50, Using("a", 200), Using("b", 200)).Replicas);
        Assert.Equal(100, Propose(2, 50, Using("a", 1000), Using("b", 1000)).Utilization);
    }

    [Fact]
    public void Pods_without_a_measurement_slow_the_change_down()
    {
        // Up: (100 + 0) % of 2 pods is 50 %. Down: (10 + 100) % is 55 %. Both are within a tenth of the target.
        Assert.Equal(2, Propose(2, 50, Using("a", 1000), (Requesting("b"), null)).Replicas);
        Assert.Equal(2, Propose(2, 50, Using("a", 100), (Requesting("b"), null)).Replicas);
        Pod pending = Requesting("b") with { Status = new PodStatus { Phase = "Pending" } };

        // 200 % over three pods is 66 %, which is 2.2 times the target.
        Assert.Equal(7, Propose(2, 30, Using("a", 1000), Using("c", 1000), (pending, null)).Replicas);
    }

    [Fact]
    public void Without_requests_or_pods_it_says_why()
    {
        Pod bare = Ready("x") with { Spec = new PodSpec { Containers = [new Container { Name = "c" }] } };
        Assert.Equal("missing request for cpu in container c of Pod x", Propose(1, 50, (bare, 1)).Error);
        Assert.Equal("no pods returned by selector while calculating replica count", Propose(1, 50).Error);
        Assert.Equal(
            "did not receive metrics for targeted pods (pods might be unready)", Propose(1, 50, (Requesting("a"), null)).Error);
    }

    [Fact]
    public void Growth_is_limited_to_four_pods_or_double_every_15_seconds()
    {
        ScalingHistory history = new();
        RuledSize first = history.Rule(Spec(1, 100), 1, 50, Present);
        Assert.Equal((5, "ScaleUpLimit"), (first.Replicas, first.Limited!.Value.Reason));
        history.Changed(4, Present);
        Assert.Equal(5, history.Rule(Spec(1, 100), 5, 50, Present.AddSeconds(10)).Replicas);
        Assert.Equal(10, history.Rule(Spec(1, 100), 5, 50, Present.AddSeconds(15)).Replicas);
        Assert.Equal("TooManyReplicas", history.Rule(Spec(1, 6), 5, 50, Present.AddSeconds(15)).Limited!.Value.Reason);
    }

    [Fact]
    public void Shrinking_waits_until_nothing_more_was_recommended_for_five_minutes()
    {
        ScalingHistory history = new();
        Assert.Equal(8, history.Rule(Spec(1, 10), 8, 8, Present).Replicas);
        RuledSize early = history.Rule(Spec(1, 10), 8, 2, Present.AddSeconds(299));
        Assert.Equal((8, "ScaleDownStabilized"), (early.Replicas, early.Able!.Value.Reason));
        Assert.Equal(2, history.Rule(Spec(1, 10), 8, 2, Present.AddSeconds(300)).Replicas);
    }

    [Fact]
    public void Policies_of_the_spec_decide_how_fast_and_whether_at_all()
    {
        HPAScalingRules slow = new()
        {
            StabilizationWindowSeconds = 0,
            SelectPolicy = "Min",
            Policies =
            [
                new HPAScalingPolicy { Type = "Pods", Value = 1, PeriodSeconds = 60 },
                new HPAScalingPolicy { Type = "Percent", Value = 50, PeriodSeconds = 60 },
            ],
        };
        ScalingHistory history = new();
        HorizontalPodAutoscalerSpec spec =
            Spec(1, 10) with { Behavior = new HorizontalPodAutoscalerBehavior { ScaleDown = slow } };
        RuledSize size = history.Rule(spec, 10, 1, Present);
        history.Changed(-1, Present);
        Assert.Equal(9, history.Rule(spec, 9, 1, Present.AddSeconds(1)).Replicas);
        Assert.Equal((9, "ScaleDownLimit"), (size.Replicas, size.Limited!.Value.Reason));
        HPAScalingRules never = slow with { SelectPolicy = "Disabled" };
        spec = spec with { Behavior = new HorizontalPodAutoscalerBehavior { ScaleDown = never } };
        Assert.Equal(10, new ScalingHistory().Rule(spec, 10, 1, Present).Replicas);
    }

    private static HorizontalPodAutoscalerSpec Spec(int least, int most) =>
        new() { MinReplicas = least, MaxReplicas = most };

    private static (Pod Pod, long? Milli) Using(string name, long milli) => (Requesting(name), milli);

    private static Pod Requesting(string name)
    {
        Pod pod = Ready(name, 4000);
        return pod with
        {
            Status = pod.Status with { StartTime = Ago(4000) },
            Spec = new PodSpec
            {
                Containers =
                [
                    new Container
                    {
                        Name = "c",
                        Resources = new ResourceRequirements
                        {
                            Requests = ApiMap<Quantity>.Empty.With("cpu", Quantity.FromMilli(1000)),
                        },
                    },
                ],
            },
        };
    }

    private static ReplicaProposal Propose(int current, int target, params (Pod Pod, long? Milli)[] pods) =>
        new ReplicaCalculator(current, new Tolerances(0.1, 0.1), Present).ForPods(
            [.. pods.Select(static one => one.Pod)],
            pods.Where(static one => one.Milli is not null).ToDictionary(
                static one => one.Pod.Metadata.Name,
                static one => new MetricSample(one.Milli!.Value, Present, TimeSpan.FromMinutes(1))),
            new PodsTarget("cpu", "", target, 0));
}
