using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Batch.V1;

/// <summary>Desired behaviour of a job.</summary>
[ApiType("io.k8s.api.batch.v1.JobSpec")]
public sealed partial record JobSpec
{
    /// <summary>
    /// How many pods may run at the same time; fewer run when less work than that is left. Defaults to 1; 0
    /// effectively pauses the job. May be changed while the job runs.
    /// </summary>
    [Field(1)]
    public partial int? Parallelism { get; init; }

    /// <summary>
    /// How many pods must finish successfully for the job to be complete. If not set, the job is a work queue: once
    /// one pod succeeds no new ones start, and the job completes when all have ended. Immutable, except that an
    /// Indexed job may change it together with parallelism when both stay equal.
    /// </summary>
    [Field(2)]
    public partial int? Completions { get; init; }

    /// <summary>
    /// Seconds, counted from status.startTime and across all retries, the job may run before its pods are killed
    /// and it fails. Must not be negative; a suspended job's clock stops and starts anew on resume. No limit by
    /// default.
    /// </summary>
    [Field(3)]
    public partial long? ActiveDeadlineSeconds { get; init; }

    /// <summary>
    /// Rules that decide, from exit codes or pod conditions, what a failed pod means for the job; without a
    /// matching rule the failure counts towards backoffLimit. Needs restartPolicy Never in the template. Immutable.
    /// </summary>
    [Field(11)]
    public partial PodFailurePolicy? PodFailurePolicy { get; init; }

    /// <summary>
    /// Rules under which an Indexed job counts as succeeded before all indexes have finished. Without it, all
    /// completions are needed. Immutable.
    /// </summary>
    [Field(16)]
    public partial SuccessPolicy? SuccessPolicy { get; init; }

    /// <summary>
    /// How many pod failures are tolerated before the job fails. Defaults to 6, or to 2147483647 when
    /// backoffLimitPerIndex is set.
    /// </summary>
    [Field(7)]
    public partial int? BackoffLimit { get; init; }

    /// <summary>
    /// How many failures each index may have before that index is given up as failed. Only for Indexed jobs whose
    /// template has restartPolicy Never. Immutable.
    /// </summary>
    [Field(12)]
    public partial int? BackoffLimitPerIndex { get; init; }

    /// <summary>
    /// How many indexes may fail before the whole job fails and its remaining pods are stopped. Needs
    /// backoffLimitPerIndex and cannot exceed completions. If not set, all other indexes run to their end.
    /// </summary>
    [Field(13)]
    public partial int? MaxFailedIndexes { get; init; }

    /// <summary>
    /// Labels that identify the pods of the job. Normally filled in by the server with a unique label; set it
    /// yourself only together with manualSelector. Immutable.
    /// </summary>
    [Field(4)]
    public partial LabelSelector? Selector { get; init; }

    /// <summary>
    /// Set to true to choose pod labels and selector yourself instead of having the server generate unique ones. A
    /// careless choice can make jobs take over each other's pods. Immutable.
    /// </summary>
    [Field(5)]
    public partial bool? ManualSelector { get; init; }

    /// <summary>
    /// Pod to run. Its restartPolicy must be Never or OnFailure. Apart from scheduling directives and the like of a
    /// suspended job, it is immutable.
    /// </summary>
    [Field(6, Always = true, Required = true)]
    public partial PodTemplateSpec Template { get; init; }

    /// <summary>
    /// Seconds after completion or failure when the job becomes eligible for automatic deletion, together with its
    /// pods. With 0 that is at once; if not set, the job is kept.
    /// </summary>
    [Field(8)]
    public partial int? TtlSecondsAfterFinished { get; init; }

    /// <summary>
    /// NonIndexed counts successful pods, all alike; Indexed gives each pod a completion index from 0 to
    /// completions - 1 and needs one success per index. Defaults to NonIndexed. Immutable.
    /// </summary>
    [Field(9, Enum = typeof(CompletionMode))]
    public partial string? CompletionMode { get; init; }

    /// <summary>
    /// While true, no pods are created and those running are deleted; resuming restarts the clock of
    /// activeDeadlineSeconds. Defaults to false.
    /// </summary>
    [Field(10)]
    public partial bool? Suspend { get; init; }

    /// <summary>
    /// When a replacement for a pod is created: TerminatingOrFailed as soon as the old pod begins to terminate,
    /// Failed only once it has fully ended. Defaults to TerminatingOrFailed, or to Failed, then the only value
    /// allowed, if podFailurePolicy is set.
    /// </summary>
    [Field(14, Enum = typeof(PodReplacementPolicy))]
    public partial string? PodReplacementPolicy { get; init; }

    /// <summary>
    /// Name, in the form domain/path, of the controller responsible for this job. The built-in one acts only if
    /// this is unset or kubernetes.io/job-controller. At most 63 characters; immutable.
    /// </summary>
    [Field(15)]
    public partial string? ManagedBy { get; init; }
}
