using Keelson.Api.Coordination.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.NodeLifecycle;
using Keelson.Controllers.Nodes;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Tests.NodeLifecycle;

public sealed class NodeHealthPlanTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly NodeLifecycleConfig Config = new();

    [Fact]
    public void A_silent_node_becomes_unknown_after_its_grace_period()
    {
        Node node = Ready("True");
        NodeHealth health = NodeHealthPlan.Compute(node, null, null, Config, Start).Health;
        Assert.Null(NodeHealthPlan.Compute(node, null, health, Config, Start.AddSeconds(50)).Conditions);
        NodeHealthPlan late = NodeHealthPlan.Compute(node, null, health, Config, Start.AddSeconds(51));
        NodeCondition ready = late.Conditions!.Value.First(static one => one.Type == "Ready");
        Assert.Equal(
            ("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status."),
            (ready.Status, ready.Reason, ready.Message));
        NodeCondition memory = late.Conditions!.Value.First(static one => one.Type == "MemoryPressure");
        Assert.Equal(
            ("Unknown", "NodeStatusNeverUpdated", "Kubelet never posted node status."),
            (memory.Status, memory.Reason, memory.Message));
        Assert.Equal("True", late.Observed.Status);
        Assert.Equal("Unknown", late.Current!.Status);
        Assert.DoesNotContain(late.Conditions!.Value, static one => one.Type == "NetworkUnavailable");
    }

    [Fact]
    public void A_lease_that_is_renewed_keeps_a_node_alive()
    {
        Node node = Ready("True");
        NodeHealth health = NodeHealthPlan.Compute(node, Renewed(Start), null, Config, Start).Health;
        NodeHealthPlan later = NodeHealthPlan.Compute(
            node, Renewed(Start.AddSeconds(45)), health, Config, Start.AddSeconds(60));
        Assert.Null(later.Conditions);
        Assert.NotNull(NodeHealthPlan.Compute(node, Renewed(Start.AddSeconds(45)), later.Health, Config, Start.AddSeconds(111)).Conditions);
    }

    [Fact]
    public void A_node_whose_clock_was_set_back_is_heard_of()
    {
        Node node = Ready("True");
        NodeHealth health = NodeHealthPlan.Compute(node, Renewed(Start), null, Config, Start).Health;
        NodeHealthPlan later = NodeHealthPlan.Compute(
            node, Renewed(Start.AddHours(-1)), health, Config, Start.AddSeconds(60));
        Assert.Null(later.Conditions);
        Assert.Equal(Start.AddSeconds(60), later.Health.HeardOf);
    }

    [Fact]
    public void A_node_that_never_said_anything_is_given_a_minute_from_its_creation()
    {
        Node node = new() { Metadata = ObjectMeta.Empty with { CreationTimestamp = new(Start) } };
        Assert.Null(NodeHealthPlan.Compute(node, null, null, Config, Start.AddSeconds(60)).Conditions);
        NodeHealthPlan late = NodeHealthPlan.Compute(node, null, null, Config, Start.AddSeconds(61));
        Assert.Equal(4, late.Conditions!.Value.Count);
        Assert.Equal("NodeStatusNeverUpdated", late.Current!.Reason);
    }

    [Fact]
    public void What_is_unknown_already_is_not_written_again()
    {
        Node node = Ready("True");
        NodeHealth health = NodeHealthPlan.Compute(node, null, null, Config, Start).Health;
        NodeHealthPlan first = NodeHealthPlan.Compute(node, null, health, Config, Start.AddSeconds(51));
        Node unknown = node with { Status = node.Status with { Conditions = first.Conditions!.Value } };
        Assert.Null(NodeHealthPlan.Compute(unknown, null, first.Health, Config, Start.AddSeconds(56)).Conditions);
    }

    [Fact]
    public void Conditions_become_taints_and_only_their_own_are_removed()
    {
        Node node = Ready("False") with
        {
            Spec = new NodeSpec
            {
                Unschedulable = true,
                Taints =
                [
                    NodeTaints.Of(NodeTaints.Unreachable, "NoSchedule"),
                    NodeTaints.Of(NodeTaints.Unreachable, "NoExecute"),
                    NodeTaints.Of("example.com/mine", "NoSchedule"),
                ],
            },
        };
        (IReadOnlyList<Taint> add, IReadOnlyList<Taint> remove) = NodeConditionTaints.Compute(node);
        Assert.Equal([NodeTaints.NotReady, NodeTaints.Unschedulable], add.Select(static one => one.Key));
        Taint removed = Assert.Single(remove);
        Assert.Equal((NodeTaints.Unreachable, "NoSchedule"), (removed.Key, removed.Effect));
    }

    [Fact]
    public void Older_labels_follow_the_newer_ones()
    {
        Node node = new()
        {
            Metadata = ObjectMeta.Empty with
            {
                Labels = ApiMap<string>.Empty.With("kubernetes.io/os", "linux")
                    .With("kubernetes.io/arch", "arm64")
                    .With("beta.kubernetes.io/arch", "amd64"),
            },
        };
        IReadOnlyDictionary<string, string> labels = NodeConditionTaints.OlderLabels(node);
        Assert.Equal("linux", labels["beta.kubernetes.io/os"]);
        Assert.Equal("arm64", labels["beta.kubernetes.io/arch"]);
    }

    private static Lease Renewed(DateTimeOffset at) => new() { Spec = new LeaseSpec { RenewTime = new MicroTime(at) } };

    private static Node Ready(string status) => new()
    {
        Status = new NodeStatus
        {
            Conditions = [new NodeCondition { Type = "Ready", Status = status, LastHeartbeatTime = new(Start), LastTransitionTime = new(Start) }],
        },
    };
}
