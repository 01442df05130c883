using Keelson.Api.Core.V1;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Probes;
using Keelson.Nodes.Statuses;
using static Keelson.Nodes.Tests.Pods.PodFixture;

namespace Keelson.Nodes.Tests.Pods;

/// <summary>Rules that restart all containers of a pod.</summary>
public sealed class RestartAllTests
{
    private static readonly Container Trigger = Container("trigger", "Never") with
    {
        RestartPolicyRules =
        [
            new ContainerRestartRule
            {
                Action = "RestartAllContainers",
                ExitCodes = new ContainerRestartRuleOnExitCodes { Operator = "In", Values = [42] },
            },
        ],
    };

    private static readonly Pod Wanted = Pod("Never", Container("main"), Trigger).WithInit(Container("init"));

    [Fact]
    public void An_exit_that_matches_ends_all_and_begins_with_the_init_containers_again()
    {
        PodStepResult step = Step(Wanted.Status, Picture(Exited("trigger", 42), Running("main"), Exited("init", 0)));
        Assert.True(step.Plan.RestartsAll);
        PodCondition condition = Condition(step.Status, "AllContainersRestarting");
        Assert.Equal(
            ("True", "RestartAllContainersStarted", "container exited with restart policy rule"),
            (condition.Status, condition.Reason, condition.Message));
        Assert.Equal("Running", step.Status.Phase);

        // The one whose end began it is there still, and what was killed does not make the pod fail.
        step = Step(step.Status, Picture(Exited("trigger", 42), Exited("main", 137)));
        Assert.True(step.Plan.RestartsAll);
        Assert.Equal("Running", step.Status.Phase);

        step = Step(step.Status, Picture());
        Assert.Equal("start-init", Text(step.Plan));
        Assert.Equal("False", Condition(step.Status, "AllContainersRestarting").Status);
        Assert.Equal(PodStage.Running, step.Stage);
        ContainerStatus main = step.Status.ContainerStatuses.First(static one => one.Name == "main");
        Assert.Equal(
            (137, "RestartingAllContainers", "RestartingAllContainers", 1),
            (main.LastState.Terminated!.ExitCode, main.LastState.Terminated.Reason, main.State.Waiting!.Reason,
                main.RestartCount));
        Assert.Equal(0, Condition(step.Status, "AllContainersRestarting").ObservedGeneration);

        step = Step(step.Status, Picture(Running("init", 1)));
        Assert.Equal("", Text(step.Plan));
        Assert.Equal(PodStage.Running, step.Stage);
    }

    [Fact]
    public void An_exit_that_does_not_match_ends_the_pod() =>
        Assert.Equal(PodStage.Ending, Step(
            Wanted.Status, Picture(Exited("trigger", 1), Exited("main", 0), Exited("init", 0))).Stage);

    [Fact]
    public void Pods_without_such_rules_have_no_such_condition()
    {
        PodStatus status = Status(Pod("Always", Container("a")), Picture(Running("a")));
        Assert.DoesNotContain(status.Conditions, static one => one.Type == "AllContainersRestarting");
    }

    private static PodStepResult Step(PodStatus before, PodPicture picture) => PodStep.Compute(
        PodStage.Running,
        new StatusInput
        {
            Pod = Wanted with { Status = before },
            Picture = picture,
            Before = before,
            Probes = new ProbeResults(),
            Now = Now,
        });
}
