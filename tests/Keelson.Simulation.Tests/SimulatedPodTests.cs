using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Simulation;

namespace Keelson.Simulation.Tests;

public sealed class SimulatedPodTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SimulatedNodesConfig _config = new();
    private SimulatedPodState _state = new("uid", "node-0", Start, "100.64.0.1");

    [Fact]
    public void A_server_is_ready_at_once()
    {
        Pod pod = At(0, PodOf("Always", "nginx"));
        Assert.Equal("Running", pod.Status.Phase);
        Assert.Equal("True", Condition(pod, "Ready"));
    }

    [Fact]
    public void A_failed_job_ends_with_its_exit_code()
    {
        Pod pod = PodOf("Never", "sh", "-c", "sleep 2; exit 3");
        pod = At(0, pod);
        Assert.Equal("Running", pod.Status.Phase);
        pod = At(2, pod);
        Assert.Equal("Failed", pod.Status.Phase);
        Assert.Equal(3, pod.Status.ContainerStatuses[0].State.Terminated!.ExitCode);
    }

    [Fact]
    public void Init_containers_run_one_after_the_other_before_the_pod_starts()
    {
        Pod pod = PodOf("Always", "nginx");
        pod = pod with
        {
            Spec = pod.Spec with { InitContainers = [Named("a", "sleep", "1"), Named("b", "sleep", "1")] },
        };
        pod = At(0, pod);
        Assert.Equal("Pending", pod.Status.Phase);
        Assert.NotNull(pod.Status.InitContainerStatuses[0].State.Running);
        Assert.Equal("PodInitializing", pod.Status.InitContainerStatuses[1].State.Waiting!.Reason);
        pod = At(1, pod);
        Assert.NotNull(pod.Status.InitContainerStatuses[1].State.Running);
        pod = At(2, pod);
        Assert.Equal("Running", pod.Status.Phase);
        Assert.Equal("True", Condition(pod, "Initialized"));
    }

    [Fact]
    public void A_crashing_container_waits_longer_after_every_crash()
    {
        Pod pod = PodOf("Always", "false");
        pod = At(0, pod);
        pod = At(0, pod);
        Assert.Equal(1, pod.Status.ContainerStatuses[0].RestartCount);
        Assert.Equal("CrashLoopBackOff", pod.Status.ContainerStatuses[0].State.Waiting!.Reason);
        Assert.Equal(1, At(9, pod).Status.ContainerStatuses[0].RestartCount);
        Assert.Equal(2, At(10, pod).Status.ContainerStatuses[0].RestartCount);
        Assert.Equal(2, At(29, pod).Status.ContainerStatuses[0].RestartCount);
        Assert.Equal(3, At(30, pod).Status.ContainerStatuses[0].RestartCount);
    }

    [Fact]
    public void A_pod_that_is_asked_to_go_takes_its_stop_delay_but_no_longer_than_its_grace()
    {
        SimulatedPod simulation = new(_config with { StopDelay = TimeSpan.FromSeconds(60) });
        Pod pod = At(0, PodOf("Always", "nginx"));
        pod = pod with
        {
            Metadata = pod.Metadata with { DeletionTimestamp = new Time(Start.AddSeconds(30)), DeletionGracePeriodSeconds = 30 },
        };
        SimulatedPodStep step = simulation.Step(pod, _state, Start, static () => 1);
        Assert.False(step.IsGone);
        Assert.Equal(Start.AddSeconds(30), step.Next);
        Assert.True(simulation.Step(pod, step.State, Start.AddSeconds(30), static () => 1).IsGone);
    }

    private Pod At(int seconds, Pod pod)
    {
        SimulatedPodStep step = new SimulatedPod(_config).Step(pod, _state, Start.AddSeconds(seconds), static () => 1);
        _state = step.State;
        return pod with { Status = step.Status };
    }

    private static string Condition(Pod pod, string type) =>
        pod.Status.Conditions.First(one => one.Type == type).Status;

    private static Container Named(string name, params string[] command) =>
        Container.Empty with { Name = name, Image = "image", Command = command.ToApiList() };

    private static Pod PodOf(string restartPolicy, params string[] command) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = "p", Namespace = "default", Uid = "uid", Generation = 1 },
        Spec = PodSpec.Empty with { RestartPolicy = restartPolicy, NodeName = "node-0", Containers = [Named("c", command)] },
    };
}
