using Keelson.Api.Apps.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Batch.V1;

public sealed partial record CronJob
{
    /// <inheritdoc cref="IKind{T}.Columns"/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Schedule", "When jobs are started."),
        TableColumn.Text("Timezone", "The time zone of the schedule."),
        new("Suspend", "boolean", "", "Whether jobs are held back.", 0),
        TableColumn.Integer("Active", "How many jobs are running."),
        TableColumn.Text("Last Schedule", "How long ago a job was started."),
        TableColumn.AgeColumn,
        .. WorkloadRules.WideColumns(withSelector: true),
    ];

    /// <inheritdoc cref="IKind{T}.Cells"/>
    public static object?[] Cells(CronJob obj, TableContext context)
    {
        (string names, string images) = WorkloadRules.ContainerCells(obj.Spec.JobTemplate.Spec.Template);
        return
        [
            obj.Metadata.Name,
            obj.Spec.Schedule,
            obj.Spec.TimeZone ?? "<none>",
            obj.Spec.Suspend switch { true => "True", false => "False", null => "<unset>" },
            (long)obj.Status.Active.Count,
            obj.Status.LastScheduleTime is { } last ? context.Age(last) : "<none>",
            context.Age(obj.Metadata.CreationTimestamp),
            names,
            images,
            LabelSelectorText.Format(obj.Spec.JobTemplate.Spec.Selector),
        ];
    }
}
