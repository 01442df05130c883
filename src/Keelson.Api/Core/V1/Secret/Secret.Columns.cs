using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

public sealed partial record Secret
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Type", "What the secret is for, which says what keys it has."),
        TableColumn.Text("Data", "How many keys there are."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc/>
    public static object?[] Cells(Secret obj, TableContext context) =>
        [obj.Metadata.Name, obj.Type, (long)obj.Data.Count, context.Age(obj.Metadata.CreationTimestamp)];
}
