using Keelson.Api.Kinds;

namespace Keelson.Api.Networking.V1;

public sealed partial record ServiceCIDR
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("CIDRs", "The networks that services get their addresses from."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc/>
    public static object?[] Cells(ServiceCIDR obj, TableContext context) =>
        [obj.Metadata.Name, string.Join(",", obj.Spec.Cidrs), context.Age(obj.Metadata.CreationTimestamp)];
}
