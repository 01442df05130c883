using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

public sealed partial record Namespace
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Status", "Active, or Terminating while its content is deleted."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc/>
    public static object?[] Cells(Namespace obj, TableContext context) =>
        [obj.Metadata.Name, obj.Status.Phase, context.Age(obj.Metadata.CreationTimestamp)];
}
