using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record ResourceQuota
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Request", "What is used of each limited request or count, and the limit."),
        TableColumn.Text("Limit", "What is used of each limited sum of limits, and the limit."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc/>
    public static object?[] Cells(ResourceQuota obj, TableContext context)
    {
        List<string> requests = [];
        List<string> limits = [];
        foreach (KeyValuePair<string, Quantity> hard in obj.Status.Hard)
        {
            List<string> column = hard.Key.StartsWith("limits.", StringComparison.Ordinal) ? limits : requests;
            column.Add($"{hard.Key}: {obj.Status.Used.GetValueOrDefault(hard.Key)}/{hard.Value}");
        }

        return [obj.Metadata.Name, string.Join(", ", requests), string.Join(", ", limits), context.Age(obj.Metadata.CreationTimestamp)];
    }
}
