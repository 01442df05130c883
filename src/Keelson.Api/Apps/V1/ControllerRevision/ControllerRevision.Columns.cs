using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Apps.V1;

public sealed partial record ControllerRevision
{
    /// <inheritdoc cref="IKind{T}.Columns"/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Controller", "The object that owns the revision."),
        TableColumn.Text("Revision", "The revision's number."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc cref="IKind{T}.Cells"/>
    public static object?[] Cells(ControllerRevision obj, TableContext context) =>
    [
        obj.Metadata.Name,
        Controller(obj.Metadata),
        obj.Revision,
        context.Age(obj.Metadata.CreationTimestamp),
    ];

    /// <summary><c>statefulset.apps/web</c></summary>
    private static string Controller(ObjectMeta metadata)
    {
        foreach (OwnerReference owner in metadata.OwnerReferences)
        {
            if (owner.Controller == true)
            {
                int slash = owner.ApiVersion.IndexOf('/', StringComparison.Ordinal);
                string group = slash < 0 ? "" : "." + owner.ApiVersion[..slash];
                return $"{(owner.Kind + group).ToLowerInvariant()}/{owner.Name}";
            }
        }

        return "<none>";
    }
}
