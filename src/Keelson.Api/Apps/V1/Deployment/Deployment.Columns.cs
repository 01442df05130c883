using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Apps.V1;

public sealed partial record Deployment
{
    /// <inheritdoc cref="IKind{T}.Columns"/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Ready", "Pods that are ready, and how many should run."),
        TableColumn.Text("Up-to-date", "Pods of the newest template."),
        TableColumn.Text("Available", "Pods that have been ready for long enough."),
        TableColumn.AgeColumn,
        .. WorkloadRules.WideColumns(withSelector: true),
    ];

    /// <inheritdoc cref="IKind{T}.Cells"/>
    public static object?[] Cells(Deployment obj, TableContext context)
    {
        (string names, string images) = WorkloadRules.ContainerCells(obj.Spec.Template);
        return
        [
            obj.Metadata.Name,
            $"{obj.Status.ReadyReplicas}/{obj.Spec.Replicas ?? 0}",
            (long)obj.Status.UpdatedReplicas,
            (long)obj.Status.AvailableReplicas,
            context.Age(obj.Metadata.CreationTimestamp),
            names,
            images,
            LabelSelectorText.Of(obj.Spec.Selector),
        ];
    }
}
