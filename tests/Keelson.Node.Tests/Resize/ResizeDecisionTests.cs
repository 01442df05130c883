using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Probes;
using Keelson.Nodes.Resize;
using static Keelson.Nodes.Tests.Pods.PodFixture;

namespace Keelson.Nodes.Tests.Resize;

/// <summary>What is given to pods that ask for other resources, and how it comes in force.</summary>
public sealed class ResizeDecisionTests
{
    private static readonly ResizeLimits Limits = new() { Capacity = new(4000, 4L << 30) };

    private static readonly ApiMap<Quantity> Allocatable = Amounts(("cpu", "4"), ("memory", "4Gi"), ("pods", "110"));

    [Fact]
    public void A_resize_beyond_the_node_is_infeasible_and_one_beyond_what_is_left_waits()
    {
        Pod before = Sized("a", "1", "1Gi");
        Pod other = Sized("b", "3", "1Gi");
        Assert.Equal(
            new ResizeRefusal("Infeasible", "Node didn't have enough capacity: cpu, requested: 5000, capacity: 4000")
            {
                Detail = "insufficient_node_allocatable",
            },
            ResizeDecision.Refuses(Sized("a", "5", "1Gi"), before, [other], Allocatable, Limits));
        Assert.Equal(
            new ResizeRefusal(
                "Infeasible", "Node didn't have enough capacity: memory, requested: 5368709120, capacity: 4294967296")
            {
                Detail = "insufficient_node_allocatable",
            },
            ResizeDecision.Refuses(Sized("a", "1", "5Gi"), before, [other], Allocatable, Limits));
        Assert.Equal(
            new ResizeRefusal(
                "Deferred",
                "Node didn't have enough resource: cpu, requested: 2000, used: 3000, capacity: 4000"),
            ResizeDecision.Refuses(Sized("a", "2", "1Gi"), before, [other], Allocatable, Limits));
        Assert.Null(ResizeDecision.Refuses(Sized("a", "2", "1Gi"), before, [], Allocatable, Limits));
    }

    [Fact]
    public void Processors_of_their_own_keep_guaranteed_pods_as_they_are() =>
        Assert.Equal(
            "Resize is infeasible for Guaranteed Pods alongside CPU Manager policy \"static\"",
            ResizeDecision.Refuses(
                Sized("a", "2", "1Gi", limited: true),
                Sized("a", "1", "1Gi", limited: true),
                [],
                Allocatable,
                Limits with { HasStaticCpus = true })!.Message);

    [Fact]
    public void Resizes_are_tried_smaller_first_then_by_priority_and_waiting_time()
    {
        ResizeCandidate Candidate(string name, bool isIncrease, int priority, int waited)
        {
            Pod pod = Sized(name, "1", "1Gi");
            return new(pod with { Spec = pod.Spec with { Priority = priority } }, isIncrease, Now.AddSeconds(-waited));
        }

        ResizeCandidate[] pending =
        [
            Candidate("late", true, 0, 1), Candidate("early", true, 0, 9), Candidate("important", true, 5, 0),
            Candidate("less", false, 0, 0),
        ];
        Assert.Equal(
            ["less", "important", "early", "late"],
            ResizeDecision.InOrder(pending, static one => one).Select(static one => one.Pod.Metadata.Name));
    }

    [Fact]
    public void A_container_is_told_or_restarted_by_its_policy()
    {
        Container wanted = Sized("a", "2", "1Gi").Spec.Containers[0];
        ResourceRequirements before = Sized("a", "1", "1Gi").Spec.Containers[0].Resources;
        Assert.Equal(ResizeNeed.None, ResizePlanning.NeedOf(wanted, null));
        Assert.Equal(ResizeNeed.None, ResizePlanning.NeedOf(wanted, wanted.Resources));
        Assert.Equal(ResizeNeed.Update, ResizePlanning.NeedOf(wanted, before));
        Container strict = wanted with
        {
            ResizePolicy =
            [
                new ContainerResizePolicy
                {
                    ResourceName = "cpu", RestartPolicy = ResourceResizeRestartPolicy.RestartContainer,
                },
            ],
        };
        Assert.Equal(ResizeNeed.Restart, ResizePlanning.NeedOf(strict, before));
        Assert.Equal(
            ResizeNeed.Update,
            ResizePlanning.NeedOf(strict, Sized("a", "2", "2Gi").Spec.Containers[0].Resources));
    }

