using Keelson.Api.Kinds;

namespace Keelson.Api.Networking.V1;

public sealed partial record IPAddress
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("ParentRef", "The object that uses the address."),
    ];

    /// <inheritdoc/>
    public static object?[] Cells(IPAddress obj, TableContext context) =>
    [
        // Upstream's rows hold an age that no column announces; clients see it.
        obj.Metadata.Name,
        Reference(obj.Spec.ParentRef),
        context.Age(obj.Metadata.CreationTimestamp),
    ];

    private static string Reference(ParentReference? parent)
    {
        if (parent is null)
        {
            return "<none>";
        }

        string resource = parent.Group.Length == 0 ? parent.Resource : parent.Resource + "." + parent.Group;
        return parent.Namespace.Length == 0 ? $"{resource}/{parent.Name}" : $"{resource}/{parent.Namespace}/{parent.Name}";
    }
}
