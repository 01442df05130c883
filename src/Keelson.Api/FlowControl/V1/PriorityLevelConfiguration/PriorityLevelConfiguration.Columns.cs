using Keelson.Api.Kinds;

namespace Keelson.Api.FlowControl.V1;

public sealed partial record PriorityLevelConfiguration
{
    private const string None = "<none>";

    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Type", "Whether requests of this level are limited."),
        TableColumn.Text("NominalConcurrencyShares", "This level's part of the requests that run at once."),
        TableColumn.Text("Queues", "How many queues requests wait in."),
        TableColumn.Text("HandSize", "How many queues a flow may use."),
        TableColumn.Text("QueueLengthLimit", "How many requests fit in one queue."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc/>
    public static object?[] Cells(PriorityLevelConfiguration obj, TableContext context)
    {
        QueuingConfiguration? queuing = obj.Spec.Limited?.LimitResponse.Queuing;
        return
        [
            obj.Metadata.Name,
            obj.Spec.Type,
            obj.Spec.Limited is { } limited ? (object?)(long?)limited.NominalConcurrencyShares : None,
            queuing is null ? None : (long)queuing.Queues,
            queuing is null ? None : (long)queuing.HandSize,
            queuing is null ? None : (long)queuing.QueueLengthLimit,
            context.Age(obj.Metadata.CreationTimestamp),
        ];
    }
}
