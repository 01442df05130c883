using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

public sealed partial record Endpoints
{
    /// <summary>A cell lists so many addresses and counts the rest.</summary>
    private const int MostShown = 3;

    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Endpoints", "The first ready addresses with their ports, and how many there are besides."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc/>
    public static object?[] Cells(Endpoints obj, TableContext context) =>
        [obj.Metadata.Name, Format(obj), context.Age(obj.Metadata.CreationTimestamp)];

    private static string Format(Endpoints obj)
    {
        if (obj.Subsets.Count == 0)
        {
            return "<none>";
        }

        List<string> shown = [];
        int count = 0;
        foreach (EndpointSubset subset in obj.Subsets)
        {
            // Endpoints of headless services may have no ports at all; their addresses count once all the same.
            for (int port = 0; port < Math.Max(1, subset.Ports.Count); port++)
            {
                count += subset.Addresses.Count;
                foreach (EndpointAddress address in subset.Addresses)
                {
                    if (shown.Count < MostShown)
                    {
                        shown.Add(subset.Ports.Count == 0 ? address.Ip : HostPort(address.Ip, subset.Ports[port].Port));
                    }
                }
            }
        }

        string text = string.Join(',', shown);
        return count > MostShown ? $"{text} + {count - MostShown} more..." : text;
    }

    private static string HostPort(string host, int port) =>
        host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";
}
