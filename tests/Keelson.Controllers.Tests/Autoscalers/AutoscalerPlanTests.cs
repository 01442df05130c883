using Keelson.Api.Autoscaling.V2;
using Keelson.Controllers.Autoscalers;
using Keelson.Controllers.Jobs;
using static Keelson.Controllers.Tests.Pods.TestPods;

namespace Keelson.Controllers.Tests.Autoscalers;

public sealed class AutoscalerPlanTests
{
    private const string Absent = "unable to fetch metrics from resource metrics API: "
        + "the server could not find the requested resource (get pods.metrics.k8s.io)";

    [Fact]
    public async Task Without_a_metrics_API_it_says_so_in_upstreams_words_and_keeps_the_size()
    {
        MetricSpec cpu = new()
        {
            Type = "Resource",
            Resource = new ResourceMetricSource
            {
                Name = "cpu",
                Target = new MetricTarget { Type = "Utilization", AverageUtilization = 50 },
            },
        };
        MetricsQuery query = MetricJudgement.QueryOf(cpu, "default", "app=web");
        MetricsAnswer answer = await new AbsentMetrics().FetchAsync(query, TestContext.Current.CancellationToken);
        MetricJudgement judged = MetricJudgement.Of(cpu, query, answer, [], new(3, new(0.1, 0.1), Now.Instant));
        AutoscalerPlan plan = AutoscalerPlan.ByMetrics(Autoscaler(1, 5), 3, [judged], new(), Now);
        string error = "failed to get cpu utilization: unable to get metrics for resource cpu: " + Absent;
        Assert.Equal((3, ""), (plan.Desired, plan.Reason));
        Assert.Equal(
            [
                new JobEvent("Warning", "FailedGetResourceMetric", error),
                new JobEvent(
                    "Warning",
                    "FailedComputeMetricsReplicas",
                    "invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: " + error),
            ],
            plan.Events);
        Assert.Equal(
            ("False", "FailedGetResourceMetric", "the HPA was unable to compute the replica count: " + error),
            Told(plan, "ScalingActive"));
    }

    [Fact]
    public void The_limits_come_first_and_a_target_of_zero_is_left_alone()
    {
        AutoscalerPlan above = AutoscalerPlan.WithoutMetrics(Autoscaler(2, 5), 9, Now)!;
        Assert.Equal((5, "Current number of replicas above Spec.MaxReplicas"), (above.Desired, above.Reason));
        AutoscalerPlan below = AutoscalerPlan.WithoutMetrics(Autoscaler(2, 5), 1, Now)!;
        Assert.Equal((2, "Current number of replicas below Spec.MinReplicas"), (below.Desired, below.Reason));
        AutoscalerPlan zero = AutoscalerPlan.WithoutMetrics(Autoscaler(2, 5), 0, Now)!;
        Assert.Equal((0, ""), (zero.Desired, zero.Reason));
        Assert.Equal("ScalingDisabled", Told(zero, "ScalingActive").Reason);
        Assert.Null(AutoscalerPlan.WithoutMetrics(Autoscaler(2, 5), 3, Now));
    }

    [Fact]
    public void The_metric_that_asks_for_most_counts_and_nothing_shrinks_while_another_fails()
    {
        MetricJudgement few = Asking(2, "cpu resource");
        MetricJudgement many = Asking(4, "memory resource");
        MetricJudgement failing = few with { Proposal = ReplicaProposal.Failed("broken") };
        AutoscalerPlan grow = AutoscalerPlan.ByMetrics(Autoscaler(1, 9), 3, [few, many, failing], new(), Now);
        Assert.Equal((4, "memory resource above target"), (grow.Desired, grow.Reason));
        Assert.Equal("DesiredWithinRange", Told(grow, "ScalingLimited").Reason);
        AutoscalerPlan hold = AutoscalerPlan.ByMetrics(Autoscaler(1, 9), 3, [few, failing], new(), Now);
        Assert.Equal((3, ""), (hold.Desired, hold.Reason));
    }

    private static MetricJudgement Asking(int replicas, string name) =>
        new(new(replicas, null, 0), new MetricStatus { Type = "Resource" }, name, "FailedGetResourceMetric", "");

    private static (string Status, string Reason, string Message) Told(AutoscalerPlan plan, string type)
    {
        HorizontalPodAutoscalerCondition one = plan.Status.Conditions.Single(it => it.Type == type);
        return (one.Status, one.Reason, one.Message);
    }

    private static HorizontalPodAutoscaler Autoscaler(int least, int most) => new()
    {
        Spec = new HorizontalPodAutoscalerSpec { MinReplicas = least, MaxReplicas = most },
        Status = new HorizontalPodAutoscalerStatus(),
    };
}
