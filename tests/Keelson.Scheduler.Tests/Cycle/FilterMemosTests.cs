using Keelson.Api.Meta.V1;
using Keelson.Api.Policy.V1;
using Keelson.Scheduler.Config;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Plugins.DefaultPreemption;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Tests.Cycle;

public sealed class FilterMemosTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Random _random = new(7);
    private readonly TestProfile _profile = new TestProfile().With(Objects.Node("stays", "2"));
    private readonly Dictionary<string, PodInfo> _placed = [];

    [Fact]
    public void What_is_remembered_of_a_node_is_what_its_filters_say_now()
    {
        for (int step = 0; step < 3000; step++)
        {
            Change();
            PodInfo pod = Waiting(_random.Next(12));
            (CycleState state, NodeStatuses statuses) = _profile.Look(pod);
            Assert.NotNull(state.Memo);
            foreach (NodeInfo node in statuses.Order.Nodes)
            {
                PluginStatus? now = _profile.Profile.FilterWithNominated(state, pod, node);
                Assert.Equal(now?.Message, statuses.Of(node)?.Message);
            }
        }
    }

    [Fact]
    public void What_is_remembered_of_who_would_have_to_go_is_what_a_new_search_finds()
    {
        CandidateSearch search = new(new DefaultPreemptionArgs(), _profile.Context);
        int found = 0;
        for (int step = 0; step < 3000; step++)
        {
            Change();
            PodInfo pod = Waiting(_random.Next(12));
            (CycleState state, NodeStatuses statuses) = _profile.Look(pod);
            List<Candidate> candidates = search.Find(state, pod, statuses, out _);
            found += candidates.Count;
            Assert.Equal(Anew(state, pod, statuses), candidates.Select(Text).Order());
        }

        Assert.InRange(found, 1000, int.MaxValue);
    }

    [Fact]
    public void A_pod_that_looks_at_other_nodes_too_has_no_memo()
    {
        PodInfo pod = Objects.Pod("p", labels: "app=x").Away(AffinityTerms.Term("app=x", "zone")).Info();
        Assert.Null(_profile.Look(pod).State.Memo);
    }

    [Fact]
    public void A_new_disruption_budget_is_seen()
    {
        _profile.With(Objects.Pod("1", "cpu=2", "stays", labels: "app=db"));
        PodInfo pod = Objects.Pod("p", "cpu=1", priority: 5).Info();
        (CycleState state, NodeStatuses statuses) = _profile.Look(pod);
        CandidateSearch search = new(new DefaultPreemptionArgs(), _profile.Context);
        Assert.Equal(0, Assert.Single(search.Find(state, pod, statuses, out _)).Violations);
        _profile.Informers.Add(new PodDisruptionBudget
        {
            Metadata = ObjectMeta.Empty with { Namespace = "default", Name = "db" },
            Spec = new() { Selector = new LabelSelector { MatchLabels = Objects.Labels("app=db") } },
        });
        Assert.Equal(1, Assert.Single(search.Find(state, pod, statuses, out _)).Violations);
    }

    private static string Text(Candidate one) =>
        one.NodeName + ":" + string.Join(",", one.Victims.Select(static victim => victim.Uid).Order());

    private IEnumerable<string> Anew(CycleState state, PodInfo pod, NodeStatuses statuses)
    {
        List<string> candidates = [];
        foreach (NodeInfo node in statuses.Order.Nodes)
        {
            VictimSearch search = new(
                _profile.Profile, new(_profile.Informers.Of<PodDisruptionBudget>()), Now);
            if (statuses.Of(node) is { Code: StatusCode.Unschedulable }
                && search.Search(state, pod, node, out Candidate? candidate) is null)
            {
                candidates.Add(Text(candidate!));
            }
        }

        return candidates.Order();
    }

    /// <summary>One of four kinds of pods, a few of each.</summary>
    private static PodInfo Waiting(int number)
    {
        string requests = (number % 4) switch { 0 => "cpu=1", 1 => "cpu=2", 2 => "memory=3Gi", _ => "cpu=1" };
        return Objects.Pod($"w{number}", requests, priority: number % 4 == 3 ? 10 : 5).Info();
    }

    /// <summary>A node comes, changes or goes, a pod comes or goes, a promise is made or taken back.</summary>
    private void Change()
    {
        string node = $"n{_random.Next(8)}";
        switch (_random.Next(7))
        {
            case 0:
                _profile.Snapshot.SetNode(Objects.Node(
                    node, cpu: $"{_random.Next(1, 5)}", taints: _random.Next(4) == 0 ? "a=b:NoSchedule" : ""));
                break;
            case 1 when _random.Next(3) == 0:
                _profile.Snapshot.RemoveNode(node);
                break;
            case 2 or 3:
                Toggle(Objects.Pod($"p{_random.Next(30)}", "cpu=1,memory=1Gi", node, _random.Next(8)).Info());
                break;
            case 4:
                _profile.Nominations.Set(Waiting(_random.Next(12)), node);
                break;
            case 5:
                _profile.Nominations.Remove(Waiting(_random.Next(12)));
                break;
            default:
                break;
        }
    }

    private void Toggle(PodInfo pod)
    {
        if (_placed.Remove(pod.Uid, out PodInfo? placed))
        {
            _profile.Snapshot.RemovePod(placed);
        }
        else
        {
            _placed.Add(pod.Uid, pod);
            _profile.Snapshot.AddPod(pod);
        }
    }
}
