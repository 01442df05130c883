using Keelson.Api.Kinds;

namespace Keelson.Api.Rbac.V1;

public sealed partial record RoleBinding
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns => BindingTable.Columns;

    /// <inheritdoc/>
    public static object?[] Cells(RoleBinding obj, TableContext context) =>
        BindingTable.Cells(obj.Metadata, obj.RoleRef, obj.Subjects, context);
}
