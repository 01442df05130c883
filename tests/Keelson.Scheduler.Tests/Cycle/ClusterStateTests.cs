using Keelson.Api.Core.V1;
using Keelson.Scheduler.Cycle;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Queue;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Tests.Cycle;

public sealed class ClusterStateTests
{
    private readonly NodeSnapshot _snapshot = new();
    private readonly SchedulingQueue _queue;
    private readonly Nominations _nominations;
    private readonly ClusterState _state;

    public ClusterStateTests()
    {
        _queue = new(
            new QueueRules
            {
                Compare = static (_, _) => 0, PreEnqueue = static _ => null, HintsOf = static (_, _) => [],
            },
            new ManualClock());
        _nominations = new(_snapshot);
        _state = new(_snapshot, _queue, _nominations, static name => name == "default-scheduler");
        _state.Apply(new(EventResource.Node, null, Objects.Node("n")));
    }

    [Fact]
    public void An_assumed_pod_counts_once_when_its_binding_shows()
    {
        PodInfo placed = Objects.Pod("p", "cpu=1").Info().On("n");
        _state.Assume(placed);
        Changed(Objects.Pod("p"), Objects.Pod("p", "cpu=1", "n"));
        Assert.False(_state.IsAssumed(placed.Uid));
        Assert.Equal((1000, 1), (_snapshot.Find("n")!.Requested.MilliCpu, _snapshot.Find("n")!.Pods.Count));
        Assert.False(_state.Forget(placed));
    }

    [Fact]
    public void A_pod_that_is_forgotten_or_ended_gives_back_what_it_took()
    {
        PodInfo placed = Objects.Pod("p", "cpu=1").Info().On("n");
        _state.Assume(placed);
        Assert.True(_state.Forget(placed));
        Pod running = Objects.Pod("q", "cpu=2", "n");
        Changed(null, running);
        Changed(running, running with { Status = new() { Phase = PodPhase.Succeeded } });
        Assert.Equal((0, 0), (_snapshot.Find("n")!.Requested.MilliCpu, _snapshot.Find("n")!.Pods.Count));
    }

    [Fact]
    public void Pods_are_kept_for_a_node_that_comes_later()
    {
        Changed(null, Objects.Pod("p", "cpu=1", "later"));
        Assert.Null(_snapshot.Find("later"));
        _state.Apply(new(EventResource.Node, null, Objects.Node("later")));
        Assert.Equal(1000, _snapshot.Find("later")!.Requested.MilliCpu);
    }

    [Fact]
    public void Old_news_does_not_take_a_promised_node_back()
    {
        Pod nominated = AtVersion("7") with { Status = new() { NominatedNodeName = "n" } };
        Changed(null, nominated);
        Changed(AtVersion("5"), AtVersion("6"));
        Assert.Equal("n", _nominations.NodeOf(nominated.Info()));
        Changed(nominated, AtVersion("8"));
        Assert.Equal("", _nominations.NodeOf(nominated.Info()));
    }

    [Fact]
    public void Pods_of_other_schedulers_are_left_alone()
    {
        Pod pod = Objects.Pod("p");
        Changed(null, pod with { Spec = pod.Spec with { SchedulerName = "other" } });
        Assert.Empty(_queue.All);
    }

    private static Pod AtVersion(string version)
    {
        Pod pod = Objects.Pod("p");
        return pod with { Metadata = pod.Metadata with { ResourceVersion = version } };
    }

    private void Changed(Pod? old, Pod? now) => _state.Apply(new(EventResource.AssignedPod, old, now));
}
