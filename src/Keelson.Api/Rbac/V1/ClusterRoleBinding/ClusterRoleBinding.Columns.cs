using Keelson.Api.Kinds;

namespace Keelson.Api.Rbac.V1;

public sealed partial record ClusterRoleBinding
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns => BindingTable.Columns;

    /// <inheritdoc/>
    public static object?[] Cells(ClusterRoleBinding obj, TableContext context) =>
        BindingTable.Cells(obj.Metadata, obj.RoleRef, obj.Subjects, context);
}
