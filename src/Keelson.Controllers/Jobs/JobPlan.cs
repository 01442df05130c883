using Keelson.Api.Batch.V1;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Jobs;

/// <summary>An event to tell about a job.</summary>
internal readonly record struct JobEvent(string Type, string Reason, string Message);

/// <summary>What to do about a job: first the status, so that nothing is counted twice, then the rest.</summary>
internal sealed record JobPlan
{
    /// <summary>The status to report.</summary>
    public required JobStatus Status { get; init; }

    /// <summary>Pods to create.</summary>
    public IReadOnlyList<Pod> Create { get; init; } = [];

    /// <summary>Pods to delete; their end counts as a failure.</summary>
    public IReadOnlyList<Pod> Delete { get; init; } = [];

    /// <summary>Pods to delete that are not to be counted: surplus ones, and those of a suspended job.</summary>
    public IReadOnlyList<Pod> Withdraw { get; init; } = [];

    /// <summary>Pods that are counted once the status is written, and need not be kept any longer.</summary>
    public IReadOnlyList<Pod> Release { get; init; } = [];

    /// <summary>Events to tell.</summary>
    public IReadOnlyList<JobEvent> Events { get; init; } = [];

    /// <summary>When to look again though nothing has changed.</summary>
    public TimeSpan? CheckAfter { get; init; }

    /// <summary>True for a job that has ended.</summary>
    public static bool IsFinished(JobStatus status) => status.Conditions.Any(static one =>
        one.Type is JobConditionType.Complete or JobConditionType.Failed && one.Status == "True");

    /// <summary>Decides.</summary>
    /// <param name="job">The job.</param>
    /// <param name="pods">The pods that it controls.</param>
    /// <param name="now">The present.</param>
    public static JobPlan Compute(Job job, IReadOnlyList<Pod> pods, Time now)
    {
        if (IsFinished(job.Status))
        {
            return new JobPlan { Status = job.Status, Release = [.. pods.Where(JobPods.IsTracked)] };
        }

        return new JobStep(job, pods, now).Run();
    }
}
