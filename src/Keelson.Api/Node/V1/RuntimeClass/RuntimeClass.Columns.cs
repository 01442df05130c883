using Keelson.Api.Kinds;

namespace Keelson.Api.Node.V1;

public sealed partial record RuntimeClass
{
    /// <inheritdoc cref="IKind{T}.Columns"/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Handler", "What the container runtime calls the configuration."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc cref="IKind{T}.Cells"/>
    public static object?[] Cells(RuntimeClass obj, TableContext context) =>
        [obj.Metadata.Name, obj.Handler, context.Age(obj.Metadata.CreationTimestamp)];
}
