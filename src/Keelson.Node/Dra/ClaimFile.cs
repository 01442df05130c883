using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keelson.Nodes.Checkpoints;

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

    /// <summary>True when all drivers are done. An agent that is started anew asks them again, as what they did need
    /// not have lived through a restart of the machine.</summary>
    public bool IsPrepared { get; init; }
}

/// <summary>The claims of a node, kept as kubelets keep them (<c>dra_manager_state</c>) so that they are unprepared
/// whatever happens to the agent.</summary>
internal sealed class ClaimFile(string path, Action<string> log)
{
    private const string Kind = "DRACheckpoint";
    private const string ApiVersion = "checkpoint.dra.kubelet.k8s.io/v1";

    /// <summary>Reads them.</summary>
    public IReadOnlyList<PreparedClaim> Read()
    {
        try
        {
            if (!File.Exists(path))
            {
                return [];
            }

            JsonNode? file = JsonNode.Parse(File.ReadAllBytes(path));
            string data = Text(file, "Data");
            if (file?["Checksum"]?.GetValue<uint>() != Crc32.Of(Encoding.UTF8.GetBytes(data)))
            {
                log($"{path} can't be used: checkpoint is corrupted");
                return [];
            }

            return [.. (JsonNode.Parse(data)?["ClaimInfoStateList"] as JsonArray ?? []).Select(Read)];
        }
        catch (Exception exception) when (exception is IOException or JsonException or InvalidOperationException
            or UnauthorizedAccessException)
        {
            log($"{path} can't be used: {exception.Message}");
            return [];
        }
    }

    /// <summary>Writes them.</summary>
    public void Write(IEnumerable<PreparedClaim> claims)
    {
        string data = new JsonObject
        {
            ["kind"] = Kind,
            ["apiVersion"] = ApiVersion,
            ["ClaimInfoStateList"] = new JsonArray([.. claims.Select(static one => (JsonNode)ToJson(one))]),
        }.ToJsonString();
        JsonObject file = new() { ["Data"] = data, ["Checksum"] = Crc32.Of(Encoding.UTF8.GetBytes(data)) };
        File.WriteAllText(path + ".new", file.ToJsonString());
        File.Move(path + ".new", path, overwrite: true);
    }

    private static JsonObject ToJson(PreparedClaim claim)
    {
        JsonObject pods = [];
        foreach (string pod in claim.Pods)
        {
            pods[pod] = new JsonObject();
        }

        JsonObject drivers = [];
        foreach ((string driver, IReadOnlyList<PreparedDevice> devices) in claim.Drivers)
        {
            drivers[driver] = new JsonObject
            {
                ["Devices"] = new JsonArray([.. devices.Select(static one => (JsonNode)ToJson(one))]),
            };
        }

        return new()
        {
            ["ClaimUID"] = claim.Uid,
            ["ClaimName"] = claim.Name,
            ["Namespace"] = claim.Namespace,
            ["PodUIDs"] = pods,
            ["DriverState"] = drivers,
        };
    }

    private static JsonObject ToJson(PreparedDevice device) => new()
    {
        ["PoolName"] = device.Pool,
        ["DeviceName"] = device.Name,
        ["ShareID"] = device.ShareId,
        ["RequestNames"] = Texts(device.Requests),
        ["CDIDeviceIDs"] = Texts(device.CdiIds),
    };

    private static PreparedClaim Read(JsonNode? json) => new()
    {
        Namespace = Text(json, "Namespace"),
        Name = Text(json, "ClaimName"),
        Uid = Text(json, "ClaimUID"),
        Pods = [.. (json?["PodUIDs"] as JsonObject ?? []).Select(static one => one.Key)],
        Drivers = (json?["DriverState"] as JsonObject ?? []).ToDictionary(
            static one => one.Key,
            static one => (IReadOnlyList<PreparedDevice>)
            [
                .. (one.Value?["Devices"] as JsonArray ?? []).Select(static it => new PreparedDevice(
                    Texts(it?["RequestNames"]), Text(it, "PoolName"), Text(it, "DeviceName"),
                    Texts(it?["CDIDeviceIDs"]))
                {
                    ShareId = it?["ShareID"]?.GetValue<string>(),
                }),
            ],
            StringComparer.Ordinal),
    };

    private static string Text(JsonNode? json, string name) => json?[name]?.GetValue<string>() ?? "";

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(static one => (JsonNode)one)]);

    private static string[] Texts(JsonNode? list) =>
        [.. (list as JsonArray ?? []).Select(static one => one?.GetValue<string>() ?? "")];
}
