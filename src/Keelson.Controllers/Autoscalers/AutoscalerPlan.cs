using Keelson.Api.Autoscaling.V2;
using Keelson.Controllers.Jobs;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Autoscalers;

/// <summary>What to do about an autoscaler's target.</summary>
/// <param name="Desired">The size wanted; the present one when nothing is to change.</param>
/// <param name="Reason">Why it changes; empty when it does not.</param>
/// <param name="Status">The status to report if that works.</param>
/// <param name="Events">Events to tell.</param>
internal sealed record AutoscalerPlan(
    int Desired, string Reason, HorizontalPodAutoscalerStatus Status, IReadOnlyList<JobEvent> Events)
{
    /// <summary>Decides by the limits alone where the size is outside of them, or zero; null when metrics
    /// decide.</summary>
    public static AutoscalerPlan? WithoutMetrics(HorizontalPodAutoscaler one, int current, Time now)
    {
        int least = one.Spec.MinReplicas ?? 1;
        HorizontalPodAutoscalerStatus status = one.Status with { CurrentReplicas = current };
        if (current == 0 && least != 0)
        {
            status = With(
                status, "ScalingActive", "False", "ScalingDisabled", "scaling is disabled since the replica count of the target is zero", now);
            return new(0, "", status with { DesiredReplicas = 0, CurrentMetrics = default }, []);
        }

        status = status with { CurrentMetrics = default };
        if (current > one.Spec.MaxReplicas)
        {
            return new(one.Spec.MaxReplicas, "Current number of replicas above Spec.MaxReplicas", status, []);
        }

        return current < least ? new(least, "Current number of replicas below Spec.MinReplicas", status, []) : null;
    }

    /// <summary>Decides by metrics: the one that asks for most counts; while some fail, nothing shrinks.</summary>
    public static AutoscalerPlan ByMetrics(
        HorizontalPodAutoscaler one, int current, IReadOnlyList<MetricJudgement> metrics, ScalingHistory history, Time now)
    {
        MetricJudgement[] failed = [.. metrics.Where(static it => it.Proposal.Error.Length > 0)];
        MetricJudgement? most = metrics.Except(failed).MaxBy(static it => it.Proposal.Replicas);
        List<JobEvent> events =
            [.. failed.Select(static it => new JobEvent("Warning", it.FailReason, it.Proposal.Error))];
        HorizontalPodAutoscalerStatus status = one.Status with
        {
            CurrentReplicas = current,
            CurrentMetrics = metrics.Except(failed).Select(static it => it.Status!).ToApiList(),
        };
        if (most is null || (failed.Length > 0 && most.Proposal.Replicas < current))
        {
            MetricJudgement first = failed[0];
            string error = $"invalid metrics ({failed.Length} invalid out of {metrics.Count}), first error is: "
                + first.FailPrefix + first.Proposal.Error;
            events.Add(new("Warning", "FailedComputeMetricsReplicas", error));
            string told = "the HPA was unable to compute the replica count: " + first.Proposal.Error;
            return new(current, "", With(status, "ScalingActive", "False", first.FailReason, told, now), events);
        }

        status = With(
            status,
            "ScalingActive",
            "True",
            "ValidMetricFound",
            $"the HPA was able to successfully calculate a replica count from {most.Name}",
            now);
        int wanted = Math.Max(most.Proposal.Replicas, 0);
        RuledSize size = history.Rule(one.Spec, current, wanted, now.Instant);
        (string reason, string message) = size.Able ?? ("ReadyForNewScale", "recommended size matches current size");
        status = With(status, "AbleToScale", "True", reason, message, now);
        (reason, message) = size.Limited ?? Bounded(one.Spec, size.Replicas, out size);
        status = With(
            status, "ScalingLimited", reason == "DesiredWithinRange" ? "False" : "True", reason, message, now);
        string why = wanted > current ? $"{most.Name} above target" : "All metrics below target";
        return new(
            size.Replicas,
            size.Replicas == current ? "" : why,
            status with { DesiredReplicas = size.Replicas },
            events);
    }

    /// <summary>The status with a condition, whose time moves when it turns.</summary>
    public static HorizontalPodAutoscalerStatus With(
        HorizontalPodAutoscalerStatus status, string type, string value, string reason, string message, Time now)
    {
        HorizontalPodAutoscalerCondition? old = status.Conditions.FirstOrDefault(one => one.Type == type);
        HorizontalPodAutoscalerCondition wanted = new()
        {
            Type = type,
            Status = value,
            LastTransitionTime = old?.Status == value ? old.LastTransitionTime : now,
            Reason = reason,
            Message = message,
        };
        return status with
        {
            Conditions = old is null
                ? status.Conditions.Add(wanted)
                : status.Conditions.Map(one => one.Type == type ? wanted : one),
        };
    }

    private static (string Reason, string Message) Bounded(
        HorizontalPodAutoscalerSpec spec, int replicas, out RuledSize size)
    {
        int bounded = Math.Clamp(replicas, spec.MinReplicas ?? 1, spec.MaxReplicas);
        size = new(bounded, null, null);
        return bounded == replicas
            ? ("DesiredWithinRange", "the desired count is within the acceptable range")
            : bounded > replicas
                ? ("TooFewReplicas", "the desired replica count is less than the minimum replica count")
                : ("TooManyReplicas", "the desired replica count is more than the maximum replica count");
    }
}
