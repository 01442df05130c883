using Keelson.Api.Core.V1;
using Keelson.Controllers.ReplicaSets;
using Keelson.Controllers.Tests.Pods;
using Keelson.Machinery.Values;
using static Keelson.Controllers.Tests.Pods.TestPods;

namespace Keelson.Controllers.Tests.ReplicaSets;

public sealed class ReplicaPlanTests
{
    [Fact]
    public void What_is_missing_is_created_but_never_more_than_500_at_once()
    {
        Assert.Equal(2, Plan(3, Ready("a")).Create);
        Assert.Equal(500, Plan(2000).Create);
        Assert.Equal(0, Plan(1, Ready("a")).Create);
    }

    [Fact]
    public void Pods_that_ended_or_go_away_are_replaced_and_only_those_that_go_count_as_terminating()
    {
        ReplicaPlan plan = Plan(2, Ready("a"), Ended("b", "Failed"), Ready("c").Going());
        Assert.Equal(1, plan.Create);
        Assert.Empty(plan.Delete);
        Assert.Equal(new ReplicaCounts(1, 1, 1, 1, 1), plan.Counts);
    }

    [Fact]
    public void Scale_down_removes_unscheduled_then_pending_then_unready_pods()
    {
        Pod unscheduled = Unready("unscheduled", node: "");
        Pod pending = Unready("pending") with { Status = new PodStatus { Phase = "Pending" } };
        ReplicaPlan plan = Plan(1, Ready("ready"), Unready("unready"), pending, unscheduled);
        Assert.Equal(["unscheduled", "pending", "unready"], NamesOf(plan.Delete));
    }

    [Fact]
    public void Scale_down_looks_at_cost_then_at_crowding_then_at_age()
    {
        Pod dear = Ready("dear").Annotated("controller.kubernetes.io/pod-deletion-cost", "10");
        Assert.Equal(["cheap"], NamesOf(Plan(1, dear, Ready("cheap")).Delete));
        Assert.Equal(
            ["old", "new"],
            NamesOf(Plan(1, Ready("alone", 10, "m"), Ready("old", 4000), Ready("new", 10)).Delete).OrderDescending());
        Assert.Equal(["new"], NamesOf(Plan(2, Ready("old", 4000), Ready("new", 10), Ready("older", 9000)).Delete));
    }

    [Fact]
    public void Crowding_counts_the_pods_of_sibling_sets_too()
    {
        Pod[] owned = [Ready("a", node: "quiet"), Ready("b", node: "busy")];
        ReplicaPlan plan = ReplicaPlan.Compute(
            new(1, 0, default), owned, [.. owned, Ready("other", node: "busy")], Now);
        Assert.Equal(["b"], NamesOf(plan.Delete));
    }

    [Fact]
    public void A_pod_becomes_available_when_it_has_been_ready_long_enough_and_that_moment_is_waited_for()
    {
        ReplicaPlan plan = ReplicaPlan.Compute(
            new(2, 30, default), [Ready("a", 10), Ready("b", 30)], [], Now);
        Assert.Equal(new ReplicaCounts(2, 2, 2, 1, 0), plan.Counts);
        Assert.Equal(TimeSpan.FromSeconds(20), plan.CheckAfter);
    }

    [Fact]
    public void Pods_that_lost_a_label_of_the_template_are_not_fully_labeled()
    {
        ApiMap<string> labels = ApiMap<string>.Empty.With("app", "web").With("tier", "front");
        Pod full = Ready("a").Labeled("app", "web").Labeled("tier", "front");
        Pod less = Ready("b").Labeled("app", "web");
        Assert.Equal(1, ReplicaPlan.Compute(new(2, 0, labels), [full, less], [], Now).Counts.FullyLabeled);
    }

    private static ReplicaPlan Plan(int replicas, params Pod[] pods) =>
        ReplicaPlan.Compute(new(replicas, 0, default), pods, pods, Now);
}
