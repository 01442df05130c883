using Keelson.Api.Core.V1;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Tests.Snapshot;

public sealed class PodRequestsTests
{
    [Fact]
    public void Containers_add_up_and_defaults_are_for_scoring_only()
    {
        PodSpec spec = new() { Containers = [Asking("cpu=200m"), Asking("memory=1Gi,example.com/gpu=2")] };
        Assert.Equal("200m 1024Mi 300m 1224Mi gpu=2", Describe(spec));
    }

    [Fact]
    public void Init_containers_count_where_they_need_more_than_what_runs_later()
    {
        PodSpec spec = new()
        {
            Containers = [Asking("cpu=200m,memory=1Gi")],
            InitContainers = [Asking("cpu=1,memory=100Mi"), Asking("cpu=300m,memory=10Mi")],
        };
        Assert.Equal("1000m 1024Mi 1000m 1024Mi", Describe(spec));
    }

    [Fact]
    public void Sidecars_run_beside_what_starts_after_them()
    {
        PodSpec spec = new()
        {
            Containers = [Asking("cpu=200m,memory=0")],
            InitContainers =
            [
                Asking("cpu=900m,memory=0"),
                Asking("cpu=300m,memory=0") with { RestartPolicy = ContainerRestartPolicy.Always },
                Asking("cpu=700m,memory=0"),
            ],
        };

        // The last init container starts beside the sidecar: 300m + 700m, more than 200m + 300m and than 900m.
        Assert.Equal("1000m 0Mi 1000m 0Mi", Describe(spec));
    }

    [Fact]
    public void What_the_pod_asks_for_as_a_whole_stands_above_its_containers_and_overhead_comes_on_top()
    {
        PodSpec spec = new()
        {
            Containers = [Asking("cpu=200m")],
            Resources = new() { Requests = Objects.Amounts("cpu=1,memory=512Mi") },
            Overhead = Objects.Amounts("cpu=50m,memory=8Mi"),
        };
        Assert.Equal("1050m 520Mi 1050m 520Mi", Describe(spec));
    }

    [Fact]
    public void A_pod_being_resized_holds_the_most_of_asked_allocated_and_actual()
    {
        Pod pod =
            Resizing(
                "cpu=500m,memory=1Gi", actual: "cpu=800m,memory=512Mi", allocated: "cpu=600m,memory=512Mi", reason: "");
        Assert.Equal((800, 1L << 30), (new PodInfo(pod).Requests.MilliCpu, new PodInfo(pod).Requests.Memory));
    }

    [Fact]
    public void What_an_infeasible_resize_asks_for_does_not_count()
    {
        Pod pod =
            Resizing(
                "cpu=64,memory=1Gi", actual: "cpu=800m,memory=512Mi", allocated: "cpu=600m,memory=512Mi",
                reason: "Infeasible");
        Assert.Equal((800, 512L << 20), (new PodInfo(pod).Requests.MilliCpu, new PodInfo(pod).Requests.Memory));
    }

    private static Pod Resizing(string asked, string actual, string allocated, string reason) => new()
    {
        Spec = new() { Containers = [Asking(asked)] },
        Status = new()
        {
            Conditions =
                [new PodCondition { Type = PodConditionType.PodResizePending, Status = "True", Reason = reason }],
            ContainerStatuses =
            [
                new ContainerStatus
                {
                    Name = "c",
                    AllocatedResources = Objects.Amounts(allocated),
                    Resources = new() { Requests = Objects.Amounts(actual) },
                },
            ],
        },
    };

    private static Container Asking(string requests) =>
        new() { Name = "c", Resources = new() { Requests = Objects.Amounts(requests) } };

    private static string Describe(PodSpec spec)
    {
        PodInfo pod = new(new Pod { Spec = spec });
        string gpus = pod.Requests.Get("example.com/gpu") is > 0 and long count ? $" gpu={count}" : "";
        return $"{pod.Requests.MilliCpu}m {pod.Requests.Memory >> 20}Mi "
            + $"{pod.NonZeroMilliCpu}m {pod.NonZeroMemory >> 20}Mi{gpus}";
    }
}
