using Keelson.Api.Apps.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.StatefulSets;
using Keelson.Controllers.Tests.Pods;
using Keelson.Machinery.Values;
using static Keelson.Controllers.Tests.Pods.TestPods;

namespace Keelson.Controllers.Tests.StatefulSets;

public sealed class StatefulSetPlanTests
{
    [Fact]
    public void Pods_come_one_after_the_other_and_each_waits_for_the_one_before()
    {
        Assert.Equal([0], Created(Plan(Set(3))));
        Assert.Equal([1], Created(Plan(Set(3), Old("w-0"))));
        Assert.Empty(Created(Plan(Set(3), Rev(Unready("w-0"), "old"))));
        Assert.Equal([0], Created(Plan(Set(3), Old("w-1"), Old("w-2"))));
    }

    [Fact]
    public void Parallel_sets_create_and_delete_everything_at_once()
    {
        StatefulSet set = Set(3);
        set = set with { Spec = set.Spec with { PodManagementPolicy = "Parallel" } };
        Assert.Equal([0, 1, 2], Created(Plan(set)));
        StatefulSetPlan down = Plan(
            set with { Spec = set.Spec with { Replicas = 1 } }, Old("w-0"), Old("w-1"), Rev(Unready("w-2"), "old"));
        Assert.Equal(["w-2", "w-1"], Deleted(down));
    }

    [Fact]
    public void Scaling_down_removes_the_last_pod_and_waits_until_it_is_gone()
    {
        Assert.Equal(["w-2"], Deleted(Plan(Set(1), Old("w-0"), Old("w-1"), Old("w-2"))));
        Assert.Empty(Deleted(Plan(Set(1), Old("w-0"), Old("w-1"), Old("w-2").Going())));
    }

    [Fact]
    public void Scaling_down_stops_while_another_pod_is_unhealthy()
    {
        Assert.Empty(Deleted(Plan(Set(1), Rev(Unready("w-0"), "old"), Old("w-1"))));
        Assert.Equal(["w-1"], Deleted(Plan(Set(1), Old("w-0"), Rev(Unready("w-1"), "old"))));
    }

    [Fact]
    public void A_failed_pod_is_deleted_to_come_again_under_its_name()
    {
        StatefulSetPlan plan = Plan(Set(2), Rev(Ended("w-0", "Failed"), "old"), Old("w-1"));
        Assert.Equal(("w-0", StatefulDeletion.Failed), (plan.Delete[0].Pod.Metadata.Name, plan.Delete[0].Why));
        Assert.Empty(plan.Create);
    }

    [Fact]
    public void An_update_goes_from_the_last_pod_to_the_first_one_at_a_time()
    {
        StatefulSet set = Rolling(Set(3), 0);
        Assert.Equal(["w-2"], Updated(set, Old("w-0"), Old("w-1"), Old("w-2")));
        Assert.Empty(Updated(set, Old("w-0"), Old("w-1"), Rev(Unready("w-2"), "new")));
        Assert.Equal(["w-1"], Updated(set, Old("w-0"), Old("w-1"), Rev(Ready("w-2"), "new")));
    }

    [Fact]
    public void A_partition_keeps_the_pods_below_it_and_they_come_again_as_they_were()
    {
        StatefulSet set = Rolling(Set(3), 2);
        Assert.Equal(["w-2"], Updated(set, Old("w-0"), Old("w-1"), Old("w-2")));
        Assert.Empty(Updated(set, Old("w-0"), Old("w-1"), Rev(Ready("w-2"), "new")));
        StatefulSetPlan again = Update(set, Old("w-0"), Rev(Ready("w-2"), "new"));
        Assert.Equal([(1, false)], again.Create);
        Assert.Equal([(2, true)], Update(set, Old("w-0"), Old("w-1")).Create);
    }

    [Fact]
    public void With_a_number_that_may_be_unavailable_so_many_are_updated_at_once()
    {
        StatefulSet set = Rolling(Set(4), 0, 2);
        Assert.Equal(["w-3", "w-2"], Updated(set, Old("w-0"), Old("w-1"), Old("w-2"), Old("w-3")));
        StatefulSet parallel = set with { Spec = set.Spec with { PodManagementPolicy = "Parallel" } };
        Assert.Equal(
            ["w-2"], Updated(parallel, Old("w-0"), Old("w-1"), Old("w-2"), Rev(Unready("w-3"), "new")));
    }

