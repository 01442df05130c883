using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Api.Metrics.V1Beta1;

/// <summary>The tables of measured objects, as metrics servers show them.</summary>
internal static class MetricsColumns
{
    public static IReadOnlyList<TableColumn> All { get; } =
    [
        TableColumn.NameColumn,
        new("cpu", "string", "quantity", "Processors in use.", 0),
        new("memory", "string", "quantity", "Memory in use.", 0),
        new("Window", "string", "duration", "How long was measured.", 0),
    ];

    public static object?[] Cells(string name, IEnumerable<ApiMap<Quantity>> usages, Duration window)
    {
        ApiMap<Quantity>[] all = [.. usages];
        return [name, Sum(all, "cpu"), Sum(all, "memory"), GoDuration.Format(window.Nanoseconds)];
    }

    private static string Sum(ApiMap<Quantity>[] usages, string resource)
    {
        Quantity sum = default;
        bool isFirst = true;
        foreach (ApiMap<Quantity> usage in usages)
        {
            if (usage.TryGetValue(resource, out Quantity one))
            {
                sum = isFirst ? one : sum + one;
                isFirst = false;
            }
        }

        return sum.ToString();
    }
}
