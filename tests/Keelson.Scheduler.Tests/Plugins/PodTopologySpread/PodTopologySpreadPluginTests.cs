using Keelson.Api.Apps.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Plugins.PodTopologySpread;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Tests.Plugins.PodTopologySpread;

public sealed class PodTopologySpreadPluginTests
{
    private const string Uneven = "node(s) didn't match pod topology spread constraints";

    private readonly TestProfile _profile = new TestProfile().With(
        Objects.Node("a1", labels: "zone=a,topology.kubernetes.io/zone=a,kubernetes.io/hostname=a1"),
        Objects.Node("a2", labels: "zone=a,topology.kubernetes.io/zone=a,kubernetes.io/hostname=a2"),
        Objects.Node("b1", labels: "zone=b,topology.kubernetes.io/zone=b,kubernetes.io/hostname=b1"),
        Objects.Node("bare"));

    // A letter is a pod on the first node of the zone; the result is where another may go.
    [Theory]
    [InlineData("", 1, null, "a1 a2 b1")]
    [InlineData("a", 1, null, "b1")]
    [InlineData("ab", 1, null, "a1 a2 b1")]
    [InlineData("a", 2, null, "a1 a2 b1")]
    [InlineData("aa", 2, null, "b1")]
    [InlineData("ab", 1, 3, "")]
    [InlineData("", 1, 3, "a1 a2 b1")]
    public void No_domain_gets_more_pods_than_the_emptiest_and_the_skew(
        string pods, int skew, int? domains, string expected)
    {
        int i = 0;
        foreach (char zone in pods)
        {
            _profile.With(Objects.Pod($"x{i++}", node: zone + "1", labels: "app=x"));
        }

        Assert.Equal(expected, Allowed(Spread(Constraint() with { MaxSkew = skew, MinDomains = domains })));
    }

    [Fact]
    public void The_message_tells_a_missing_label_from_uneven_domains()
    {
        _profile.With(Objects.Pod("x", node: "a1", labels: "app=x")).With(
            Objects.Node("b1", cpu: "0", labels: "zone=b"));
        Pod pod = Spread(Constraint());
        pod = pod with { Spec = pod.Spec with { Containers = Objects.Pod("c", "cpu=1").Spec.Containers } };
        Assert.Equal(
            $"0/4 nodes are available: 1 Insufficient cpu, 1 {Uneven} (missing required label), 2 {Uneven}.",
            _profile.Place(pod));
    }

    [Fact]
    public void Pods_that_go_away_are_of_other_namespaces_or_of_other_revisions_dont_count()
    {
        Pod ending = Objects.Pod("ending", node: "a1", labels: "app=x,rev=2");
        _profile.With(
            Objects.Pod("other", node: "a1", labels: "app=x,rev=2", @namespace: "other"),
            Objects.Pod("old", node: "a1", labels: "app=x,rev=1"),
            ending with { Metadata = ending.Metadata with { DeletionTimestamp = new(DateTimeOffset.UnixEpoch) } });
        TopologySpreadConstraint constraint = Constraint() with { MatchLabelKeys = ["rev"] };
        Assert.Equal("a1 a2 b1", Allowed(Spread(constraint, "app=x,rev=2")));
        Assert.Equal("b1", Allowed(Spread(constraint, "app=x,rev=1")));
    }

    [Theory]
    [InlineData("Honor", "Ignore", "")]
    [InlineData("Ignore", "Ignore", "")]
    [InlineData("Honor", "Honor", "a1 a2")]
    public void Policies_say_which_nodes_count_as_domains(string affinity, string taints, string expected)
    {
        _profile.With(
            Objects.Pod("x1", node: "a1", labels: "app=x"), Objects.Pod("x2", node: "a2", labels: "app=x"));
        _profile.With(Objects.Node("b1", taints: "t=1:NoSchedule", labels: "zone=b"));
        Pod pod = Spread(Constraint() with { NodeAffinityPolicy = affinity, NodeTaintsPolicy = taints });
        Assert.Equal(expected, Allowed(pod));
    }

