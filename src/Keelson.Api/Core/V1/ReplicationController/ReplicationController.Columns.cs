using Keelson.Api.Apps.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Core.V1;

public sealed partial record ReplicationController
{
    /// <inheritdoc cref="IKind{T}.Columns"/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Integer("Desired", "How many pods should run."),
        TableColumn.Integer("Current", "How many pods there are."),
        TableColumn.Integer("Ready", "How many pods are ready."),
        TableColumn.AgeColumn,
        .. WorkloadRules.WideColumns(withSelector: true),
    ];

    /// <inheritdoc cref="IKind{T}.Cells"/>
    public static object?[] Cells(ReplicationController obj, TableContext context)
    {
        (string names, string images) = WorkloadRules.ContainerCells(obj.Spec.Template);
        return
        [
            obj.Metadata.Name,
            (long)(obj.Spec.Replicas ?? 0),
            (long)obj.Status.Replicas,
            (long)obj.Status.ReadyReplicas,
            context.Age(obj.Metadata.CreationTimestamp),
            names,
            images,
            LabelSelectorText.Format(obj.Spec.Selector),
        ];
    }
}
