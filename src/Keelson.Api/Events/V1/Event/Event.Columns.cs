using Keelson.Api.Kinds;
using Stored = Keelson.Api.Core.V1.Event;

namespace Keelson.Api.Events.V1;

public sealed partial record Event
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns => Stored.Columns;

    /// <inheritdoc/>
    public static object?[] Cells(Event obj, TableContext context) => Stored.Cells(ToStored(obj), context);
}
