using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Probes;
using Keelson.Nodes.Statuses;
using static Keelson.Nodes.Tests.Pods.PodFixture;

namespace Keelson.Nodes.Tests.Statuses;

/// <summary>The statuses that are reported of pods.</summary>
public sealed class PodStatusesTests
{
    [Fact]
    public void A_pod_whose_containers_are_not_there_is_pending()
    {
        PodStatus status = Status(Pod("Always", Container("b"), Container("a")), PodPicture.Empty);
        Assert.Equal("Pending", status.Phase);
        Assert.Equal(["a", "b"], status.ContainerStatuses.Select(static one => one.Name));
        Assert.All(
            status.ContainerStatuses, static one => Assert.Equal("ContainerCreating", one.State.Waiting?.Reason));
        Assert.Equal(
            ["PodReadyToStartContainers False", "Initialized True", "Ready False", "ContainersReady False",
                "PodScheduled True"],
            status.Conditions.Select(static one => $"{one.Type} {one.Status}"));
        Assert.Equal("ContainersNotReady", Condition(status, "Ready").Reason);
        Assert.Equal("containers with unready status: [b a]", Condition(status, "Ready").Message);
        Assert.All(status.Conditions, static one => Assert.Equal(3, one.ObservedGeneration));
        Assert.Equal("BestEffort", status.QosClass);
        Assert.Equal("192.0.2.1", status.HostIP);
        Assert.Equal(Now, status.StartTime!.Value.Instant);
    }

    [Fact]
    public void Of_a_pod_that_was_not_let_in_only_the_reason_is_told_now_and_after_the_agent_began_anew()
    {
        Pod pod = Pod("Always", Container("a")).WithInit(Container("init"));
        pod = pod with
        {
            Status = pod.Status with
            {
                Phase = "Pending",
                Conditions = new[]
                {
                    new PodCondition { Type = "PodScheduled", Status = "True" },
                    new PodCondition { Type = "example.com/gate", Status = "True" },
                }.ToApiList(),
            },
        };
        PodVerdict refusal = new("OutOfcpu", "Pod was rejected: Node didn't have enough resource: cpu");
        PodStatus status = Status(pod, PodPicture.Empty, input => input with { Verdict = refusal, IsRefused = true });
        Assert.Equal(("Failed", "OutOfcpu", refusal.Message), (status.Phase, status.Reason, status.Message));
        Assert.Equal((0, 0), (status.ContainerStatuses.Count, status.InitContainerStatuses.Count));
        Assert.Equal("example.com/gate", Assert.Single(status.Conditions).Type);
        Assert.Equal(("", "BestEffort", 3), (status.HostIP, status.QosClass, status.ObservedGeneration));
        Assert.Equal(Now, status.StartTime!.Value.Instant);
        Assert.Equal(status, Status(pod with { Status = status }, PodPicture.Empty));
    }

    [Fact]
    public void A_pod_that_runs_is_ready_and_has_its_address()
    {
        PodStatus status = Status(Pod("Always", Container("a")), Picture(Running("a")));
        Assert.Equal("Running", status.Phase);
        Assert.Equal("10.0.0.5", status.PodIP);
        Assert.Equal("True", Condition(status, "Ready").Status);
        Assert.Equal("containerd://a-0", status.ContainerStatuses[0].ContainerID);
        Assert.True(status.ContainerStatuses[0].Ready);
        Assert.True(status.ContainerStatuses[0].Started);
    }

    [Fact]
    public void Pods_with_init_containers_wait_for_them()
    {
        Pod pod = Pod("Always", Container("main")).WithInit(Container("one"), Container("two"));
        PodStatus status = Status(pod, Picture(Exited("one", 0)));
        Assert.Equal("Pending", status.Phase);
        Assert.Equal("PodInitializing", status.ContainerStatuses[0].State.Waiting?.Reason);
        Assert.True(status.InitContainerStatuses[0].Ready);
        Assert.False(status.InitContainerStatuses[0].Started);
        Assert.Equal("ContainersNotInitialized", Condition(status, "Initialized").Reason);
        Assert.Equal("containers with incomplete status: [two]", Condition(status, "Initialized").Message);
    }

    [Theory]
    [InlineData("Never", 0, "Succeeded")]
    [InlineData("Never", 1, "Failed")]
    [InlineData("OnFailure", 0, "Succeeded")]
    [InlineData("OnFailure", 1, "Running")]
    [InlineData("Always", 0, "Running")]
    public void Phases_follow_the_restart_policy(string policy, int code, string phase) =>
        Assert.Equal(phase, Status(Pod(policy, Container("a")), Picture(Exited("a", code))).Phase);

