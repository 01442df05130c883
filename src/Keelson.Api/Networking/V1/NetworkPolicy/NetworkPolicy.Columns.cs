using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Networking.V1;

public sealed partial record NetworkPolicy
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Pod-Selector", "The pods that the policy holds for."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc/>
    public static object?[] Cells(NetworkPolicy obj, TableContext context) =>
        [obj.Metadata.Name, LabelSelectorText.Format(obj.Spec.PodSelector), context.Age(obj.Metadata.CreationTimestamp)];
}
