using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Keelson.Nodes.Devices.Protos;

namespace Keelson.Nodes.Devices;

/// <summary>Keeps on the disk which containers have which devices (<c>kubelet_internal_checkpoint</c>).</summary>
internal sealed class DeviceCheckpoint(string path, Action<string> log)
{
    private readonly Lock _gate = new();

    /// <summary>Writes what an inventory has.</summary>
    public void Write(DeviceInventory inventory)
    {
        lock (_gate)
        {
            JsonArray entries = [];
            foreach ((string pod, string container, DeviceGrant grant) in inventory.Grants)
            {
                JsonNode entry = new JsonObject
                {
                    ["PodUID"] = pod,
                    ["ContainerName"] = container,
                    ["ResourceName"] = grant.Resource,
                    ["DeviceIDs"] = Texts(grant.Ids),
                    ["AllocResp"] = Convert.ToBase64String(grant.Response.ToByteArray()),
                };
                entries.Add(entry);
            }

            JsonObject registered = [];
            foreach (string resource in inventory.Resources)
            {
                registered[resource] = Texts(inventory.DevicesOf(resource).Select(static one => one.Id));
            }

            JsonObject data = new() { ["PodDeviceEntries"] = entries, ["RegisteredDevices"] = registered };
            try
            {
                File.WriteAllText(path + ".new", new JsonObject { ["Data"] = data }.ToJsonString());
                File.Move(path + ".new", path, overwrite: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                log($"{path} can't be written: {exception.Message}");
            }
        }
    }

    /// <summary>Reads what was written into an inventory. Devices are unhealthy until their plugin is back.</summary>
    public void Read(DeviceInventory inventory)
    {
        if (!File.Exists(path))
        {
            return;
        }

        try
        {
            JsonNode? data = JsonNode.Parse(File.ReadAllBytes(path))?["Data"];
            foreach ((string resource, JsonNode? ids) in data?["RegisteredDevices"] as JsonObject ?? [])
            {
                inventory.Set(resource, Texts(ids).Select(static one => new KnownDevice(one, false, [])));
            }

            foreach (JsonNode? one in data?["PodDeviceEntries"] as JsonArray ?? [])
            {
                inventory.Grant(
                    one!["PodUID"]!.ToString(),
                    one["ContainerName"]!.ToString(),
                    new(
                        one["ResourceName"]!.ToString(),
                        [.. Texts(one["DeviceIDs"])],
                        ContainerAllocateResponse.Parser.ParseFrom(
                            Convert.FromBase64String(one["AllocResp"]!.ToString()))));
            }
        }
        catch (Exception exception) when (exception is IOException or JsonException or FormatException
            or InvalidProtocolBufferException or NullReferenceException)
        {
            log($"{path} can't be used: {exception.Message}");
        }
    }

    private static JsonArray Texts(IEnumerable<string> texts) =>
        new([.. texts.Order(StringComparer.Ordinal).Select(static one => (JsonNode)one)]);

    private static IEnumerable<string> Texts(JsonNode? list) =>
        (list as JsonArray ?? []).Select(static one => one!.ToString());
}
