using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keelson.Nodes.Dra.Health.Protos;

namespace Keelson.Nodes.Dra;

/// <summary>How a device was when its driver told of it last.</summary>
internal sealed record KeptHealth(string Driver, string Pool, string Device)
{
    public required HealthStatus Health { get; init; }

    public required string Message { get; init; }

    /// <summary>When it was told.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>For how long it held.</summary>
    public required TimeSpan Timeout { get; init; }
}

/// <summary>
/// Keeps how devices are over restarts of the agent: <c>dra_health_state</c> below its directory, as upstream has it.
/// </summary>
internal sealed class DeviceHealthFile(string path, Action<string> log)
{
    private const string TimeForm = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    /// <summary>What it has; nothing when it can't be read.</summary>
    public IReadOnlyList<KeptHealth> Read()
    {
        try
        {
            if (!File.Exists(path) || JsonNode.Parse(File.ReadAllText(path)) is not JsonObject drivers)
            {
                return [];
            }

            return
            [
                .. from driver in drivers
                   from device in driver.Value?["devices"] as JsonObject ?? []
                   where device.Value is JsonObject
                   select Of(driver.Key, (JsonObject)device.Value!),
            ];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException
            or FormatException or InvalidOperationException)
        {
            log($"how devices were is not known any more: {exception.Message}");
            return [];
        }
    }

    /// <summary>Writes it anew.</summary>
    public void Write(IEnumerable<KeptHealth> all)
    {
        JsonObject drivers = [];
        foreach (IGrouping<string, KeptHealth> driver in all.GroupBy(static one => one.Driver))
        {
            JsonObject devices = [];
            foreach (KeptHealth one in driver)
            {
                devices[$"{one.Pool}/{one.Device}"] = new JsonObject
                {
                    ["poolName"] = one.Pool,
                    ["deviceName"] = one.Device,
                    ["health"] = one.Health.ToString(),
                    ["message"] = one.Message,
                    ["lastUpdated"] = one.At.UtcDateTime.ToString(TimeForm, CultureInfo.InvariantCulture),
                    ["healthCheckTimeout"] = (long)one.Timeout.TotalMilliseconds * 1_000_000,
                };
            }

            drivers[driver.Key] = new JsonObject { ["devices"] = devices };
        }

        try
        {
            string next = path + ".next";
            File.WriteAllText(next, drivers.ToJsonString());
            File.Move(next, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log($"how devices are can't be kept: {exception.Message}");
        }
    }

    private static KeptHealth Of(string driver, JsonObject device) =>
        new(driver, Text(device, "poolName"), Text(device, "deviceName"))
        {
            Health = Enum.TryParse(Text(device, "health"), out HealthStatus health) ? health : HealthStatus.Unknown,
            Message = Text(device, "message"),
            At = DateTimeOffset.Parse(
                Text(device, "lastUpdated"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
            Timeout = TimeSpan.FromMilliseconds((device["healthCheckTimeout"]?.GetValue<long>() ?? 0) / 1_000_000.0),
        };

    private static string Text(JsonObject device, string name) => device[name]?.GetValue<string>() ?? "";
}