    [Fact]
    public void A_container_in_back_off_shows_its_last_end()
    {
        PodStatus status = Status(
            Pod("Always", Container("a")),
            Picture(Exited("a", 1, restarts: 2), Exited("a", 2, restarts: 1)),
            static input => input with
            {
                Waiting = new Dictionary<string, WaitingReason> { ["a"] = new("CrashLoopBackOff", "back-off 20s") },
            });
        ContainerStatus container = status.ContainerStatuses[0];
        Assert.Equal("CrashLoopBackOff", container.State.Waiting?.Reason);
        Assert.Equal(1, container.LastState.Terminated?.ExitCode);
        Assert.Equal(2, container.RestartCount);
        Assert.Equal("Running", status.Phase);
        Assert.False(container.Ready);
    }

    [Fact]
    public void A_container_that_runs_again_shows_how_the_one_before_ended()
    {
        PodStatus status = Status(
            Pod("Always", Container("a")), Picture(Running("a", 1), Exited("a", 3)));
        Assert.Equal(3, status.ContainerStatuses[0].LastState.Terminated?.ExitCode);
        Assert.Equal("containerd://a-0", status.ContainerStatuses[0].LastState.Terminated?.ContainerID);
    }

    [Fact]
    public void Readiness_follows_probes_and_gates()
    {
        Pod pod = Pod("Always", Container("a") with { ReadinessProbe = new Probe() });
        pod = pod with { Spec = pod.Spec with { ReadinessGates = [new PodReadinessGate { ConditionType = "x/y" }] } };
        ProbeResults probes = new();
        PodStatus status = Status(pod, Picture(Running("a")), input => input with { Probes = probes });
        Assert.False(status.ContainerStatuses[0].Ready);
        probes.Set("a-0", ProbeKind.Readiness, ProbeVerdict.Success);
        status = Status(pod, Picture(Running("a")), input => input with { Probes = probes });
        Assert.Equal("True", Condition(status, "ContainersReady").Status);
        Assert.Equal("ReadinessGatesNotReady", Condition(status, "Ready").Reason);
        Assert.Equal(
            "corresponding condition of pod readiness gate \"x/y\" does not exist.",
            Condition(status, "Ready").Message);
        pod = pod with
        {
            Status = new PodStatus { Conditions = [new PodCondition { Type = "x/y", Status = "True" }] },
        };
        status = Status(pod, Picture(Running("a")), input => input with { Probes = probes });
        Assert.Equal("True", Condition(status, "Ready").Status);
        Assert.Equal("x/y", status.Conditions[0].Type);
    }

    [Fact]
    public void What_the_node_ends_has_failed_for_its_reason()
    {
        PodStatus status = Status(
            Pod("Always", Container("a")),
            Picture(Running("a")),
            static input => input with { Verdict = new("DeadlineExceeded", "too long") });
        Assert.Equal(("Failed", "DeadlineExceeded", "too long"), (status.Phase, status.Reason, status.Message));
        Assert.Equal("PodFailed", Condition(status, "Ready").Reason);
    }

    [Fact]
    public void What_is_over_stays_over()
    {
        Pod pod = Pod("Never", Container("a")) with { Status = new PodStatus { Phase = "Succeeded" } };
        PodStatus status = Status(pod, PodPicture.Empty, static input => input with
        {
            Before = input.Before with { ContainerStatuses = [] },
        });
        Assert.Equal("Succeeded", status.Phase);
    }

    [Fact]
    public void A_condition_keeps_the_time_of_its_last_change()
    {
        Pod pod = Pod("Always", Container("a"));
        PodStatus first = Status(pod, Picture(Running("a")));
        PodStatus later = Status(pod, Picture(Running("a")), input => input with
        {
            Before = first,
            Now = Now.AddMinutes(5),
        });
        Assert.Equal(Now, Condition(later, "Ready").LastTransitionTime.Instant);
        PodStatus ended = Status(pod, Picture(Exited("a", 1)), input => input with
        {
            Before = later,
            Now = Now.AddMinutes(6),
        });
        Assert.Equal(Now.AddMinutes(6), Condition(ended, "Ready").LastTransitionTime.Instant);
    }

    [Fact]
    public void A_container_that_vanished_counts_as_a_restart()
    {
        Pod pod = Pod("Always", Container("a"));
        PodStatus first = Status(pod, Picture(Running("a")));
        PodStatus status = Status(pod, Picture(), input => input with { Before = first });
        Assert.Equal(1, status.ContainerStatuses[0].RestartCount);
        Assert.Equal("ContainerStatusUnknown", status.ContainerStatuses[0].LastState.Terminated?.Reason);
        Assert.Equal(137, status.ContainerStatuses[0].LastState.Terminated?.ExitCode);
    }

