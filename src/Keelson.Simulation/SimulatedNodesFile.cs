using System.Globalization;
using System.Text.Json;
using Keelson.Machinery.Wire;
using Keelson.Machinery.Values;
using Keelson.Machinery.Yaml;

namespace Keelson.Simulation;

/// <summary>
/// Reads <c>--simulated-node-config</c>: YAML or JSON with the fields of <see cref="SimulatedNodesConfig"/> in camel
/// case, times in seconds (<c>pullSeconds: 0.5</c>).
/// </summary>
public static class SimulatedNodesFile
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="SimulatedNodesFileException">The file can't be read; the message names it and the
    /// field.</exception>
    public static SimulatedNodesConfig Read(string path)
    {
        byte[] text;
        try
        {
            text = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SimulatedNodesFileException($"{path}: {exception.Message}");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(YamlReader.ToJson(text, []));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Config(document.RootElement)
                : throw new SimulatedNodesFileException("must be an object");
        }
        catch (Exception exception) when (exception is JsonException or DecodeException or SimulatedNodesFileException)
        {
            throw new SimulatedNodesFileException($"{path}: {exception.Message}");
        }
    }

    private static SimulatedNodesConfig Config(JsonElement root)
    {
        SimulatedNodesConfig config = new();
        foreach (JsonProperty field in root.EnumerateObject())
        {
            config = field.Name switch
            {
                "count" => config with { Count = Integer(field) },
                "namePrefix" => config with { NamePrefix = Text(field) },
                "pullSeconds" => config with { PullDelay = Seconds(field) },
                "startSeconds" => config with { StartDelay = Seconds(field) },
                "stopSeconds" => config with { StopDelay = Seconds(field) },
                "failureRate" => config with { FailureRate = Share(field) },
                "unknownCommandSeconds" => config with { UnknownCommandTakes = Seconds(field) },
                "leaseRenewalSeconds" => config with { LeaseRenewal = Seconds(field) },
                "statusReportSeconds" => config with { StatusReport = Seconds(field) },
                "events" => config with { Events = Truth(field) },
                "shapes" => config with { Shapes = Shapes(field) },
                "usage" => config with { Usage = SimulatedUsageFile.Read(field) },
                _ => throw new SimulatedNodesFileException($"{field.Name}: there is no such field"),
            };
        }

        return config;
    }

    private static SimulatedNodeShape[] Shapes(JsonProperty list)
    {
        if (list.Value.ValueKind != JsonValueKind.Array || list.Value.GetArrayLength() == 0)
        {
            throw new SimulatedNodesFileException($"{list.Name}: must be a list of at least one shape");
        }

        return [.. list.Value.EnumerateArray().Select((one, i) => Shape(one, $"{list.Name}[{i}]"))];
    }

    private static SimulatedNodeShape Shape(JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new SimulatedNodesFileException($"{path}: must be an object");
        }

        SimulatedNodeShape shape = new();
        foreach (JsonProperty field in element.EnumerateObject())
        {
            try
            {
                shape = field.Name switch
                {
                    "weight" => shape with { Weight = Integer(field) },
                    "cpu" => shape with { Cpu = Amount(field) },
                    "memory" => shape with { Memory = Amount(field) },
                    "ephemeralStorage" => shape with { EphemeralStorage = Amount(field) },
                    "pods" => shape with { Pods = Integer(field) },
                    "extended" => shape with { Extended = Map(field, Amount) },
                    "labels" => shape with { Labels = Map(field, Text) },
                    "zones" =>
                        shape with { Zones = [.. field.Value.EnumerateArray().Select(static one => one.ToString())] },
                    _ => throw new SimulatedNodesFileException($"{field.Name}: there is no such field"),
                };
            }
            catch (Exception exception) when (exception is SimulatedNodesFileException or InvalidOperationException)
            {
                string problem = exception is SimulatedNodesFileException
                    ? exception.Message
                    : $"{field.Name}: is of the wrong type";
                throw new SimulatedNodesFileException($"{path}.{problem}");
            }
        }

        return shape;
    }

    internal static Dictionary<string, string> Map(JsonProperty field, Func<JsonProperty, string> value) =>
        field.Value.EnumerateObject().ToDictionary(static one => one.Name, value);

    internal static string Amount(JsonProperty field)
    {
        string text = field.Value.ToString();
        return Quantity.TryParse(text, out _, out string? error)
            ? text
            : throw new SimulatedNodesFileException($"{field.Name}: \"{text}\" is no quantity: {error}");
    }

    internal static string Text(JsonProperty field) => field.Value.ValueKind == JsonValueKind.String
        ? field.Value.GetString()!
        : throw new SimulatedNodesFileException($"{field.Name}: must be a string");

    private static int Integer(JsonProperty field) =>
        field.Value.ValueKind == JsonValueKind.Number && field.Value.TryGetInt32(out int number) && number >= 0
            ? number
            : throw new SimulatedNodesFileException($"{field.Name}: must be a whole number, not below zero");

    internal static bool Truth(JsonProperty field) => field.Value.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? field.Value.GetBoolean()
        : throw new SimulatedNodesFileException($"{field.Name}: must be true or false");

    private static double Share(JsonProperty field)
    {
        double share = Number(field);
        return share <= 1 ? share : throw new SimulatedNodesFileException($"{field.Name}: must be from 0 to 1");
    }

    internal static TimeSpan Seconds(JsonProperty field) => TimeSpan.FromSeconds(Math.Min(Number(field), int.MaxValue));

    private static double Number(JsonProperty field) =>
        field.Value.ValueKind == JsonValueKind.Number && field.Value.GetDouble() is >= 0 and var number
            ? number
            : throw new SimulatedNodesFileException(
                string.Create(CultureInfo.InvariantCulture, $"{field.Name}: must be a number, not below zero"));
}

/// <summary>A file about simulated nodes that can't be read.</summary>
public sealed class SimulatedNodesFileException(string message) : Exception(message);
