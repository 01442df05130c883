using Keelson.Api.Batch.V1;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Jobs;

/// <summary>What a job's pod failure policy makes of a failed pod.</summary>
/// <param name="Action">Count, Ignore, FailIndex or FailJob.</param>
/// <param name="Message">Why, for FailJob.</param>
internal readonly record struct JobFailureVerdict(string Action, string Message)
{
    /// <summary>The failure counts.</summary>
    public const string Count = "Count";

    /// <summary>The failure does not count.</summary>
    public const string Ignore = "Ignore";

    /// <summary>The pod's index fails for good.</summary>
    public const string FailIndex = "FailIndex";

    /// <summary>The whole job fails.</summary>
    public const string FailJob = "FailJob";

    /// <summary>The first rule that matches decides; without one the failure counts.</summary>
    public static JobFailureVerdict Of(Job job, Pod pod)
    {
        ApiList<PodFailurePolicyRule> rules = job.Spec.PodFailurePolicy?.Rules ?? default;
        for (int i = 0; i < rules.Count; i++)
        {
            PodFailurePolicyRule rule = rules[i];
            string? reason = rule.OnExitCodes is { } codes
                ? ByExitCode(pod, codes)
                : ByCondition(pod, rule.OnPodConditions);
            if (reason is not null)
            {
                return new(rule.Action, $"{reason} matching {rule.Action} rule at index {i}");
            }
        }

        return new(Count, "");
    }

    private static string? ByExitCode(Pod pod, PodFailurePolicyOnExitCodesRequirement codes)
    {
        if (pod.Status.Phase != PodPhase.Failed)
        {
            return null;
        }

        foreach (ContainerStatus one in pod.Status.ContainerStatuses.Concat(pod.Status.InitContainerStatuses))
        {
            if (one.State.Terminated is not { ExitCode: not 0 } ended
                || (codes.ContainerName is { } name && name != one.Name))
            {
                continue;
            }

            bool isListed = codes.Values.Contains(ended.ExitCode);
            if (codes.Operator == "In" ? isListed : !isListed)
            {
                return $"Container {one.Name} for pod {pod.Metadata.Namespace}/{pod.Metadata.Name} failed with exit code {ended.ExitCode}";
            }
        }

        return null;
    }

    private static string? ByCondition(Pod pod, ApiList<PodFailurePolicyOnPodConditionsPattern> patterns)
    {
        foreach (PodFailurePolicyOnPodConditionsPattern pattern in patterns)
        {
            foreach (PodCondition one in pod.Status.Conditions)
            {
                if (one.Type == pattern.Type && one.Status == pattern.Status)
                {
                    return $"Pod {pod.Metadata.Namespace}/{pod.Metadata.Name} has condition {one.Type}";
                }
            }
        }

        return null;
    }
}
