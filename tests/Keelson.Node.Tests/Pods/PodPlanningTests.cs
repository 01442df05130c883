using Keelson.Api.Core.V1;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Probes;
using static Keelson.Nodes.Tests.Pods.PodFixture;

namespace Keelson.Nodes.Tests.Pods;

/// <summary>What a pod needs next.</summary>
public sealed class PodPlanningTests
{
    [Fact]
    public void A_new_pod_gets_a_sandbox_and_its_containers() =>
        Assert.Equal(
            "kill-pod sandbox-0 start-a start-b",
            Text(Plan(Pod("Always", Container("a"), Container("b")), PodPicture.Empty)));

    [Fact]
    public void Init_containers_run_one_after_the_other()
    {
        Pod pod = Pod("Always", Container("main")).WithInit(Container("one"), Container("two"));
        Assert.Equal("kill-pod sandbox-0 start-one", Text(Plan(pod, PodPicture.Empty)));
        Assert.Equal("start-one", Text(Plan(pod, Picture())));
        Assert.Equal("", Text(Plan(pod, Picture(Running("one")))));
        Assert.Equal("start-two", Text(Plan(pod, Picture(Exited("one", 0)))));
        Assert.Equal("start-one", Text(Plan(pod, Picture(Exited("one", 1)))));
        Assert.Equal("", Text(Plan(pod, Picture(Running("two"), Exited("one", 0)))));
        Assert.Equal("start-main", Text(Plan(pod, Picture(Exited("two", 0), Exited("one", 0)))));
        Assert.Equal("", Text(Plan(pod, Picture(Running("main"), Exited("two", 0)))));
    }

    [Fact]
    public void A_failed_init_container_ends_a_pod_that_never_restarts() =>
        Assert.Equal(
            "kill-pod",
            Text(Plan(Pod("Never", Container("main")).WithInit(Container("one")), Picture(Exited("one", 1)))));

    [Fact]
    public void Sidecars_start_before_the_next_and_are_kept_running()
    {
        Container sidecar = Container("side", "Always") with { StartupProbe = new Probe() };
        Pod pod = Pod("Always", Container("main")).WithInit(sidecar, Container("init"));
        ProbeResults up = new();
        up.Set("side-0", ProbeKind.Startup, ProbeVerdict.Success);
        Assert.Equal("", Text(Plan(pod, Picture(Running("side")))));
        Assert.Equal("start-init", Text(Plan(pod, Picture(Running("side")), up)));
        Assert.Equal("start-main", Text(Plan(pod, Picture(Exited("init", 0), Running("side")), up)));
        Assert.Equal("start-side", Text(Plan(pod, Picture(Running("main"), Exited("side", 1), Exited("init", 0)), up)));
        Assert.Equal("start-side", Text(Plan(pod, Picture(Running("init"), Exited("side", 0)), up)));
    }

    [Fact]
    public void A_sidecar_alone_does_not_keep_a_finished_pod_alive()
    {
        Pod pod = Pod("Never", Container("main")).WithInit(Container("side", "Always"));
        Assert.Equal("kill-pod", Text(Plan(pod, Picture(Exited("main", 0), Running("side")))));
    }

    [Theory]
    [InlineData("Always", 0, "start-a")]
    [InlineData("OnFailure", 1, "start-a")]
    [InlineData("OnFailure", 0, "kill-pod")]
    [InlineData("Never", 1, "kill-pod")]
    public void Containers_that_ended_restart_by_the_pods_policy(string policy, int code, string plan) =>
        Assert.Equal(plan, Text(Plan(Pod(policy, Container("a")), Picture(Exited("a", code)))));

    [Fact]
    public void Rules_restart_containers_by_their_exit_code()
    {
        Container container = Container("a", "Never") with
        {
            RestartPolicyRules =
            [
                new ContainerRestartRule
                {
                    Action = "Restart",
                    ExitCodes = new ContainerRestartRuleOnExitCodes { Operator = "In", Values = [42] },
                },
            ],
        };
        Assert.Equal("start-a", Text(Plan(Pod("Never", container), Picture(Exited("a", 42)))));
        Assert.Equal("kill-pod", Text(Plan(Pod("Never", container), Picture(Exited("a", 1)))));
    }

    [Fact]
    public void A_container_that_fails_its_liveness_probe_is_restarted()
    {
        ProbeResults probes = new();
        probes.Set("a-0", ProbeKind.Liveness, ProbeVerdict.Failure);
        PodPlan plan = Plan(Pod("Always", Container("a")), Picture(Running("a")), probes);
        Assert.Equal("kill-a start-a", Text(plan));
        Assert.Equal("Container a failed liveness probe, will be restarted", plan.Kill[0].Message);
        Assert.Equal(KillReason.LivenessProbe, plan.Kill[0].Reason);
    }

    [Fact]
    public void A_lost_sandbox_is_made_anew_with_the_next_number()
    {
        PodPicture picture = new([Sandbox(isReady: false)], [Exited("a", 137)]);
        Assert.Equal("kill-pod sandbox-1 start-a", Text(Plan(Pod("Always", Container("a")), picture)));
        Assert.Equal("kill-pod", Text(Plan(Pod("Never", Container("a")), picture)));
        Assert.Equal("kill-pod", Text(Plan(Pod("OnFailure", Container("a")), new([Sandbox(false)], [Exited("a", 0)]))));
    }

    [Fact]
    public void A_changed_image_restarts_the_container()
    {
        Pod pod = Pod("Always", Container("a"));
        ContainerPicture old = Running("a") with { Hash = "other" };
        PodPlan plan = Plan(pod, Picture(old));
        Assert.Equal("Container a definition changed, will be restarted", plan.Kill[0].Message);
        Assert.Equal("kill-a start-a", Text(plan));
    }

    [Fact]
    public void Ephemeral_containers_start_once()
    {
        Pod pod = Pod("Always", Container("a"));
        pod = pod with
        {
            Spec = pod.Spec with
            {
                EphemeralContainers =
                [
                    new EphemeralContainer { EphemeralContainerCommon = new() { Name = "debug", Image = "busybox" } },
                ],
            },
        };
        Assert.Equal("start-debug", Text(Plan(pod, Picture(Running("a")))));
        Assert.Equal("", Text(Plan(pod, Picture(Exited("debug", 1), Running("a")))));
    }

    [Fact]
    public void Backoff_doubles_to_five_minutes_and_is_forgotten_after_ten()
    {
        StartBackoff backoff = new();
        DateTimeOffset now = Now;
        Assert.Null(backoff.Remaining("a", now, now));
        List<double> waits = [];
        for (int i = 0; i < 7; i++)
        {
            backoff.Next("a", now, now);
            waits.Add(backoff.Wait("a").TotalSeconds);
        }

        Assert.Equal([10, 20, 40, 80, 160, 300, 300], waits);
        Assert.Equal(290, backoff.Remaining("a", now, now.AddSeconds(10))!.Value.TotalSeconds);
        Assert.Null(backoff.Remaining("a", now.AddSeconds(601), now.AddSeconds(601)));
        backoff.Next("a", now.AddSeconds(601), now.AddSeconds(601));
        Assert.Equal(10, backoff.Wait("a").TotalSeconds);
    }
}
