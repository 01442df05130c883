using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Batch.V1;

/// <summary>Observed state of a job.</summary>
[ApiType("io.k8s.api.batch.v1.JobStatus")]
public sealed partial record JobStatus
{
    /// <summary>
    /// Latest observations about the job. A finished job carries either Complete or Failed with status True.
    /// </summary>
    [Field(1, List = ListType.Atomic, PatchStrategy = "merge", MergeKey = "type")]
    public partial ApiList<JobCondition> Conditions { get; init; }

    /// <summary>
    /// When the controller began to work on the job; not set for a job created suspended, and reset when a
    /// suspended job resumes.
    /// </summary>
    [Field(2)]
    public partial Time? StartTime { get; init; }

    /// <summary>When the job completed successfully. Only set in that case.</summary>
    [Field(3)]
    public partial Time? CompletionTime { get; init; }

    /// <summary>Pods that are pending or running and not being deleted; 0 once the job has finished.</summary>
    [Field(4)]
    public partial int Active { get; init; }

    /// <summary>
    /// Pods that ended in phase Succeeded; it does not shrink except for an elastic Indexed job that is scaled
    /// down.
    /// </summary>
    [Field(5)]
    public partial int Succeeded { get; init; }

    /// <summary>Pods that ended in phase Failed; the count never decreases.</summary>
    [Field(6)]
    public partial int Failed { get; init; }

    /// <summary>Pods that are being deleted but have not yet ended in Succeeded or Failed.</summary>
    [Field(11)]
    public partial int? Terminating { get; init; }

    /// <summary>
    /// Indexes of an Indexed job that have succeeded, as comma-separated numbers and ranges, such as 1,3-5,7.
    /// </summary>
    [Field(7)]
    public partial string CompletedIndexes { get; init; }

    /// <summary>
    /// Indexes that were given up because they exceeded backoffLimitPerIndex, written like completedIndexes. Only
    /// set when that limit is in use.
    /// </summary>
    [Field(10)]
    public partial string? FailedIndexes { get; init; }

    /// <summary>
    /// Ended pods the controller has yet to add to succeeded or failed; it keeps the counts exact even when pods
    /// vanish. Nil for jobs not tracked this way.
    /// </summary>
    [Field(8)]
    public partial UncountedTerminatedPods? UncountedTerminatedPods { get; init; }

    /// <summary>Active pods with a Ready condition that are not being deleted.</summary>
    [Field(9)]
    public partial int? Ready { get; init; }
}
