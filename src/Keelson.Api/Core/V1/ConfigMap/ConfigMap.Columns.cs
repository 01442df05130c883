using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

public sealed partial record ConfigMap
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Data", "How many keys there are, text and binary ones together."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc/>
    public static object?[] Cells(ConfigMap obj, TableContext context) =>
        [obj.Metadata.Name, (long)(obj.Data.Count + obj.BinaryData.Count), context.Age(obj.Metadata.CreationTimestamp)];
}
