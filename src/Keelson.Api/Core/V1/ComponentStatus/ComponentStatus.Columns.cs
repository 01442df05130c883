using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

public sealed partial record ComponentStatus
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Status", "Healthy, Unhealthy, or Unknown when nothing was found out."),
        TableColumn.Text("Message", "What the component answered."),
        TableColumn.Text("Error", "Why it could not be asked."),
    ];

    /// <inheritdoc/>
    public static object?[] Cells(ComponentStatus obj, TableContext context)
    {
        foreach (ComponentCondition condition in obj.Conditions)
        {
            if (condition.Type == ComponentConditionType.Healthy)
            {
                return [obj.Metadata.Name, condition.Status == "True" ? "Healthy" : "Unhealthy", condition.Message, condition.Error];
            }
        }

        return [obj.Metadata.Name, "Unknown", "", ""];
    }
}
