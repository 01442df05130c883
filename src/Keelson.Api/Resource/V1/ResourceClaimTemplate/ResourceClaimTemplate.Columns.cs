using Keelson.Api.Kinds;

namespace Keelson.Api.Resource.V1;

public sealed partial record ResourceClaimTemplate
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } = [TableColumn.NameColumn, TableColumn.AgeColumn];

    /// <inheritdoc/>
    public static object?[] Cells(ResourceClaimTemplate obj, TableContext context) =>
        [obj.Metadata.Name, context.Age(obj.Metadata.CreationTimestamp)];
}
