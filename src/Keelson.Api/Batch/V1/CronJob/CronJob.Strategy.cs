using Keelson.Api.Apps.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Batch.V1;

public sealed partial record CronJob
{
    /// <inheritdoc cref="IKind{T}.Subresources"/>
    public static IReadOnlyList<SubresourceStrategy<CronJob>> Subresources { get; } =
        [new("status", PrepareStatus, static (_, _, _) => { }, ["spec"])];

    /// <inheritdoc cref="IKind{T}.ResetFields"/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <inheritdoc cref="IKind{T}.PrepareForCreate"/>
    public static CronJob PrepareForCreate(CronJob obj, WriteContext context) => obj with
    {
        Metadata = WorkloadRules.FirstGeneration(obj.Metadata),
        Status = CronJobStatus.Empty,
    };

    /// <inheritdoc cref="IKind{T}.PrepareForUpdate"/>
    public static CronJob PrepareForUpdate(CronJob obj, CronJob old, WriteContext context) => obj with
    {
        Metadata = WorkloadRules.NextGeneration(obj.Metadata, old.Metadata, !obj.Spec.Equals(old.Spec)),
        Status = old.Status,
    };

    /// <inheritdoc cref="IKind{T}.Warnings"/>
    public static IEnumerable<string> Warnings(CronJob obj, CronJob? old)
    {
        IEnumerable<string> warnings = old is null ? WorkloadRules.NameWarnings(obj.Metadata.Name) : [];
        if (old is null || old.Metadata.Generation != obj.Metadata.Generation)
        {
            FieldPath path = FieldPath.Of("spec").Child("jobTemplate").Child("spec");
            warnings = warnings.Concat(JobSpecRules.Warnings(obj.Spec.JobTemplate.Spec, path));
        }

        return obj.Spec.Schedule.Contains("TZ", StringComparison.Ordinal)
            ? warnings.Append("cannot use TZ or CRON_TZ in spec.schedule, use timeZone instead")
            : warnings;
    }

    private static CronJob PrepareStatus(CronJob obj, CronJob old, WriteContext context) => obj with
    {
        Metadata = WorkloadRules.NextGeneration(obj.Metadata, old.Metadata, changed: false),
        Spec = old.Spec,
    };
}
