using Keelson.Api.Core.V1;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Plugins.PrioritySort;
using Keelson.Scheduler.Plugins.SchedulingGates;
using Keelson.Scheduler.Queue;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Tests.Queue;

public sealed class SchedulingQueueTests
{
    private readonly ManualClock _clock = new();
    private readonly SchedulingQueue _queue;

    public SchedulingQueueTests()
    {
        SchedulingGatesPlugin gates = new();
        _queue = new(
            new QueueRules
            {
                Compare = new PrioritySortPlugin().Compare,
                PreEnqueue = gates.PreEnqueue,
                HintsOf = (_, plugin) => plugin switch
                {
                    "SchedulingGates" => [.. gates.EventsToRegister()],
                    "Labels" => [new(new(EventResource.Node, ActionType.UpdateNodeLabel))],
                    "Big" =>
                        [new(
                            new(EventResource.Node, ActionType.Add), static (_, _, now) =>
                                ((Node)now!).Metadata.Name == "big")],
                    _ => [],
                },
            },
            _clock);
    }

    [Fact]
    public void Higher_priorities_come_first_and_equals_in_the_order_they_came()
    {
        Add("a", 0);
        Add("b", 0);
        Add("c", 10);
        Assert.Equal(["c", "a", "b"], [TakeName(), TakeName(), TakeName()]);
    }

    [Fact]
    public void A_pod_that_fits_nowhere_waits_for_an_event_that_its_plugin_registered()
    {
        Fail(Add("a"), "Labels");
        Assert.Equal("", TakeName());
        _queue.Happened(new(EventResource.Node, ActionType.UpdateNodeTaint), null, null);
        Assert.Equal("", TakeName());
        _queue.Happened(new(EventResource.Node, ActionType.UpdateNodeLabel | ActionType.UpdateNodeTaint), null, null);
        Assert.Equal("a", TakeName());
    }

    [Fact]
    public void A_hint_decides_which_events_are_worth_a_try()
    {
        Fail(Add("a"), "Big");
        _queue.Happened(new(EventResource.Node, ActionType.Add), null, Objects.Node("small"));
        Assert.Equal("", TakeName());
        _queue.Happened(new(EventResource.Node, ActionType.Add), null, Objects.Node("big"));
        Assert.Equal("a", TakeName());
    }

    [Fact]
    public void Waiting_pods_are_tried_early_when_nothing_else_is_ready_but_not_after_errors()
    {
        QueuedPod failing = Add("failing");
        _queue.Take();
        _queue.PutBack(failing, isError: true);
        Fail(Add("unfit"), "Labels");
        _queue.Happened(new(EventResource.Node, ActionType.UpdateNodeLabel), null, null);
        Assert.Equal("unfit", TakeName());
        Assert.Equal("", TakeName());
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("failing", TakeName());
    }

    [Fact]
    public void Waits_double_with_each_failure_up_to_ten_seconds()
    {
        QueuedPod pod = Add("a");
        List<double> waits = [];
        for (int i = 0; i < 6; i++)
        {
            _queue.Take();
            _queue.PutBack(pod, isError: true);
            waits.Add(_queue.UntilNext()!.Value.TotalSeconds);
            _clock.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal([1, 2, 4, 8, 10, 10], waits);
    }

    [Fact]
    public void A_gated_pod_comes_in_when_its_last_gate_opens()
    {
        Pod pod = Objects.Pod("a");
        Pod gated = pod with { Spec = pod.Spec with { SchedulingGates = [new PodSchedulingGate { Name = "x" }] } };
        _queue.Add(gated.Info());
        Assert.Equal((1, 0, 0), (_queue.GatedCount, _queue.ActiveCount, _queue.UnschedulableCount));
        Assert.True(_queue.TryFind(pod.Metadata.Uid, out QueuedPod? waiting));
        _queue.Update(waiting, pod.Info(), ActionType.UpdatePodSchedulingGatesEliminated);
        Assert.Equal("a", TakeName());
        Assert.Equal(0, _queue.GatedCount);
    }

    [Fact]
    public void After_five_minutes_a_pod_is_tried_again_without_any_event()
    {
        Fail(Add("a"), "Labels");
        _clock.Advance(TimeSpan.FromMinutes(5));
        _queue.FlushStale();
        Assert.Equal("", TakeName());
        _clock.Advance(TimeSpan.FromSeconds(1));
        _queue.FlushStale();
        Assert.Equal("a", TakeName());
    }

    private QueuedPod Add(string name, int priority = 0)
    {
        PodInfo pod = Objects.Pod(name, priority: priority).Info();
        _queue.Add(pod);
        Assert.True(_queue.TryFind(pod.Uid, out QueuedPod? queued));
        return queued;
    }

    private void Fail(QueuedPod pod, string plugin)
    {
        Assert.Same(pod, _queue.Take());
        pod.UnschedulablePlugins.Add(plugin);
        _queue.PutBack(pod, isError: false);
    }

    private string TakeName() => _queue.Take()?.Pod.Key.Name ?? "";
}
