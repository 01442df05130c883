using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

public sealed partial record ServiceAccount
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } = [TableColumn.NameColumn, TableColumn.AgeColumn];

    /// <inheritdoc/>
    public static object?[] Cells(ServiceAccount obj, TableContext context) =>
        [obj.Metadata.Name, context.Age(obj.Metadata.CreationTimestamp)];
}
