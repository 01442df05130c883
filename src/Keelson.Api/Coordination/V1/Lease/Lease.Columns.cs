using Keelson.Api.Kinds;

namespace Keelson.Api.Coordination.V1;

public sealed partial record Lease
{
    /// <inheritdoc cref="IKind{T}.Columns"/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Holder", "Who holds the lease."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc cref="IKind{T}.Cells"/>
    public static object?[] Cells(Lease obj, TableContext context) =>
        [obj.Metadata.Name, obj.Spec.HolderIdentity ?? "", context.Age(obj.Metadata.CreationTimestamp)];
}
