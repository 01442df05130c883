using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Autoscaling.V1;

public sealed partial record Scale
{
    /// <inheritdoc cref="IKind{T}.Columns"/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Integer("Desired", "How many pods should run."),
        TableColumn.Integer("Available", "How many pods there are."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc cref="IKind{T}.Cells"/>
    public static object?[] Cells(Scale obj, TableContext context) =>
    [
        obj.Metadata.Name,
        (long)obj.Spec.Replicas,
        (long)obj.Status.Replicas,
        context.Age(obj.Metadata.CreationTimestamp),
    ];
}
