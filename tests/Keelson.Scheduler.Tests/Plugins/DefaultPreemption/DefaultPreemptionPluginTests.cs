using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Policy.V1;
using Keelson.Machinery.Values;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Plugins.DefaultPreemption;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Tests.Plugins.DefaultPreemption;

public sealed class DefaultPreemptionPluginTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_message_says_on_how_many_nodes_preemption_could_not_help()
    {
        TestProfile profile = new TestProfile()
            .With(Objects.Node("a", "2"), Objects.Node("b", taints: "x=y:NoSchedule"), Objects.Node("c", "1"))
            .With(Objects.Pod("1", "cpu=1", "a", priority: 5));
        Assert.Equal(
            "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. "
            + "no new claims to deallocate, preemption: 0/3 nodes are available: "
            + "1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.",
            profile.Place(Objects.Pod("p", "cpu=1500m", priority: 5), preempt: true));
    }

    [Fact]
    public void A_pod_with_policy_never_moves_nobody_out()
    {
        TestProfile profile = new TestProfile().With(Objects.Node("a", "2")).With(Objects.Pod("1", "cpu=1", "a"));
        Pod pod = Objects.Pod("p", "cpu=1500m", priority: 5);
        Assert.Equal(
            "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, "
            + "preemption: not eligible due to preemptionPolicy=Never.",
            profile.Place(pod with { Spec = pod.Spec with { PreemptionPolicy = "Never" } }, preempt: true));
    }

    [Fact]
    public void The_least_important_pods_go_and_no_more_than_needed()
    {
        TestProfile profile = new TestProfile().With(Objects.Node("a", "4")).With(
            Running("old", "cpu=1", 1, minutes: 60), Running("young", "cpu=1", 1, minutes: 5),
            Running("higher", "cpu=1", 2, minutes: 1), Running("equal", "cpu=1", 9, minutes: 1));
        Assert.Equal("young", Victims(profile, Objects.Pod("p", "cpu=1", priority: 9)));
        Assert.Equal("old young", Victims(profile, Objects.Pod("p", "cpu=2", priority: 9)));
        Assert.Equal("higher old young", Victims(profile, Objects.Pod("p", "cpu=3", priority: 9)));
    }

    [Fact]
    public void Pods_that_a_budget_protects_stay_if_others_are_enough()
    {
        TestProfile profile = new TestProfile().With(Objects.Node("a", "2")).With(
            Running("protected", "cpu=1", 1, minutes: 1, labels: "app=db"), Running("plain", "cpu=1", 1, minutes: 60));
        profile.Informers.Add(new PodDisruptionBudget
        {
            Metadata = ObjectMeta.Empty with { Namespace = "default", Name = "db" },
            Spec = new() { Selector = new LabelSelector { MatchLabels = Objects.Labels("app=db") } },
        });
        Assert.Equal("plain", Victims(profile, Objects.Pod("p", "cpu=1", priority: 9)));
    }

    [Fact]
    public void Of_several_nodes_the_one_with_the_least_harm_is_taken()
    {
        Candidate violating = Of("violating", 1, (1, 1));
        Candidate important = Of("important", 0, (5, 1));
        Candidate many = Of("many", 0, (3, 1), (3, 1));
        Candidate old = Of("old", 0, (3, 60));
        Candidate young = Of("young", 0, (3, 1));
        Assert.Equal("young", CandidateChoice.Best([violating, important, many, old, young], Now).NodeName);
        Assert.Equal("many", CandidateChoice.Best([violating, important, many], Now).NodeName);
        Assert.Equal("important", CandidateChoice.Best([violating, important], Now).NodeName);
    }

    [Fact]
    public async Task Two_pods_that_wait_for_the_same_victim_are_both_tried_when_it_leaves()
    {
        TestProfile profile = new TestProfile(client: new AgreeingClient()).With(Objects.Node("a", "2"));
        PodInfo victim = Running("victim", "cpu=2", 1, minutes: 1).Info();
        profile.Snapshot.AddPod(victim);
        PodInfo[] waiting =
            [Objects.Pod("p", "cpu=1", priority: 9).Info(), Objects.Pod("q", "cpu=1", priority: 9).Info()];
        foreach (PodInfo pod in waiting)
        {
            (CycleState state, NodeStatuses statuses) = profile.Look(pod);
            Assert.Null(profile.Profile.PostFilter(state, pod, statuses, out Nomination? nomination));
            profile.Nominations.Set(pod, nomination!.NodeName);
        }

        // What both asked for has been granted, but nobody has seen the victim leave.
        await RunPostedAsync(profile, 2);
        Assert.All(waiting, pod => Assert.NotNull(profile.Profile.PreEnqueue(pod)));
        Assert.Empty(profile.Activated);

        profile.Snapshot.RemovePod(victim);
        await RunPostedAsync(profile, 1);
        Assert.Equal(waiting.Select(static one => one.Uid), profile.Activated.Order());
        Assert.All(waiting, pod => Assert.Null(profile.Profile.PreEnqueue(pod)));
    }

    private static async Task RunPostedAsync(TestProfile profile, int count)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        while (count > 0)
        {
            if (profile.Posted.TryDequeue(out Action? run))
            {
                run();
                count--;
                continue;
            }

            await Task.Delay(1, patience.Token);
        }
    }

    private static Candidate Of(string node, long violations, params (int Priority, int Minutes)[] victims) => new(
        node, [.. victims.Select((one, i) => Running($"{node}{i}", "cpu=1", one.Priority, one.Minutes).Info())],
        violations);

    private static Pod Running(string name, string requests, int priority, int minutes, string labels = "")
    {
        Pod pod = Objects.Pod(name, requests, "a", priority, labels);
        return pod with { Status = new() { StartTime = new Time(Now.AddMinutes(-minutes)) } };
    }

    private static string Victims(TestProfile profile, Pod pod)
    {
        CycleState state = new();
        PodInfo info = pod.Info();
        profile.Profile.PreFilter(state, info, out _, out _);
        VictimSearch search = new(profile.Profile, new(profile.Informers.Of<PodDisruptionBudget>()), Now);
        NodeInfo node = profile.Snapshot.Find("a")!;
        int before = node.Pods.Count;
        search.Search(state, info, node, out Candidate? candidate);
        Assert.Equal(before, node.Pods.Count);
        return string.Join(' ', candidate!.Victims.Select(static one => one.Key.Name));
    }
}
