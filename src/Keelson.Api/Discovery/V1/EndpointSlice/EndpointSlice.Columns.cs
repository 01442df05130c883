using System.Globalization;
using Keelson.Api.Kinds;

namespace Keelson.Api.Discovery.V1;

public sealed partial record EndpointSlice
{
    private const int ItemsShown = 3;

    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("AddressType", "What the endpoints' addresses are."),
        TableColumn.Text("Ports", "The ports that every endpoint listens on."),
        TableColumn.Text("Endpoints", "The endpoints' addresses."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc/>
    public static object?[] Cells(EndpointSlice obj, TableContext context) =>
    [
        obj.Metadata.Name,
        obj.AddressType,
        FirstOf([.. obj.Ports.Select(one => one.Port?.ToString(CultureInfo.InvariantCulture) ?? one.Name ?? "*")]),
        FirstOf([.. obj.Endpoints.SelectMany(one => one.Addresses)]),
        context.Age(obj.Metadata.CreationTimestamp),
    ];

    private static string FirstOf(List<string> items)
    {
        string shown = string.Join(",", items.Take(ItemsShown));
        return items.Count > ItemsShown ? $"{shown} + {items.Count - ItemsShown} more..."
            : shown.Length == 0 ? "<unset>"
            : shown;
    }
}