    [Fact]
    public void A_container_that_vanished_is_no_news_when_an_end_is_known_already()
    {
        Pod pod = Pod("Always", Container("a"));
        PodStatus first = Status(pod, Picture(Running("a", 1), Exited("a", 3)));
        PodStatus status = Status(pod, Picture(), input => input with { Before = first });
        Assert.Equal((1, 3), (
            status.ContainerStatuses[0].RestartCount, status.ContainerStatuses[0].LastState.Terminated?.ExitCode));
    }

    [Fact]
    public void A_pod_that_never_restarts_has_failed_when_its_container_vanished()
    {
        Pod pod = Pod("Never", Container("a"));
        PodStatus first = Status(pod, Picture(Running("a")));
        Assert.Equal("Failed", Status(pod, Picture(), input => input with { Before = first }).Phase);
    }

    [Fact]
    public void The_last_end_is_told_of_after_the_runtime_forgot_it_and_restarts_are_never_fewer()
    {
        Pod pod = Pod("Always", Container("a"));
        PodStatus first = Status(pod, Picture(Running("a", 4), Exited("a", 3, restarts: 3)));
        ContainerStatus container = Assert.Single(
            Status(pod, Picture(Running("a", 4)), input => input with { Before = first }).ContainerStatuses);
        Assert.Equal((4, 3), (container.RestartCount, container.LastState.Terminated?.ExitCode));
        container = Assert.Single(
            Status(pod, Picture(Running("a", 0)), input => input with { Before = first }).ContainerStatuses);
        Assert.Equal(4, container.RestartCount);
    }

    [Fact]
    public void Init_containers_that_everybody_forgot_have_succeeded_when_a_container_was_made()
    {
        Pod pod = Pod("Always", Container("a")).WithInit(Container("init"));
        PodStatus status = Status(pod, Picture(Running("a")));
        Assert.Equal(
            ("Completed", 0),
            (status.InitContainerStatuses[0].State.Terminated!.Reason,
                status.InitContainerStatuses[0].State.Terminated!.ExitCode));
        Assert.Equal("Running", status.Phase);
    }

    [Fact]
    public void An_init_container_that_runs_has_started_and_a_container_that_waits_shows_its_mounts()
    {
        Container main = Container("a") with
        {
            VolumeMounts =
            [
                new VolumeMount
                {
                    Name = "v", MountPath = "/v", ReadOnly = true, RecursiveReadOnly = "IfPossible",
                },
            ],
        };
        Pod pod = Pod("Always", main).WithInit(Container("init"));
        PodStatus status = Status(pod, Picture(Running("init")));
        Assert.True(status.InitContainerStatuses[0].Started);
        Assert.Equal("Disabled", status.ContainerStatuses[0].VolumeMounts[0].RecursiveReadOnly);
        status = Status(pod, Picture(Running("init")), static input => input with { KnowsRecursiveReadOnly = true });
        Assert.Equal("Enabled", status.ContainerStatuses[0].VolumeMounts[0].RecursiveReadOnly);
    }

    [Fact]
    public void A_pod_that_was_initialized_stays_so_while_a_sidecar_begins_anew_in_a_new_sandbox()
    {
        Pod pod = Pod("Always", Container("a")).WithInit(Container("side", "Always"));
        PodStatus before = Status(pod, Picture(Running("a"), Running("side")));
        PodPicture picture = new(
            [Sandbox(attempt: 1), Sandbox(isReady: false)],
            [Exited("a", 137) with { SandboxId = "sandbox-0" }]);
        PodStatus status = Status(pod, picture, input => input with { Before = before });
        Assert.Equal("True", Condition(status, "Initialized").Status);
        Assert.Equal("Running", status.Phase);
    }

    [Fact]
    public void What_a_pod_has_as_a_whole_is_told_of_with_what_its_class_adds()
    {
        Quantity Of(string text) => Quantity.Parse(text);
        Container a = Container("a") with
        {
            Resources = new()
            {
                Requests = ApiMap<Quantity>.Empty.With("cpu", Of("100m")).With("ephemeral-storage", Of("1Gi")),
                Limits = ApiMap<Quantity>.Empty.With("memory", Of("64Mi")),
            },
        };
        Pod pod = Pod("Always", a, Container("b"));
        pod = pod with
        {
            Spec = pod.Spec with { Overhead = ApiMap<Quantity>.Empty.With("cpu", Of("50m")) },
            Status = pod.Status with { Phase = "Pending" },
        };
        PodStatus status = Status(pod, PodPicture.Empty);
        Assert.Equal(Of("150m"), status.AllocatedResources["cpu"]);
        Assert.Equal(status.AllocatedResources, status.Resources!.Requests);
        Assert.Equal(Of("64Mi"), status.Resources.Limits["memory"]);

        // Once it runs, only what its group is held to: memory has a bound only when all containers have one.
        status = Status(pod with { Status = status with { Phase = "Running" } }, Picture(Running("a"), Running("b")));
        Assert.Equal("cpu", Assert.Single(status.Resources!.Requests).Key);
        Assert.Empty(status.Resources.Limits);

        status = Status(Pod("Always", Container("b")), PodPicture.Empty);
        Assert.Equal((0, 0), (status.AllocatedResources.Count, status.Resources!.Requests.Count));
    }

