using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Scheduler.Config;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Plugins.InterPodAffinity;
using Keelson.Scheduler.Snapshot;
using static Keelson.Scheduler.Tests.AffinityTerms;

namespace Keelson.Scheduler.Tests.Plugins.InterPodAffinity;

public sealed class InterPodAffinityPluginTests
{
    private readonly TestProfile _profile = new TestProfile().With(
        Objects.Node("a1", labels: "zone=a,host=a1"),
        Objects.Node("b1", labels: "zone=b,host=b1"),
        Objects.Node("bare"));

    [Fact]
    public void A_pod_goes_where_the_pods_are_that_it_must_be_near_to()
    {
        _profile.With(Objects.Pod("db", node: "b1", labels: "app=db"));
        Assert.Equal("b1", _profile.Place(Objects.Pod("p").Near(Term("app=db", "zone"))));
        Assert.Equal(
            "0/3 nodes are available: 3 node(s) didn't match pod affinity rules.",
            _profile.Place(Objects.Pod("p").Near(Term("app=other", "zone"))));
        Assert.Equal(
            "0/3 nodes are available: 3 node(s) didn't match pod affinity rules.",
            _profile.Place(Objects.Pod("p", @namespace: "elsewhere").Near(Term("app=db", "zone"))));
    }

    [Fact]
    public void The_first_pod_of_a_group_goes_anywhere_with_the_label_and_the_others_follow()
    {
        Pod first = Objects.Pod("1", labels: "app=x").Near(Term("app=x", "zone"));
        string node = _profile.Place(first);
        Assert.Contains(node, (string[])["a1", "b1"]);
        string other = node == "a1" ? "b1" : "a1";
        _profile.With(first with { Spec = first.Spec with { NodeName = other } });
        Assert.Equal(other, _profile.Place(Objects.Pod("2", labels: "app=x").Near(Term("app=x", "zone"))));
    }

    [Theory]
    [InlineData("", null, "default", true)]
    [InlineData("", null, "team", false)]
    [InlineData("team", null, "team", true)]
    [InlineData("", "env=prod", "team", true)]
    [InlineData("", "env=test", "team", false)]
    [InlineData("", "", "team", true)]
    public void Terms_are_about_their_namespaces(string names, string? selected, string of, bool isAbout)
    {
        _profile.Informers.Add(new Namespace
        {
            Metadata = ObjectMeta.Empty with { Name = "team", Labels = Objects.Labels("env=prod") },
        });
        _profile.With(Objects.Pod("db", node: "a1", labels: "app=db", @namespace: of));
        Assert.Equal(
            isAbout ? "a1" : "0/3 nodes are available: 3 node(s) didn't match pod affinity rules.",
            _profile.Place(Objects.Pod("p").Near(Term("app=db", "zone", names, selected))));
    }

    [Fact]
    public void Pods_stay_away_from_each_other_whoever_of_them_says_so()
    {
        _profile.With(
            Objects.Pod("shy", node: "a1", labels: "app=shy").Away(Term("app=x", "zone")),
            Objects.Pod("y", node: "b1", labels: "app=y"));
        Assert.Equal(
            "0/3 nodes are available: 1 node(s) didn't match pod anti-affinity rules, "
            + "1 node(s) didn't satisfy existing pods anti-affinity rules, 1 node(s) were unschedulable.",
            _profile.With(Objects.Node("bare") with { Spec = new() { Unschedulable = true } })
                .Place(Objects.Pod("p", labels: "app=x").Away(Term("app=y", "host"))));
        Assert.NotEqual("a1", _profile.Place(Objects.Pod("q", labels: "app=x")));
    }

    [Fact]
    public void Counts_follow_pods_that_come_and_go_and_nodes_that_move()
    {
        Pod pod = Objects.Pod("p").Away(Term("app=x", "zone"));
        PodInfo one = Objects.Pod("1", node: "a1", labels: "app=x").Info();
        _profile.With(Objects.Node("bare", cpu: "0"), Objects.Node("b1", cpu: "0", labels: "zone=b"));
        Pod sized = pod with { Spec = pod.Spec with { Containers = Objects.Pod("c", "cpu=1").Spec.Containers } };
        Assert.Equal("a1", _profile.Place(sized));
        _profile.Snapshot.AddPod(one);
        Assert.StartsWith("0/3", _profile.Place(sized), StringComparison.Ordinal);
        _profile.Snapshot.RemovePod(one);
        Assert.Equal("a1", _profile.Place(sized));
        _profile.Snapshot.AddPod(Objects.Pod("2", node: "b1", labels: "app=x").Info());
        Assert.Equal("a1", _profile.Place(sized));
        _profile.With(Objects.Node("b1", cpu: "0", labels: "zone=a"));
        Assert.StartsWith("0/3", _profile.Place(sized), StringComparison.Ordinal);
    }

    [Fact]
    public void Removing_pods_in_a_simulation_changes_only_the_copy()
    {
        PodInfo shy = Objects.Pod("shy", node: "a1").Away(Term("app=x", "host")).Info();
        _profile.Snapshot.AddPod(shy);
        PodInfo pod = Objects.Pod("p", labels: "app=x").Info();
        NodeInfo node = _profile.Snapshot.Find("a1")!;
        CycleState state = new();
        _profile.Profile.PreFilter(state, pod, out _, out _);
        CycleState without = state.Clone();
        _profile.Profile.RemovePod(without, pod, shy, node);
        Assert.Null(_profile.Profile.FilterWithNominated(without, pod, node));
        Assert.Equal(
            "node(s) didn't satisfy existing pods anti-affinity rules",
            _profile.Profile.FilterWithNominated(state, pod, node)?.Message);
    }

    [Fact]
    public void Wishes_of_both_sides_are_weighed()
    {
        _profile.With(
            Objects.Pod("near", node: "a1", labels: "app=near"),
            Objects.Pod("fond", node: "b1").Near(Term("app=p", "zone")),
            Objects.Pod("fonder", node: "b1").RatherNear(3, Term("app=p", "zone")),
            Objects.Pod("averse", node: "a1").RatherAway(1, Term("app=p", "zone")));
        Pod pod = Objects.Pod("p", labels: "app=p").RatherNear(5, Term("app=near", "host"));

        // a1: 5 - 1, b1: 1 for what must be near + 3, bare: 0
        Assert.Equal([100, 100, 0], Scored(pod));
        Assert.Equal([0, 100, 20], Scored(Objects.Pod("q", labels: "app=p")));
    }

    private long[] Scored(Pod pod)
    {
        PluginContext context = new()
        {
            Client = null!, Informers = _profile.Informers, Snapshot = _profile.Snapshot, Clock = new ManualClock(),
            Random = new(1), Log = static _ => { }, Post = static _ => { }, Activate = static _ => { },
            Nominations = new(new()), Events = null!,
        };
        InterPodAffinityPlugin plugin = new(new InterPodAffinityArgs(), context);
        NodeInfo[] nodes = [.. new[] { "a1", "b1", "bare" }.Select(one => _profile.Snapshot.Find(one)!)];
        CycleState state = new();
        long[] scores = new long[3];
        Assert.Null(plugin.PreScore(state, pod.Info(), nodes));
        plugin.Score(state, pod.Info(), nodes, scores);
        plugin.Normalize(state, pod.Info(), nodes, scores);
        return scores;
    }
}