    [Fact]
    public void A_node_selector_leaves_domains_out_unless_it_is_ignored()
    {
        _profile.With(Objects.Pod("x", node: "a1", labels: "app=x"));
        Pod Selecting(string policy)
        {
            Pod pod = Spread(Constraint() with { NodeAffinityPolicy = policy });
            return pod with { Spec = pod.Spec with { NodeSelector = Objects.Labels("zone=a") } };
        }

        Assert.Equal("a1 a2", Allowed(Selecting("Honor")));
        Assert.Equal("", Allowed(Selecting("Ignore")));
    }

    [Fact]
    public void Counts_follow_pods_and_simulations_change_only_their_copy()
    {
        Pod pod = Spread(Constraint());
        PodInfo there = Objects.Pod("x", node: "a1", labels: "app=x").Info();
        Assert.Equal("a1 a2 b1", Allowed(pod));
        _profile.Snapshot.AddPod(there);
        Assert.Equal("b1", Allowed(pod));
        CycleState state = new();
        PodInfo info = pod.Info();
        NodeInfo node = _profile.Snapshot.Find("a1")!;
        _profile.Profile.PreFilter(state, info, out _, out _);
        CycleState copy = state.Clone();
        _profile.Profile.RemovePod(copy, info, there, node);
        Assert.Null(_profile.Profile.FilterWithNominated(copy, info, node));
        Assert.Equal(Uneven, _profile.Profile.FilterWithNominated(state, info, node)?.Message);
        _profile.Snapshot.RemovePod(there);
        Assert.Equal("a1 a2 b1", Allowed(pod));
    }

    [Fact]
    public void Pods_of_a_workload_are_spread_over_nodes_and_zones_without_asking()
    {
        _profile.Informers.Add(new ReplicaSet
        {
            Metadata = ObjectMeta.Empty with { Namespace = "default", Name = "rs" },
            Spec = new() { Selector = new() { MatchLabels = Objects.Labels("app=x") } },
        });
        _profile.With(
            Objects.Pod("1", node: "a1", labels: "app=x"), Objects.Pod("2", node: "a1", labels: "app=x"),
            Objects.Pod("3", node: "a2", labels: "app=x"));
        Pod pod = Objects.Pod("p", labels: "app=x");
        pod = pod with
        {
            Metadata = pod.Metadata with
            {
                OwnerReferences =
                    [new() { ApiVersion = "apps/v1", Kind = "ReplicaSet", Name = "rs", Controller = true }],
            },
        };

        // Weights: ln 6 for 4 nodes, ln 5 for 3 zones (none at all is one). a1: 2 ln 6 + 2 + 3 ln 5 + 4 = 14.4,
        // a2: 12.6, b1: 6, bare: 0.
        Assert.Equal([0, 7, 57, 100], Scored(pod));
        Assert.Equal([0, 0, 0, 0], Scored(Objects.Pod("q", labels: "app=x")));
    }

    private static TopologySpreadConstraint Constraint() => new()
    {
        TopologyKey = "zone",
        MaxSkew = 1,
        WhenUnsatisfiable = "DoNotSchedule",
        LabelSelector = new() { MatchLabels = Objects.Labels("app=x") },
    };

    private static Pod Spread(TopologySpreadConstraint constraint, string labels = "app=x")
    {
        Pod pod = Objects.Pod("p", labels: labels);
        return pod with { Spec = pod.Spec with { TopologySpreadConstraints = [constraint] } };
    }

    private string Allowed(Pod pod)
    {
        CycleState state = new();
        PodInfo info = pod.Info();
        _profile.Profile.PreFilter(state, info, out _, out _);
        return string.Join(' ', _profile.Snapshot.Nodes
            .Where(one => _profile.Profile.FilterWithNominated(state, info, one) is null)
            .Select(static one => one.Name).Order(StringComparer.Ordinal));
    }

    private long[] Scored(Pod pod)
    {
        PodTopologySpreadPlugin plugin = _profile.Profile.Plugins.All.OfType<PodTopologySpreadPlugin>().Single();
        NodeInfo[] nodes = [.. new[] { "a1", "a2", "b1", "bare" }.Select(one => _profile.Snapshot.Find(one)!)];
        CycleState state = new();
        long[] scores = new long[4];
        if (plugin.PreScore(state, pod.Info(), nodes) is { Code: StatusCode.Skip })
        {
            return scores;
        }

        plugin.Score(state, pod.Info(), nodes, scores);
        plugin.Normalize(state, pod.Info(), nodes, scores);
        return scores;
    }
}
