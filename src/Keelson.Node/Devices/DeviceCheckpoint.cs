using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Keelson.Nodes.Checkpoints;
using Keelson.Nodes.Devices.Protos;

namespace Keelson.Nodes.Devices;

/// <summary>
/// Keeps on the disk which containers have which devices: <c>kubelet_internal_checkpoint</c>, as kubelets write and
/// network plugins read it.
/// </summary>
internal sealed class DeviceCheckpoint(string path, Action<string> log)
{
    // Upstream's NUMA node of devices that are close to none.
    private const int NoNode = -1;

    private readonly Lock _gate = new();

    /// <summary>Writes what an inventory has.</summary>
    public void Write(DeviceInventory inventory)
    {
        lock (_gate)
        {
            DeviceData data = new(
                [.. inventory.Grants.Select(static one => EntryOf(one.Pod, one.Container, one.Grant))],
                new SortedDictionary<string, IReadOnlyList<string>>(
                    inventory.Resources.ToDictionary(
                        static one => one,
                        one => (IReadOnlyList<string>)
                            [.. inventory.UsableOf(one).Select(static it => it.Id).Order(StringComparer.Ordinal)],
                        StringComparer.Ordinal),
                    StringComparer.Ordinal));
            JsonObject file = new() { ["Data"] = data.ToJson(), ["Checksum"] = data.Checksum };
            try
            {
                File.WriteAllText(path + ".new", file.ToJsonString());
                File.Move(path + ".new", path, overwrite: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                log($"{path} can't be written: {exception.Message}");
            }
        }
    }

    /// <summary>Reads what was written into an inventory. Which devices there are only plugins tell.</summary>
    public void Read(DeviceInventory inventory)
    {
        if (!File.Exists(path))
        {
            return;
        }

        try
        {
            JsonNode? file = JsonNode.Parse(File.ReadAllBytes(path));
            DeviceData data = DeviceData.Read(file?["Data"]);
            if (file?["Checksum"]?.GetValue<uint>() != data.Checksum)
            {
                log($"{path} can't be used: checkpoint is corrupted");
                return;
            }

            foreach (string resource in data.Registered.Keys)
            {
                inventory.Expect(resource);
            }

            foreach (DeviceEntry one in data.Entries)
            {
                inventory.Grant(one.Pod, one.Container, GrantOf(one));
            }
        }
        catch (Exception exception) when (exception is IOException or JsonException or FormatException
            or InvalidProtocolBufferException or InvalidOperationException or UnauthorizedAccessException)
        {
            log($"{path} can't be used: {exception.Message}");
        }
    }

    private static DeviceEntry EntryOf(string pod, string container, DeviceGrant grant)
    {
        SortedDictionary<int, IReadOnlyList<string>> nodes = [];
        foreach (var node in grant.Devices
            .SelectMany(static one => (one.NumaNodes.Count > 0 ? one.NumaNodes : [NoNode]).Select(it => (it, one.Id)))
            .GroupBy(static one => one.it, static one => one.Id))
        {
            nodes[node.Key] = [.. node];
        }

        return new(pod, container, grant.Resource, nodes, grant.Response.ToByteArray());
    }

    private static DeviceGrant GrantOf(DeviceEntry entry) => new(
        entry.Resource,
        [
            .. entry.Nodes.SelectMany(static node => node.Value.Select(id => (id, node.Key)))
                .GroupBy(static one => one.id, static one => one.Key)
                .Select(static one => new KnownDevice(one.Key, true, [.. one.Where(static it => it != NoNode)])),
        ],
        ContainerAllocateResponse.Parser.ParseFrom(entry.Response));

    private sealed record DeviceEntry(
        string Pod,
        string Container,
        string Resource,
        SortedDictionary<int, IReadOnlyList<string>> Nodes,
        byte[] Response);

    /// <summary>What the file is about; lists in the order of the file, on which the checksum depends.</summary>
    private sealed record DeviceData(
        IReadOnlyList<DeviceEntry> Entries, SortedDictionary<string, IReadOnlyList<string>> Registered)
    {
        public uint Checksum => new CheckpointSum().Open("checkpoint.checkpointData")
            .Field("PodDeviceEntries", "[]checkpoint.PodDevicesEntry", list =>
            {
                foreach (DeviceEntry one in Entries)
                {
                    list.OpenElement(ReferenceEquals(one, Entries[0]))
                        .Field("PodUID", "string", one.Pod)
                        .Field("ContainerName", "string", one.Container)
                        .Field("ResourceName", "string", one.Resource)
                        .Field("DeviceIDs", "checkpoint.DevicesPerNUMA", CheckpointSum.Map(one.Nodes.Select(
                            static it => KeyValuePair.Create(NameOf(it.Key), CheckpointSum.List(it.Value)))))
                        .Field("AllocResp", "[]uint8", CheckpointSum.Bytes(one.Response))
                        .Close();
                }
            })
            .Field("RegisteredDevices", "map[string][]string", CheckpointSum.Map(Registered.Select(
                static one => KeyValuePair.Create(one.Key, CheckpointSum.List(one.Value)))))
            .Close()
            .Compute();

        public static DeviceData Read(JsonNode? json)
        {
            SortedDictionary<string, IReadOnlyList<string>> registered = new(StringComparer.Ordinal);
            foreach ((string resource, JsonNode? ids) in json?["RegisteredDevices"] as JsonObject ?? [])
            {
                registered[resource] = Texts(ids);
            }

            return new(
                [.. (json?["PodDeviceEntries"] as JsonArray ?? []).Select(static one => EntryOf(one))], registered);
        }

        public JsonObject ToJson()
        {
            JsonObject registered = [];
            foreach ((string resource, IReadOnlyList<string> ids) in Registered)
            {
                registered[resource] = Texts(ids);
            }

            return new()
            {
                ["PodDeviceEntries"] = new JsonArray([.. Entries.Select(static one => (JsonNode)ToJson(one))]),
                ["RegisteredDevices"] = registered,
            };
        }

        private static JsonObject ToJson(DeviceEntry entry)
        {
            JsonObject nodes = [];
            foreach ((int node, IReadOnlyList<string> ids) in entry.Nodes)
            {
                nodes[NameOf(node)] = Texts(ids);
            }

            return new()
            {
                ["PodUID"] = entry.Pod,
                ["ContainerName"] = entry.Container,
                ["ResourceName"] = entry.Resource,
                ["DeviceIDs"] = nodes,
                ["AllocResp"] = Convert.ToBase64String(entry.Response),
            };
        }

        private static DeviceEntry EntryOf(JsonNode? json)
        {
            SortedDictionary<int, IReadOnlyList<string>> nodes = [];
            foreach ((string node, JsonNode? ids) in json?["DeviceIDs"]?.AsObject() ?? [])
            {
                nodes[int.Parse(node, CultureInfo.InvariantCulture)] = Texts(ids);
            }

            return new(
                Text(json, "PodUID"),
                Text(json, "ContainerName"),
                Text(json, "ResourceName"),
                nodes,
                Convert.FromBase64String(Text(json, "AllocResp")));
        }

        private static string NameOf(int node) => node.ToString(CultureInfo.InvariantCulture);

        private static string Text(JsonNode? json, string name) => json?[name]?.GetValue<string>() ?? "";

        private static JsonArray Texts(IEnumerable<string> texts) =>
            new([.. texts.Select(static one => (JsonNode)one)]);

        private static string[] Texts(JsonNode? list) =>
            [.. (list as JsonArray ?? []).Select(static one => one?.GetValue<string>() ?? "")];
    }
}
