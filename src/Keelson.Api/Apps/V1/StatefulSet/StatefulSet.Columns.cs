using Keelson.Api.Kinds;

namespace Keelson.Api.Apps.V1;

public sealed partial record StatefulSet
{
    /// <inheritdoc cref="IKind{T}.Columns"/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Ready", "Pods that are ready, and how many should run."),
        TableColumn.AgeColumn,
        .. WorkloadRules.WideColumns(withSelector: false),
    ];

    /// <inheritdoc cref="IKind{T}.Cells"/>
    public static object?[] Cells(StatefulSet obj, TableContext context)
    {
        (string names, string images) = WorkloadRules.ContainerCells(obj.Spec.Template);
        return
        [
            obj.Metadata.Name,
            $"{obj.Status.ReadyReplicas}/{obj.Spec.Replicas ?? 0}",
            context.Age(obj.Metadata.CreationTimestamp),
            names,
            images,
        ];
    }
}
