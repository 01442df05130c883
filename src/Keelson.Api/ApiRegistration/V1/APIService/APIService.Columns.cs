using Keelson.Api.Kinds;

namespace Keelson.Api.ApiRegistration.V1;

public sealed partial record APIService
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Service", "The service that answers for the API, or Local for this server."),
        TableColumn.Text("Available", "Whether the API can be reached, and why not."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc/>
    public static object?[] Cells(APIService obj, TableContext context) =>
    [
        obj.Metadata.Name,
        obj.Spec.Service is { } service ? $"{service.Namespace}/{service.Name}" : "Local",
        Availability(obj),
        context.Age(obj.Metadata.CreationTimestamp),
    ];

    private static string Availability(APIService obj)
    {
        foreach (APIServiceCondition condition in obj.Status.Conditions)
        {
            if (condition.Type == APIServiceConditionType.Available)
            {
                return condition.Status == ConditionStatus.True ? condition.Status : $"{condition.Status} ({condition.Reason})";
            }
        }

        return ConditionStatus.Unknown;
    }
}
