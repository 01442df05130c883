using Keelson.Api.Apps.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.DaemonSets;
using Keelson.Controllers.Tests.Pods;
using Keelson.Machinery.Values;
using static Keelson.Controllers.Tests.Pods.TestPods;

namespace Keelson.Controllers.Tests.DaemonSets;

public sealed class DaemonSetPlanTests
{
    private const string HashLabel = "controller-revision-hash";

    [Fact]
    public void Every_node_gets_one_pod_and_a_second_one_goes()
    {
        Assert.Equal(["a", "b"], Plan(Set(), [Node("a"), Node("b")]).Create);
        DaemonSetPlan plan = Plan(Set(), [Node("a")], New("old", "a", 500), New("young", "a", 10));
        Assert.Empty(plan.Create);
        Assert.Equal(["young"], NamesOf(plan.Delete));
    }

    [Fact]
    public void A_taint_that_forbids_scheduling_lets_pods_stay_and_one_that_evicts_does_not()
    {
        Node closed = Node("a", new Taint { Key = "k", Effect = "NoSchedule" });
        Assert.Empty(Plan(Set(), [closed]).Create);
        DaemonSetPlan staying = Plan(Set(), [closed], New("p", "a"));
        Assert.Empty(staying.Delete);
        Assert.Equal((0, 1), (staying.Status.DesiredNumberScheduled, staying.Status.NumberMisscheduled));
        Node evicting = Node("a", new Taint { Key = "k", Effect = "NoExecute" });
        Assert.Equal(["p"], NamesOf(Plan(Set(), [evicting], New("p", "a")).Delete));
    }

    [Fact]
    public void Nodes_in_trouble_keep_and_get_daemon_pods()
    {
        Node unreachable = Node("a", new Taint { Key = "node.kubernetes.io/unreachable", Effect = "NoExecute" });
        Node cordoned = Node("b", new Taint { Key = "node.kubernetes.io/unschedulable", Effect = "NoSchedule" });
        Node noNetwork = Node("c", new Taint { Key = "node.kubernetes.io/network-unavailable", Effect = "NoSchedule" });
        Assert.Equal(["a", "b"], Plan(Set(), [unreachable, cordoned, noNetwork]).Create);
        DaemonSet onHost = Set();
        onHost = onHost with
        {
            Spec = onHost.Spec with
            {
                Template = new PodTemplateSpec { Spec = new PodSpec { HostNetwork = true } },
            },
        };
        Assert.Equal(["c"], Plan(onHost, [noNetwork]).Create);
    }

    [Fact]
    public void Pods_that_ended_are_cleared_away_to_come_again()
    {
        Pod failed = New("p", "a") with { Status = new PodStatus { Phase = "Failed" } };
        DaemonSetPlan plan = Plan(Set(), [Node("a")], failed);
        Assert.Equal(["p"], NamesOf(plan.Ended));
        Assert.Empty(plan.Create);
    }

    [Fact]
    public void A_rolling_update_takes_no_more_than_may_be_unavailable()
    {
        Node[] nodes = [Node("a"), Node("b"), Node("c")];
        Assert.Equal(["pa"], NamesOf(Plan(Set(1), nodes, Old("pa", "a"), Old("pb", "b"), Old("pc", "c")).Delete));
        Assert.Equal(["pa", "pb"], NamesOf(Plan(Set(2), nodes, Old("pa", "a"), Old("pb", "b"), Old("pc", "c")).Delete));
        Pod starting = Unready("pa", node: "a").Labeled(HashLabel, "new");
        Assert.Empty(Plan(Set(1), nodes, starting, Old("pb", "b"), Old("pc", "c")).Delete);
    }

    [Fact]
    public void Old_pods_that_are_not_available_are_replaced_whatever_the_limit()
    {
        Pod broken = Unready("pa", node: "a").Labeled(HashLabel, "old");
        Pod broken2 = Unready("pb", node: "b").Labeled(HashLabel, "old");
        Node[] nodes = [Node("a"), Node("b"), Node("c")];
        Assert.Equal(["pa", "pb"], NamesOf(Plan(Set(1), nodes, broken, broken2, Old("pc", "c")).Delete));
    }

