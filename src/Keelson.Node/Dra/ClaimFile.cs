using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keelson.Nodes.Dra;

/// <summary>A device of a claim, as its driver prepared it.</summary>
/// <param name="Requests">The requests of the claim that it serves.</param>
/// <param name="Pool">Its pool.</param>
/// <param name="Name">Its name there.</param>
/// <param name="CdiIds">The CDI devices that containers get for it.</param>
internal sealed record PreparedDevice(
    IReadOnlyList<string> Requests, string Pool, string Name, IReadOnlyList<string> CdiIds)
{
    /// <summary>Which share of a device that several claims have; null for a whole one.</summary>
    public string? ShareId { get; init; }
}

/// <summary>A claim that drivers were asked to prepare.</summary>
internal sealed record PreparedClaim
{
    /// <summary>The claim's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its uid.</summary>
    public required string Uid { get; init; }

    /// <summary>The pods that use it.</summary>
    public IReadOnlyList<string> Pods { get; init; } = [];

    /// <summary>What each driver prepared; a driver without an entry was only asked.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<PreparedDevice>> Drivers { get; init; } =
        new Dictionary<string, IReadOnlyList<PreparedDevice>>();

    /// <summary>True when all drivers are done.</summary>
    public bool IsPrepared { get; init; }
}

/// <summary>The claims of a node, kept in a file so that they are unprepared whatever happens to the agent.</summary>
internal sealed class ClaimFile(string path, Action<string> log)
{
    /// <summary>Reads them.</summary>
    public IEnumerable<PreparedClaim> Read()
    {
        try
        {
            JsonNode? root = File.Exists(path) ? JsonNode.Parse(File.ReadAllBytes(path)) : null;
            return [.. (root?["claims"] as JsonArray ?? []).Select(static one => Read(one!))];
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            log($"{path} can't be used: {exception.Message}");
            return [];
        }
    }

    /// <summary>Writes them.</summary>
    public void Write(IEnumerable<PreparedClaim> claims)
    {
        JsonArray all = new([.. claims.Select(static one => (JsonNode)ToJson(one))]);
        File.WriteAllText(path + ".new", new JsonObject { ["claims"] = all }.ToJsonString());
        File.Move(path + ".new", path, overwrite: true);
    }

    private static JsonObject ToJson(PreparedClaim claim)
    {
        JsonObject drivers = [];
        foreach ((string driver, IReadOnlyList<PreparedDevice> devices) in claim.Drivers)
        {
            drivers[driver] = new JsonArray(
            [
                .. devices.Select(static one => (JsonNode)new JsonObject
                {
                    ["requestNames"] = Texts(one.Requests),
                    ["poolName"] = one.Pool,
                    ["deviceName"] = one.Name,
                    ["cdiDeviceIDs"] = Texts(one.CdiIds),
                }),
            ]);
        }

        return new()
        {
            ["namespace"] = claim.Namespace,
            ["name"] = claim.Name,
            ["uid"] = claim.Uid,
            ["podUIDs"] = Texts(claim.Pods),
            ["drivers"] = drivers,
            ["prepared"] = claim.IsPrepared,
        };
    }

    private static PreparedClaim Read(JsonNode json) => new()
    {
        Namespace = Text(json, "namespace"),
        Name = Text(json, "name"),
        Uid = Text(json, "uid"),
        Pods = Texts(json["podUIDs"]),
        IsPrepared = json["prepared"]?.GetValue<bool>() ?? false,
        Drivers = (json["drivers"] as JsonObject ?? []).ToDictionary(
            static one => one.Key,
            static one => (IReadOnlyList<PreparedDevice>)
            [
                .. (one.Value as JsonArray ?? []).Select(static it => new PreparedDevice(
                    Texts(it!["requestNames"]),
                    Text(it, "poolName"),
                    Text(it, "deviceName"),
                    Texts(it["cdiDeviceIDs"]))),
            ],
            StringComparer.Ordinal),
    };

    private static string Text(JsonNode json, string name) => json[name]?.ToString() ?? "";

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(static one => (JsonNode)one)]);

    private static string[] Texts(JsonNode? list) =>
        [.. (list as JsonArray ?? []).Select(static one => one!.ToString())];
}
