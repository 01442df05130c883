using Keelson.Api.Core.V1;
using Keelson.Api.Resource.V1;
using Keelson.Scheduler.Config;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Plugins.DynamicResources;
using Keelson.Scheduler.Plugins.NodeResourcesFit;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Tests.Plugins.NodeResourcesFit;

public sealed class NodeResourcesFitPluginTests
{
    private static readonly ExtendedResourceClasses NoClasses = new(new EmptyInformers().Of<DeviceClass>());

    private readonly NodeSnapshot _snapshot = new();

    [Theory]
    [InlineData("cpu=1", "", "")]
    [InlineData("cpu=1500m", "Insufficient cpu", "Unschedulable")]
    [InlineData("cpu=3", "Insufficient cpu", "UnschedulableAndUnresolvable")]
    [InlineData(
        "memory=3Gi,example.com/gpu=1", "Insufficient memory, Insufficient example.com/gpu",
        "UnschedulableAndUnresolvable")]
    [InlineData("ignored.com/x=5,example.com/ignored=1", "", "")]
    public void What_is_asked_must_be_left(string requests, string message, string code)
    {
        NodeResourcesFitPlugin plugin = new(
            new() { IgnoredResourceGroups = ["ignored.com"] }, leftToExtenders: ["example.com/ignored"], NoClasses);
        NodeInfo node = _snapshot.SetNode(Objects.Node("n", "2", "4Gi"));
        _snapshot.AddPod(Objects.Pod("there", "cpu=1,memory=2Gi", "n").Info());
        PluginStatus? status = plugin.Filter(new(), Objects.Pod("p", requests).Info(), node);
        Assert.Equal((message, code), (status?.Message ?? "", status?.Code.ToString() ?? ""));
    }

    [Fact]
    public void A_node_takes_so_many_pods_and_no_more()
    {
        NodeInfo node = _snapshot.SetNode(Objects.Node("n", pods: 1));
        NodeResourcesFitPlugin plugin = new(new(), [], NoClasses);
        Assert.Null(plugin.Filter(new(), Objects.Pod("p").Info(), node));
        _snapshot.AddPod(Objects.Pod("there", node: "n").Info());
        Assert.Equal("Too many pods", plugin.Filter(new(), Objects.Pod("p").Info(), node)?.Message);
    }

    // The pod takes 1 of 4 processors and 2 of 8 GiB; on the node are 1 processor and 4 GiB taken.
    [Theory]
    [InlineData(ScoringStrategyType.LeastAllocated, 37)] // cpu 50, memory 25
    [InlineData(ScoringStrategyType.MostAllocated, 62)] // cpu 50, memory 75
    [InlineData(ScoringStrategyType.RequestedToCapacityRatio, 63)] // cpu 50, memory 75, rounded
    public void Strategies_score_what_would_be_used(ScoringStrategyType strategy, long expected)
    {
        NodeResourcesFitPlugin plugin = new(
            new() { Strategy = strategy, Shape = [new(0, 0), new(100, 10)] }, [], NoClasses);
        NodeInfo node = _snapshot.SetNode(Objects.Node("n"));
        _snapshot.AddPod(Objects.Pod("there", "cpu=1,memory=4Gi", "n").Info());
        long[] scores = new long[1];
        plugin.Score(new(), Objects.Pod("p", "cpu=1,memory=2Gi").Info(), [node], scores);
        Assert.Equal(expected, scores[0]);
    }
}
