using Keelson.Api.Apps.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Api.Batch.V1;

public sealed partial record Job
{
    /// <inheritdoc cref="IKind{T}.Columns"/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Status", "Whether the job runs, is suspended, or has come to an end."),
        TableColumn.Text("Completions", "Pods that have succeeded, and how many must."),
        TableColumn.Text("Duration", "How long the job has been running, or ran."),
        TableColumn.AgeColumn,
        .. WorkloadRules.WideColumns(withSelector: true),
    ];

    /// <inheritdoc cref="IKind{T}.Cells"/>
    public static object?[] Cells(Job obj, TableContext context)
    {
        (string names, string images) = WorkloadRules.ContainerCells(obj.Spec.Template);
        return
        [
            obj.Metadata.Name,
            StatusCell(obj),
            CompletionsCell(obj),
            DurationCell(obj.Status, context),
            context.Age(obj.Metadata.CreationTimestamp),
            names,
            images,
            LabelSelectorText.Format(obj.Spec.Selector),
        ];
    }

    private static string StatusCell(Job obj) =>
        JobStatusRules.Has(obj.Status, JobConditionType.Complete) ? "Complete"
        : JobStatusRules.Has(obj.Status, JobConditionType.Failed) ? "Failed"
        : obj.Metadata.DeletionTimestamp is not null ? "Terminating"
        : JobStatusRules.Has(obj.Status, JobConditionType.Suspended) ? "Suspended"
        : JobStatusRules.Has(obj.Status, JobConditionType.FailureTarget) ? "FailureTarget"
        : JobStatusRules.Has(obj.Status, JobConditionType.SuccessCriteriaMet) ? "SuccessCriteriaMet"
        : "Running";

    private static string CompletionsCell(Job obj) => obj.Spec switch
    {
        { Completions: { } completions } => $"{obj.Status.Succeeded}/{completions}",
        { Parallelism: > 1 and { } parallelism } => $"{obj.Status.Succeeded}/1 of {parallelism}",
        _ => $"{obj.Status.Succeeded}/1",
    };

    private static string DurationCell(JobStatus status, TableContext context) => status.StartTime is not { } start
        ? ""
        : HumanDuration.Format((status.CompletionTime ?? context.Now).Instant - start.Instant);
}
