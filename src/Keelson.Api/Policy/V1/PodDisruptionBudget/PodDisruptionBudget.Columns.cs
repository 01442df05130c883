using Keelson.Api.Kinds;

namespace Keelson.Api.Policy.V1;

public sealed partial record PodDisruptionBudget
{
    /// <inheritdoc cref="IKind{T}.Columns"/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Min Available", "How many pods must stay up."),
        TableColumn.Text("Max Unavailable", "How many pods may be down."),
        TableColumn.Integer("Allowed Disruptions", "How many pods may be evicted now."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc cref="IKind{T}.Cells"/>
    public static object?[] Cells(PodDisruptionBudget obj, TableContext context) =>
    [
        obj.Metadata.Name,
        obj.Spec.MinAvailable?.ToString() ?? "N/A",
        obj.Spec.MaxUnavailable?.ToString() ?? "N/A",
        (long)obj.Status.DisruptionsAllowed,
        context.Age(obj.Metadata.CreationTimestamp),
    ];
}
