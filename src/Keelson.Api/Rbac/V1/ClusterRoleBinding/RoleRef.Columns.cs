using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Api.Rbac.V1;

/// <summary>The table that both kinds of bindings share.</summary>
internal static class BindingTable
{
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Role", "The role that the subjects get, with its kind."),
        TableColumn.AgeColumn,
        TableColumn.Text("Users", "The users among the subjects.", 1),
        TableColumn.Text("Groups", "The groups among the subjects.", 1),
        TableColumn.Text("ServiceAccounts", "The service accounts among the subjects, with their namespaces.", 1),
    ];

    public static object?[] Cells(ObjectMeta meta, RoleRef reference, ApiList<Subject> subjects, TableContext context) =>
    [
        meta.Name,
        reference.Kind + "/" + reference.Name,
        context.Age(meta.CreationTimestamp),
        Names(subjects, "User", static one => one.Name),
        Names(subjects, "Group", static one => one.Name),
        Names(subjects, "ServiceAccount", static one => one.Namespace + "/" + one.Name),
    ];

    private static string Names(ApiList<Subject> subjects, string kind, Func<Subject, string> name) =>
        string.Join(", ", subjects.Where(one => one.Kind == kind).Select(name));
}
