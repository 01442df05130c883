using System.Globalization;
using Keelson.Api.Apps.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Batch.V1;

public sealed partial record Job
{
    /// <summary>The label of a job's pods that carries the job's uid.</summary>
    public const string ControllerUidLabel = "batch.kubernetes.io/controller-uid";

    /// <summary>The label of a job's pods that carries the job's name.</summary>
    public const string JobNameLabel = "batch.kubernetes.io/job-name";

    /// <summary><see cref="ControllerUidLabel"/> as it was called before labels had prefixes; still set.</summary>
    public const string LegacyControllerUidLabel = "controller-uid";

    /// <summary><see cref="JobNameLabel"/> as it was called before labels had prefixes; still set.</summary>
    public const string LegacyJobNameLabel = "job-name";

    /// <inheritdoc cref="IKind{T}.Subresources"/>
    public static IReadOnlyList<SubresourceStrategy<Job>> Subresources { get; } =
        [new("status", PrepareStatus, JobStatusRules.Validate, ["spec"])];

    /// <inheritdoc cref="IKind{T}.ResetFields"/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <inheritdoc cref="IKind{T}.SelectableFields"/>
    /// <inheritdoc/>
    public static string FieldError(string field) => $"field label {GoText.Quote(field)} not supported for batchv1.Job";

    public static IReadOnlyList<SelectableField<Job>> SelectableFields { get; } =
        [new("status.successful", static obj => obj.Status.Succeeded.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Kept from the days before garbage collection: pods stay unless the client says otherwise.</summary>
    public static string DefaultPropagation => "Orphan";

    /// <inheritdoc cref="IKind{T}.DefaultPropagationWarning"/>
    public static string? DefaultPropagationWarning =>
        "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them "
        + "or set propagationPolicy=Orphan to suppress this warning";

    /// <inheritdoc cref="IKind{T}.PrepareForCreate"/>
    public static Job PrepareForCreate(Job obj, WriteContext context)
    {
        Job job = obj with
        {
            Metadata = WorkloadRules.FirstGeneration(obj.Metadata),
            Status = JobStatus.Empty,
        };
        if (job.Spec.ManualSelector == true)
        {
            return job;
        }

        // Upstream's store defaults what it reads back, so a job without labels takes over the template's, generated
        // ones included. Before that it validates them, where they stand in the template.
        job = WithGeneratedSelector(job);
        ApiMap<string> labels = job.Spec.Template.Metadata.Labels;
        FieldErrors labelErrors = new();
        ObjectMetaRules.ValidateLabels(labels, FieldPath.Of("labels"), labelErrors);
        return job.Metadata.Labels.Count > 0 || labelErrors.Count > 0
            ? job
            : job with { Metadata = job.Metadata with { Labels = labels } };
    }

    /// <inheritdoc cref="IKind{T}.PrepareForUpdate"/>
    public static Job PrepareForUpdate(Job obj, Job old, WriteContext context) => obj with
    {
        Metadata = WorkloadRules.NextGeneration(obj.Metadata, old.Metadata, !obj.Spec.Equals(old.Spec)),
        Status = old.Status,
    };

    /// <inheritdoc cref="IKind{T}.Warnings"/>
    public static IEnumerable<string> Warnings(Job obj, Job? old)
    {
        if (old is not null && old.Metadata.Generation == obj.Metadata.Generation)
        {
            return [];
        }

        IEnumerable<string> warnings = JobSpecRules.Warnings(obj.Spec, FieldPath.Of("spec"));
        return old is null ? WorkloadRules.NameWarnings(obj.Metadata.Name).Concat(warnings) : warnings;
    }

    private static Job PrepareStatus(Job obj, Job old, WriteContext context) => obj with
    {
        Metadata = WorkloadRules.NextGeneration(obj.Metadata, old.Metadata, changed: false),
        Spec = old.Spec,
    };

    /// <summary>
    /// Labels the pods with the job's name and uid and selects them by the latter. What the user has set stays;
    /// validation refuses it where it conflicts.
    /// </summary>
    private static Job WithGeneratedSelector(Job job)
    {
        ObjectMeta template = job.Spec.Template.Metadata;
        ApiMap<string> labels = template.Labels;
        labels = Ensure(labels, LegacyJobNameLabel, job.Metadata.Name);
        labels = Ensure(labels, JobNameLabel, job.Metadata.Name);
        labels = Ensure(labels, LegacyControllerUidLabel, job.Metadata.Uid);
        labels = Ensure(labels, ControllerUidLabel, job.Metadata.Uid);
        LabelSelector selector = job.Spec.Selector ?? LabelSelector.Empty;
        ApiMap<string> selected = Ensure(selector.MatchLabels, ControllerUidLabel, job.Metadata.Uid);
        return job with
        {
            Spec = job.Spec with
            {
                Template = job.Spec.Template with { Metadata = template with { Labels = labels } },
                Selector = selector with { MatchLabels = selected },
            },
        };
    }

    private static ApiMap<string> Ensure(ApiMap<string> labels, string key, string value) =>
        labels.ContainsKey(key) ? labels : labels.With(key, value);
}
