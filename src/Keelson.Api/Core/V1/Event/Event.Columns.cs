using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record Event
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Text("Last Seen", "How long ago the event happened last."),
        TableColumn.Text("Type", "Normal or Warning; others may be added."),
        TableColumn.Text("Reason", "A short word for the cause, for programs."),
        TableColumn.Text("Object", "What the event is about."),
        TableColumn.Text("Subobject", "The part of that object which the event is about.", 1),
        TableColumn.Text("Source", "Who reported the event, and from where.", 1),
        TableColumn.Text("Message", "What happened, for people."),
        TableColumn.Text("First Seen", "How long ago the event happened first.", 1),
        TableColumn.Text("Count", "How often the event happened.", 1),
        TableColumn.NameColumn with { Priority = 1 },
    ];

    /// <inheritdoc/>
    public static object?[] Cells(Event obj, TableContext context)
    {
        string first = obj.FirstTimestamp.IsZero ? Age(obj.EventTime, context) : context.Age(obj.FirstTimestamp);
        string last = obj.Series is { } series ? Age(series.LastObservedTime, context)
            : obj.LastTimestamp.IsZero ? first
            : context.Age(obj.LastTimestamp);

        // Single events of newer clients carry no count.
        long count = obj.Series?.Count ?? (obj.Count == 0 ? 1 : obj.Count);
        string kind = obj.InvolvedObject.Kind.ToLowerInvariant();
        return
        [
            last,
            obj.Type,
            obj.Reason,
            obj.InvolvedObject.Name.Length > 0 ? kind + "/" + obj.InvolvedObject.Name : kind,
            obj.InvolvedObject.FieldPath,
            SourceText(obj),
            obj.Message.Trim(),
            first,
            count,
            obj.Metadata.Name,
        ];
    }

    private static string Age(MicroTime since, TableContext context) =>
        since.IsZero ? "<unknown>" : HumanDuration.Format(context.Now.Instant - since.Instant);

    private static string SourceText(Event obj)
    {
        string component = obj.Source.Component.Length > 0 ? obj.Source.Component : obj.ReportingComponent;
        string instance = obj.Source.Host.Length > 0 ? obj.Source.Host : obj.ReportingInstance;
        return instance.Length == 0 ? component : component + ", " + instance;
    }
}