    [Fact]
    public void Nothing_is_updated_on_delete()
    {
        StatefulSet set = Set(2);
        set = set with
        {
            Spec = set.Spec with { UpdateStrategy = new StatefulSetUpdateStrategy { Type = "OnDelete" } },
        };
        StatefulSetPlan plan = Update(set, Old("w-0"));
        Assert.Empty(plan.Delete);
        Assert.Equal([(1, true)], plan.Create);
    }

    [Fact]
    public void Ordinals_may_start_elsewhere_and_what_is_below_is_removed()
    {
        StatefulSet set = Set(2);
        set = set with { Spec = set.Spec with { Ordinals = new StatefulSetOrdinals { Start = 5 } } };
        Assert.Equal([5], Created(Plan(set, Old("w-0"))));
        Assert.Equal(["w-0"], Deleted(Plan(set, Old("w-5"), Old("w-6"), Old("w-0"))));
    }

    [Fact]
    public void The_update_revision_becomes_the_current_one_when_all_pods_have_it_and_are_ready()
    {
        StatefulSet set = Rolling(Set(2), 0);
        StatefulSetStatus half = Update(set, Old("w-0"), Rev(Ready("w-1"), "new")).Status;
        Assert.Equal(
            ("old", "new", 1, 1),
            (half.CurrentRevision, half.UpdateRevision, half.CurrentReplicas, half.UpdatedReplicas));
        StatefulSetStatus whole = Update(set, Rev(Ready("w-0"), "new"), Rev(Ready("w-1"), "new")).Status;
        Assert.Equal(("new", 2), (whole.CurrentRevision, whole.CurrentReplicas));
    }

    [Fact]
    public void A_pod_counts_as_available_after_the_seconds_asked_for_and_holds_up_the_next_until_then()
    {
        StatefulSet set = Set(2);
        set = set with { Spec = set.Spec with { MinReadySeconds = 60 } };
        StatefulSetPlan plan = Plan(set, Rev(Ready("w-0", 20), "old"));
        Assert.Empty(plan.Create);
        Assert.Equal((1, 0), (plan.Status.ReadyReplicas, plan.Status.AvailableReplicas));
        Assert.Equal(TimeSpan.FromSeconds(40), plan.CheckAfter);
    }

    private static StatefulSetPlan Plan(StatefulSet set, params Pod[] pods) =>
        StatefulSetPlan.Compute(new(set, pods, Revision("old"), Revision("old")), Now);

    private static StatefulSetPlan Update(StatefulSet set, params Pod[] pods) =>
        StatefulSetPlan.Compute(new(set, pods, Revision("old"), Revision("new")), Now);

    private static string[] Updated(StatefulSet set, params Pod[] pods) => Deleted(Update(set, pods));

    private static int[] Created(StatefulSetPlan plan) => [.. plan.Create.Select(static one => one.Ordinal)];

    private static string[] Deleted(StatefulSetPlan plan) => NamesOf(plan.Delete.Select(static one => one.Pod));

    private static Pod Old(string name) => Rev(Ready(name), "old");

    private static Pod Rev(Pod pod, string revision) => pod.Labeled("controller-revision-hash", revision);

    private static ControllerRevision Revision(string name) =>
        new() { Metadata = ObjectMeta.Empty with { Name = name } };

    private static StatefulSet Rolling(StatefulSet set, int partition, int? unavailable = null) => set with
    {
        Spec = set.Spec with
        {
            UpdateStrategy = new StatefulSetUpdateStrategy
            {
                Type = "RollingUpdate",
                RollingUpdate = new RollingUpdateStatefulSetStrategy
                {
                    Partition = partition,
                    MaxUnavailable = unavailable is { } count ? new IntOrString(count) : default(IntOrString?),
                },
            },
        },
    };

    private static StatefulSet Set(int replicas) => Rolling(
        new StatefulSet
        {
            Metadata = ObjectMeta.Empty with { Name = "w", Namespace = "default", Uid = "w" },
            Spec = new StatefulSetSpec { Replicas = replicas, PodManagementPolicy = "OrderedReady", ServiceName = "w" },
        },
        0);
}
