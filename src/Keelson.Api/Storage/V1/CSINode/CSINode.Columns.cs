using Keelson.Api.Kinds;

namespace Keelson.Api.Storage.V1;

public sealed partial record CSINode
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Integer("Drivers", "How many drivers are installed on the node."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc/>
    public static object?[] Cells(CSINode obj, TableContext context) =>
        [obj.Metadata.Name, (long)obj.Spec.Drivers.Count, context.Age(obj.Metadata.CreationTimestamp)];
}
