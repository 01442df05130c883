using Keelson.Api.Kinds;

namespace Keelson.Api.FlowControl.V1;

public sealed partial record FlowSchema
{
    private const string Dangling = "Dangling";

    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("PriorityLevel", "The priority level that requests of this schema go to."),
        TableColumn.Text("MatchingPrecedence", "Which schema wins when several match: the smallest number."),
        TableColumn.Text("DistinguisherMethod", "How requests are told apart into flows."),
        TableColumn.AgeColumn,
        TableColumn.Text("MissingPL", "Whether the priority level is missing."),
    ];

    /// <inheritdoc/>
    public static object?[] Cells(FlowSchema obj, TableContext context) =>
    [
        obj.Metadata.Name,
        obj.Spec.PriorityLevelConfiguration.Name,
        (long)obj.Spec.MatchingPrecedence,
        obj.Spec.DistinguisherMethod?.Type ?? "<none>",
        context.Age(obj.Metadata.CreationTimestamp),
        obj.Status.Conditions.FirstOrDefault(static one => one.Type == Dangling)?.Status ?? "?",
    ];
}
