using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Policy.V1;
using Keelson.Controllers.Disruptions;
using Keelson.Controllers.Tests.Pods;
using Keelson.Machinery.Values;
using static Keelson.Controllers.Tests.Pods.TestPods;

namespace Keelson.Controllers.Tests.Disruptions;

public sealed class DisruptionPlanTests
{
    [Fact]
    public void A_number_that_must_stay_counts_the_pods_there_are()
    {
        PodDisruptionBudgetStatus status = Plan(Budget(least: 2), 10, Ready("a"), Ready("b"), Ready("c")).Status;
        Assert.Equal((1, 3, 2, 3), Numbers(status));
        Assert.Equal(("True", "SufficientPods"), Told(status));
    }

    [Fact]
    public void A_share_that_must_stay_is_one_of_what_the_owners_want_rounded_up()
    {
        // 50% of 5 is 3; two of the five are not there.
        PodDisruptionBudgetStatus status = Plan(Budget(least: "50%"), 5, Ready("a"), Ready("b"), Ready("c")).Status;
        Assert.Equal((0, 3, 3, 5), Numbers(status));
        Assert.Equal(("False", "InsufficientPods"), Told(status));
    }

    [Fact]
    public void What_may_be_missing_is_taken_from_what_the_owners_want()
    {
        Assert.Equal((1, 3, 2, 3), Numbers(Plan(Budget(most: 1), 3, Ready("a"), Ready("b"), Ready("c")).Status));
        Assert.Equal((2, 3, 1, 3), Numbers(Plan(Budget(most: "34%"), 3, Ready("a"), Ready("b"), Ready("c")).Status));
        Assert.Equal((0, 1, 0, 0), Numbers(Plan(Budget(most: 1), 0, Ready("a")).Status));
    }

    [Fact]
    public void Pods_that_are_unready_or_go_away_or_are_about_to_are_not_healthy()
    {
        PodDisruptionBudget budget = Budget(least: 1) with
        {
            Status = new PodDisruptionBudgetStatus { DisruptedPods = ApiMap<Time>.Empty.With("evicted", Ago(90)) },
        };
        DisruptionPlan plan = Plan(budget, 4, Ready("a"), Unready("b"), Ready("c").Going(), Ready("evicted"));
        Assert.Equal((0, 1, 1, 4), Numbers(plan.Status));
        Assert.Equal(TimeSpan.FromSeconds(30), plan.CheckAfter);
    }

    [Fact]
    public void A_pod_that_was_to_be_evicted_and_stays_counts_again_after_two_minutes()
    {
        PodDisruptionBudget budget = Budget(least: 1) with
        {
            Status = new PodDisruptionBudgetStatus
            {
                DisruptedPods = ApiMap<Time>.Empty.With("spared", Ago(120)).With("gone", Ago(1)),
            },
        };
        DisruptionPlan plan = Plan(budget, 2, Ready("a"), Ready("spared"));
        Assert.Equal((1, 2, 1, 2), Numbers(plan.Status));
        Assert.Empty(plan.Status.DisruptedPods);
        Assert.Null(plan.CheckAfter);
    }

    [Fact]
    public void Nothing_may_go_while_it_is_not_known_how_many_there_should_be()
    {
        PodDisruptionBudget budget = Budget(most: 1) with
        {
            Status = new PodDisruptionBudgetStatus { DisruptionsAllowed = 3, CurrentHealthy = 4 },
        };
        DisruptionPlan plan = DisruptionPlan.Compute(
            budget, [Ready("a")], new ExpectedPods(0, "found no controllers for pod \"a\""), Now);
        Assert.Equal(0, plan.Status.DisruptionsAllowed);
        Assert.Equal(4, plan.Status.CurrentHealthy);
        Assert.Equal(("False", "SyncFailed"), Told(plan.Status));
        Assert.Equal("found no controllers for pod \"a\"", plan.Status.Conditions[0].Message);
    }

    private static DisruptionPlan Plan(PodDisruptionBudget budget, int expected, params Pod[] pods) =>
        DisruptionPlan.Compute(budget, pods, new ExpectedPods(expected, ""), Now);

    /// <summary>Allowed, healthy, desired, expected.</summary>
    private static (int Allowed, int Healthy, int Desired, int Expected) Numbers(PodDisruptionBudgetStatus status) =>
        (status.DisruptionsAllowed, status.CurrentHealthy, status.DesiredHealthy, status.ExpectedPods);

    private static (string Status, string Reason) Told(PodDisruptionBudgetStatus status) =>
        (status.Conditions[0].Status, status.Conditions[0].Reason);

    private static PodDisruptionBudget Budget(IntOrString? least = null, IntOrString? most = null) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = "b", Namespace = "default" },
        Spec = new PodDisruptionBudgetSpec { MinAvailable = least, MaxUnavailable = most },
        Status = new PodDisruptionBudgetStatus(),
    };
}
