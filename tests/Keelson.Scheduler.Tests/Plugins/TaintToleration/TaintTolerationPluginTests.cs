using Keelson.Api.Core.V1;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Plugins.TaintToleration;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Tests.Plugins.TaintToleration;

public sealed class TaintTolerationPluginTests
{
    private readonly TaintTolerationPlugin _plugin = new();
    private readonly NodeSnapshot _snapshot = new();

    [Theory]
    [InlineData("", "", "", false)]
    [InlineData("dedicated", "gpu", "", true)]
    [InlineData("dedicated", "gpu", "NoExecute", false)]
    [InlineData("dedicated", "other", "NoSchedule", false)]
    public void A_node_is_left_out_unless_all_its_taints_are_tolerated(
        string key, string value, string effect, bool fits)
    {
        Pod pod = Objects.Pod("p");
        pod = pod with
        {
            Spec = pod.Spec with
            {
                Tolerations = key.Length == 0 ? [] : [Objects.Toleration(key, value, effect)],
            },
        };
        NodeInfo node = _snapshot.SetNode(Objects.Node("n", taints: "dedicated=gpu:NoSchedule"));
        PluginStatus? status = _plugin.Filter(new(), pod.Info(), node);
        Assert.Equal(fits ? null : "node(s) had untolerated taint(s)", status?.Message);
    }

    [Fact]
    public void Nodes_with_fewer_taints_that_ask_to_stay_away_score_higher()
    {
        PodInfo pod = Objects.Pod("p").Info();
        NodeInfo[] nodes =
        [
            _snapshot.SetNode(Objects.Node("none")),
            _snapshot.SetNode(Objects.Node("one", taints: "a=1:PreferNoSchedule")),
            _snapshot.SetNode(Objects.Node("two", taints: "a=1:PreferNoSchedule,b=1:PreferNoSchedule")),
        ];
        CycleState state = new();
        long[] scores = new long[3];
        _plugin.PreScore(state, pod, nodes);
        _plugin.Score(state, pod, nodes, scores);
        _plugin.Normalize(state, pod, nodes, scores);
        Assert.Equal([100, 50, 0], scores);
    }
}
