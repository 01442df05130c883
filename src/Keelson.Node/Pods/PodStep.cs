using Keelson.Api.Core.V1;
using Keelson.Nodes.Statuses;

namespace Keelson.Nodes.Pods;

/// <summary>Where a pod is in its life on the node.</summary>
internal enum PodStage
{
    /// <summary>What should run is kept running.</summary>
    Running,

    /// <summary>Everything is ended.</summary>
    Ending,

    /// <summary>Nothing runs; volumes and groups are taken apart.</summary>
    Ended,

    /// <summary>Nothing is left on the node, and the pod waits to be deleted.</summary>
    Finished,

    /// <summary>The pod is gone.</summary>
    Gone,
}

/// <summary>What a step gives.</summary>
/// <param name="Stage">The stage the pod goes into.</param>
/// <param name="Plan">What is to be done.</param>
/// <param name="Status">What is to be reported.</param>
/// <param name="Verdict">Why the node ends the pod; null when it does not.</param>
/// <param name="Next">When to look again at the latest; null when nothing is due by itself.</param>
internal sealed record PodStepResult(
    PodStage Stage, PodPlan Plan, PodStatus Status, PodVerdict? Verdict, DateTimeOffset? Next);

/// <summary>
/// The step function of a pod's life: from what should be, what is, and the time to the stage, the work and the
/// status. Pure; the worker does what it says and calls it again.
/// </summary>
internal static class PodStep
{
    /// <summary>One step.</summary>
    public static PodStepResult Compute(PodStage stage, StatusInput input)
    {
        Pod pod = input.Pod;
        DateTimeOffset? deadline = DeadlineOf(input);
        PodVerdict? verdict = input.Verdict;
        if (verdict is null && deadline <= input.Now && stage == PodStage.Running && !IsOver(input.Before))
        {
            verdict = new("DeadlineExceeded", "Pod was active on the node longer than the specified deadline");
        }

        input = input with { Verdict = verdict, IsTerminal = stage >= PodStage.Ended };
        PodStatus status = PodStatuses.Compute(input);
        PodPlan plan = PodPlan.Nothing;
        if (stage == PodStage.Running)
        {
            bool isEnding = pod.Metadata.DeletionTimestamp is not null || verdict is not null || IsOver(status);
            plan = isEnding ? PodPlan.Nothing : Plan(input);
            stage = isEnding || plan is { KillPod: true, CreateSandbox: false } ? PodStage.Ending : stage;
        }

        DateTimeOffset? next = stage == PodStage.Running && deadline > input.Now ? deadline : null;
        return new(stage, plan, status, verdict, next);
    }

    private static PodPlan Plan(StatusInput input)
    {
        if (!RestartRules.RestartsAll(input.Pod, input.Picture, input.Before))
        {
            return PodPlanning.Compute(input.Pod, input.Picture, input.Probes, input.Actuated);
        }

        (_, uint attempt, string sandbox) = PodPlanning.SandboxNeed(input.Pod, input.Picture);
        return new() { RestartsAll = true, Attempt = attempt, SandboxId = sandbox };
    }

    private static bool IsOver(PodStatus status) => status.Phase is PodPhase.Succeeded or PodPhase.Failed;

    private static DateTimeOffset? DeadlineOf(StatusInput input) =>
        input.Pod.Spec.ActiveDeadlineSeconds is { } seconds
        && (input.Before.StartTime ?? input.Pod.Status.StartTime) is { IsZero: false } start
            ? start.Instant.AddSeconds(seconds)
            : null;
}
