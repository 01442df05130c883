using Keelson.Api.Kinds;

namespace Keelson.Api.Scheduling.V1;

public sealed partial record PriorityClass
{
    /// <inheritdoc cref="IKind{T}.Columns"/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Integer("Value", "The priority of the class's pods."),
        new("Global-Default", "boolean", "", "Whether pods without a class get this one.", 0),
        TableColumn.AgeColumn,
        TableColumn.Text("PreemptionPolicy", "Whether the class's pods may displace others."),
    ];

    /// <inheritdoc cref="IKind{T}.Cells"/>
    public static object?[] Cells(PriorityClass obj, TableContext context) =>
    [
        obj.Metadata.Name,
        (long)obj.Value,
        obj.GlobalDefault,
        context.Age(obj.Metadata.CreationTimestamp),
        obj.PreemptionPolicy ?? "",
    ];
}