    [Fact]
    public void With_a_surge_the_new_pod_comes_first_and_the_old_one_goes_when_it_is_available()
    {
        DaemonSet set = Set(0, 1);
        Node[] nodes = [Node("a"), Node("b")];
        DaemonSetPlan first = Plan(set, nodes, Old("pa", "a"), Old("pb", "b"));
        Assert.Equal(["a"], first.Create);
        Assert.Empty(first.Delete);
        Pod starting = Unready("na", node: "a").Labeled(HashLabel, "new");
        DaemonSetPlan waiting = Plan(set, nodes, Old("pa", "a"), starting, Old("pb", "b"));
        Assert.Empty(waiting.Create);
        Assert.Empty(waiting.Delete);
        Assert.Equal(["pa"], NamesOf(Plan(set, nodes, Old("pa", "a"), New("na", "a"), Old("pb", "b")).Delete));
    }

    [Fact]
    public void On_delete_leaves_old_pods_alone()
    {
        DaemonSet set = Set();
        set = set with { Spec = set.Spec with { UpdateStrategy = new DaemonSetUpdateStrategy { Type = "OnDelete" } } };
        DaemonSetPlan plan = Plan(set, [Node("a")], Old("p", "a"));
        Assert.Empty(plan.Delete);
        Assert.Equal(0, plan.Status.UpdatedNumberScheduled);
    }

    [Fact]
    public void The_status_counts_nodes_rather_than_pods()
    {
        DaemonSetStatus status = Plan(
            Set(), [Node("a"), Node("b"), Node("c")], New("pa", "a"), Unready("pb", node: "b").Labeled(HashLabel, "old")).Status;
        Assert.Equal(3, status.DesiredNumberScheduled);
        Assert.Equal(2, status.CurrentNumberScheduled);
        Assert.Equal(1, status.NumberReady);
        Assert.Equal(1, status.NumberAvailable);
        Assert.Equal(2, status.NumberUnavailable);
        Assert.Equal(1, status.UpdatedNumberScheduled);
    }

    [Fact]
    public void A_pod_is_pinned_to_its_node_by_a_field_so_that_the_scheduler_puts_it_there()
    {
        Pod pod = new DaemonPlacement(Set()).PodFor("a", "new");
        Assert.Equal("a", DaemonPlacement.NodeOf(pod));
        Assert.Equal("", pod.Spec.NodeName);
        Assert.Empty(Plan(Set(), [Node("a")], pod with { Metadata = pod.Metadata with { Name = "p" } }).Create);
        Assert.Equal(["p"], NamesOf(Plan(Set(), [], pod with { Metadata = pod.Metadata with { Name = "p" } }).Delete));
    }

    private static DaemonSetPlan Plan(DaemonSet set, Node[] nodes, params Pod[] pods) =>
        DaemonSetPlan.Compute(new(set, nodes, pods, "new"), Now);

    private static Pod New(string name, string node, double age = 100) =>
        Ready(name, age, node).Labeled(HashLabel, "new");

    private static Pod Old(string name, string node) => Ready(name, 100, node).Labeled(HashLabel, "old");

    private static Node Node(string name, params Taint[] taints) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = name },
        Spec = new NodeSpec { Taints = taints.ToApiList() },
    };

    private static DaemonSet Set(int unavailable = 1, int surge = 0) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = "ds", Namespace = "default", Uid = "ds" },
        Spec = new DaemonSetSpec
        {
            UpdateStrategy = new DaemonSetUpdateStrategy
            {
                Type = "RollingUpdate",
                RollingUpdate = new RollingUpdateDaemonSet { MaxUnavailable = unavailable, MaxSurge = surge },
            },
        },
    };
}
