using Keelson.Api.Kinds;

namespace Keelson.Api.Resource.V1;

public sealed partial record ResourceSlice
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Node", "The node that the devices belong to."),
        TableColumn.Text("Driver", "The driver that reports the devices."),
        TableColumn.Text("Pool", "The pool that the slice is a part of."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc/>
    public static object?[] Cells(ResourceSlice obj, TableContext context) =>
    [
        obj.Metadata.Name,
        obj.Spec.NodeName ?? "",
        obj.Spec.Driver,
        obj.Spec.Pool.Name,
        context.Age(obj.Metadata.CreationTimestamp),
    ];
}
