using Keelson.Api.Kinds;

namespace Keelson.Api.AdmissionRegistration.V1;

public sealed partial record MutatingWebhookConfiguration
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Integer("Webhooks", "How many webhooks the configuration holds."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc/>
    public static object?[] Cells(MutatingWebhookConfiguration obj, TableContext context) =>
        [obj.Metadata.Name, (long)obj.Webhooks.Count, context.Age(obj.Metadata.CreationTimestamp)];
}
