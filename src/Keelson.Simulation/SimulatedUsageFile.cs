using System.Text.Json;
using Keelson.Machinery.Values;

namespace Keelson.Simulation;

/// <summary>Reads the curves of <c>usage</c> in a file about simulated nodes.</summary>
internal static class SimulatedUsageFile
{
    /// <summary>Reads the list.</summary>
    public static SimulatedUsage[] Read(JsonProperty list) => list.Value.ValueKind == JsonValueKind.Array
        ? [.. list.Value.EnumerateArray().Select((one, i) => At($"{list.Name}[{i}]", () => Usage(one)))]
        : throw new SimulatedNodesFileException($"{list.Name}: must be a list");

    private static SimulatedUsage Usage(JsonElement element)
    {
        SimulatedUsage usage = new();
        foreach (JsonProperty field in element.EnumerateObject())
        {
            usage = field.Name switch
            {
                "namespace" => usage with { Namespace = SimulatedNodesFile.Text(field) },
                "labels" => usage with { Labels = SimulatedNodesFile.Map(field, SimulatedNodesFile.Text) },
                "shared" => usage with { Shared = SimulatedNodesFile.Truth(field) },
                "periodSeconds" => usage with { Period = SimulatedNodesFile.Seconds(field) },
                "points" => usage with
                {
                    Points =
                    [
                        .. field.Value.EnumerateArray().Select((one, i) => At($"points[{i}]", () => Point(one)))
                            .OrderBy(static one => one.At),
                    ],
                },
                _ => throw new SimulatedNodesFileException($"{field.Name}: there is no such field"),
            };
        }

        return usage.Points.Count > 0 ? usage : throw new SimulatedNodesFileException("points: at least one is needed");
    }

    private static SimulatedUsagePoint Point(JsonElement element)
    {
        SimulatedUsagePoint point = new(TimeSpan.Zero, 0, 0);
        foreach (JsonProperty field in element.EnumerateObject())
        {
            point = field.Name switch
            {
                "atSeconds" => point with { At = SimulatedNodesFile.Seconds(field) },
                "cpu" => point with { Cpu = Amount(field) },
                "memory" => point with { MemoryBytes = Amount(field) },
                _ => throw new SimulatedNodesFileException($"{field.Name}: there is no such field"),
            };
        }

        return point;
    }

    private static double Amount(JsonProperty field) =>
        Quantity.Parse(SimulatedNodesFile.Amount(field)).MilliValue / 1000.0;

    private static T At<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is SimulatedNodesFileException or InvalidOperationException)
        {
            string problem =
                exception is SimulatedNodesFileException ? "." + exception.Message : ": is of the wrong type";
            throw new SimulatedNodesFileException(path + problem);
        }
    }
}