    [Fact]
    public void Plans_update_running_containers_and_restart_those_that_want_it()
    {
        Pod pod = Sized("a", "2", "1Gi");
        PodAllocation before = PodAllocation.Of(Sized("a", "1", "1Gi"));
        PodPlan plan = PodPlanning.Compute(pod, Picture(Running("main")), new ProbeResults(), before);
        Assert.Equal("main", Assert.Single(plan.Update).Spec.Name);
        Assert.Empty(plan.Start);
        Container main = pod.Spec.Containers[0] with
        {
            ResizePolicy =
            [
                new ContainerResizePolicy
                {
                    ResourceName = "cpu", RestartPolicy = ResourceResizeRestartPolicy.RestartContainer,
                },
            ],
        };
        pod = pod with { Spec = pod.Spec with { Containers = [main] } };
        plan = PodPlanning.Compute(pod, Picture(Running("main")), new ProbeResults(), before);
        Assert.Equal("kill-main start-main", Text(plan));
        Assert.Equal("Container main resize requires restart", plan.Kill[0].Message);
    }

    [Fact]
    public void The_status_says_where_a_resize_stands()
    {
        Pod pod = Sized("a", "1", "1Gi");
        PodStatus status = Status(pod, Picture(Running("main")), input => input with
        {
            Resize = new(new("Deferred", "no room", 3, Now), new("", "", 2, Now)),
        });
        PodCondition pending = Condition(status, "PodResizePending");
        Assert.Equal(("True", "Deferred", "no room", 3L), (
            pending.Status, pending.Reason, pending.Message, pending.ObservedGeneration));
        Assert.Equal(2, Condition(status, "PodResizeInProgress").ObservedGeneration);
        Assert.Equal(Quantity.Parse("1"), status.ContainerStatuses[0].AllocatedResources["cpu"]);
    }

    [Fact]
    public void Allocations_outlive_the_agent()
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("keelson-alloc-").FullName, "state");
        try
        {
            PodAllocation given = PodAllocation.Of(Sized("a", "1500m", "1Gi", limited: true));
            new AllocationFile(file, Assert.Fail).Set("uid", given);
            PodAllocation read = new AllocationFile(file, Assert.Fail).Find("uid")!;
            Pod wanted = Sized("a", "2", "1Gi", limited: true);
            Assert.Equal(
                Quantity.Parse("1500m"), read.Apply(wanted).Spec.Containers[0].Resources.Limits["cpu"]);
            Pod same = Sized("a", "1.5", "1Gi", limited: true);
            Assert.Same(same, read.Apply(same));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
    }

    [Fact]
    public void While_a_pod_grows_its_bounds_are_the_wider_ones()
    {
        PodBounds before = PodBounds.Of(Sized("a", "2", "1Gi", limited: true));
        PodBounds now = PodBounds.Of(Sized("a", "1", "2Gi", limited: true));
        Assert.Equal(new(2048, 200_000, 2L << 30), now.Or(before));
        Assert.Equal(new(2048, null, null), now.Or(PodBounds.Of(Sized("a", "2", "1Gi"))));
    }

    private static Pod Sized(string name, string cpu, string memory, bool limited = false)
    {
        ApiMap<Quantity> amounts = Amounts(("cpu", cpu), ("memory", memory));
        return new()
        {
            Metadata = ObjectMeta.Empty with { Name = name, Namespace = "ns", Uid = name, Generation = 3 },
            Spec = new PodSpec
            {
                RestartPolicy = "Always",
                Containers =
                [
                    new Container
                    {
                        Name = "main",
                        Image = "busybox",
                        Resources = new() { Requests = amounts, Limits = limited ? amounts : default },
                    },
                ],
            },
        };
    }

    private static ApiMap<Quantity> Amounts(params (string Name, string Amount)[] amounts) => ApiMap<Quantity>.From(
        amounts.Select(static one => KeyValuePair.Create(one.Name, Quantity.Parse(one.Amount))));
}