    [Fact]
    public void A_pod_that_was_deleted_before_it_ran_has_failed_in_the_end()
    {
        Pod pod = Pod("Always", Container("a")).WithInit(Container("one"), Container("two"));
        static StatusInput Last(StatusInput input) => input with { IsTerminal = true };
        PodStatus status = Status(pod, Picture(Exited("one", 0)), Last);
        Assert.Equal("Failed", status.Phase);
        Assert.Equal(
            [0, -1, -1],
            status.InitContainerStatuses.Concat(status.ContainerStatuses)
                .Select(static one => one.State.Terminated?.ExitCode ?? -1));

        // Once its containers had their turn, those that nobody knows of have failed too.
        status = Status(pod, Picture(Exited("two", 0), Exited("one", 0)), Last);
        Assert.Equal(
            ("ContainerStatusUnknown", 137),
            (status.ContainerStatuses[0].State.Terminated!.Reason,
                status.ContainerStatuses[0].State.Terminated!.ExitCode));
        Assert.Equal("Succeeded", Status(Pod("Always", Container("a")), Picture(Exited("a", 0)), Last).Phase);
    }

    [Fact]
    public void A_pod_has_one_address_of_each_family_the_nodes_first()
    {
        PodPicture picture = new([Sandbox() with { Addresses = ["10.0.0.5", "10.0.0.6", "fd00::5"] }], [Running("a")]);
        PodStatus status = Status(
            Pod("Always", Container("a")), picture, static input => input with { HostAddresses = ["fd00::1"] });
        Assert.Equal(["fd00::5", "10.0.0.5"], status.PodIPs.Select(static one => one.Ip));
        Assert.Equal("fd00::5", status.PodIP);
    }

    [Fact]
    public void A_deadline_ends_the_pod()
    {
        Pod pod = Pod("Always", Container("a"));
        pod = pod with
        {
            Spec = pod.Spec with { ActiveDeadlineSeconds = 10 },
            Status = new PodStatus { StartTime = new Time(Now) },
        };
        StatusInput input = new()
        {
            Pod = pod,
            Picture = Picture(Running("a")),
            Before = pod.Status,
            Probes = new ProbeResults(),
            Now = Now.AddSeconds(9),
        };
        PodStepResult step = PodStep.Compute(PodStage.Running, input);
        Assert.Equal((PodStage.Running, Now.AddSeconds(10)), (step.Stage, step.Next!.Value));
        step = PodStep.Compute(PodStage.Running, input with { Now = Now.AddSeconds(10) });
        Assert.Equal((PodStage.Ending, "DeadlineExceeded"), (step.Stage, step.Status.Reason));
        Assert.Equal("Pod was active on the node longer than the specified deadline", step.Status.Message);
    }

    [Fact]
    public void A_deleted_pod_is_ended_and_starts_nothing()
    {
        Pod pod = Pod("Always", Container("a"));
        pod = pod with { Metadata = pod.Metadata with { DeletionTimestamp = new Time(Now) } };
        PodStepResult step = PodStep.Compute(PodStage.Running, new StatusInput
        {
            Pod = pod,
            Picture = Picture(Exited("a", 1)),
            Before = pod.Status,
            Probes = new ProbeResults(),
            Now = Now,
        });
        Assert.Equal((PodStage.Ending, false), (step.Stage, step.Plan.HasWork));
    }

    [Fact]
    public void Others_conditions_are_kept_when_a_status_is_written()
    {
        PodStatus stored = new()
        {
            Conditions =
            [
                new PodCondition { Type = "x/y", Status = "True" },
                new PodCondition { Type = "Ready", Status = "False" },
            ],
            NominatedNodeName = "n",
        };
        PodStatus merged = PodStatusWriter.Merge(
            stored, new PodStatus { Conditions = [new PodCondition { Type = "Ready", Status = "True" }] });
        Assert.Equal(["x/y True", "Ready True"], merged.Conditions.Select(static one => $"{one.Type} {one.Status}"));
        Assert.Equal("n", merged.NominatedNodeName);
    }
}
