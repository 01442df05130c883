using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Plugins.NodeDeclaredFeatures;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Tests.Plugins.NodeDeclaredFeatures;

public sealed class NodeDeclaredFeaturesPluginTests
{
    private readonly NodeDeclaredFeaturesPlugin _plugin = new();
    private readonly NodeSnapshot _snapshot = new();

    [Fact]
    public void A_pod_whose_containers_restart_together_goes_to_nodes_that_can()
    {
        Pod pod = Objects.Pod("p");
        ContainerRestartRule rule = new() { Action = ContainerRestartRuleAction.RestartAllContainers };
        Container all = new() { Name = "c", RestartPolicyRules = [rule] };
        PodInfo picky = (pod with { Spec = pod.Spec with { Containers = [all] } }).Info();
        Assert.Equal(PluginStatus.Skip, _plugin.PreFilter(new(), pod.Info(), out _));
        Assert.Null(_plugin.PreFilter(new(), picky, out _));

        NodeInfo old = _snapshot.SetNode(Objects.Node("old"));
        NodeInfo able = _snapshot.SetNode(Able(Objects.Node("able")));
        Assert.Equal("node(s) didn't match Pod's required features", _plugin.Filter(new(), picky, old)?.Message);
        Assert.Null(_plugin.Filter(new(), picky, able));
        Assert.False(_plugin.SeesAlike(picky, pod.Info()));
    }

    [Fact]
    public void It_is_worth_another_try_when_a_node_declares_something_new()
    {
        Node old = Objects.Node("n");
        Assert.Equal(ActionType.UpdateNodeDeclaredFeature, Keelson.Scheduler.Cycle.ObjectChanges.Of(old, Able(old)));
        ClusterEventHint hint = Assert.Single(_plugin.EventsToRegister());
        Assert.True(hint.Hint!(Objects.Pod("p").Info(), old, Able(old)));
        Assert.False(hint.Hint(Objects.Pod("p").Info(), old, old));
    }

    private static Node Able(Node node) => node with
    {
        Status = node.Status with { DeclaredFeatures = ["RestartAllContainersOnContainerExits"] },
    };
}
