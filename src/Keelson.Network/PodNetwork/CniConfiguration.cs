using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Keelson.Network.PodNetwork;

/// <summary>The CNI configuration that container runtimes connect pods by.</summary>
internal static class CniConfiguration
{
    private const string Version = "1.0.0";

    /// <summary>Makes the configuration: a bridge, addresses from the node's ranges, host ports, rates.</summary>
    public static string Compose(PodNetworkConfig config, IReadOnlyList<AddressRange> ranges, int mtu)
    {
        using MemoryStream bytes = new();
        JsonWriterOptions options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (Utf8JsonWriter json = new(bytes, options))
        {
            json.WriteStartObject();
            json.WriteString("cniVersion", Version);
            json.WriteString("name", config.Bridge);
            json.WriteStartArray("plugins");
            WriteBridge(json, config, ranges, mtu);
            WriteCapable(json, "portmap", "portMappings");
            WriteCapable(json, "bandwidth", "bandwidth");
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }

    /// <summary>Configurations that somebody else put there; runtimes take the first file by name.</summary>
    public static IReadOnlyList<string> Foreign(PodNetworkConfig config)
    {
        if (!Directory.Exists(config.ConfigDirectory))
        {
            return [];
        }

        return
        [
            .. Directory.EnumerateFiles(config.ConfigDirectory)
                .Where(static one => Path.GetExtension(one) is ".conf" or ".conflist" or ".json")
                .Where(one => one != config.ConfigFile)
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Puts the configuration in place, whole: a runtime never reads half of it.</summary>
    public static void Write(PodNetworkConfig config, string text)
    {
        Directory.CreateDirectory(config.ConfigDirectory);
        if (File.Exists(config.ConfigFile) && File.ReadAllText(config.ConfigFile) == text)
        {
            return;
        }

        string temporary = config.ConfigFile + ".tmp";
        File.WriteAllText(temporary, text);
        File.Move(temporary, config.ConfigFile, overwrite: true);
    }

    private static void WriteBridge(
        Utf8JsonWriter json, PodNetworkConfig config, IReadOnlyList<AddressRange> ranges, int mtu)
    {
        json.WriteStartObject();
        json.WriteString("type", "bridge");
        json.WriteString("bridge", config.Bridge);
        json.WriteBoolean("isDefaultGateway", true);
        json.WriteBoolean("forceAddress", false);

        // A pod may reach itself through a service; packets then leave by the port that they came in.
        json.WriteBoolean("hairpinMode", true);
        json.WriteBoolean("ipMasq", false);
        json.WriteNumber("mtu", mtu);
        json.WriteStartObject("ipam");
        json.WriteString("type", "host-local");
        json.WriteString("dataDir", config.DataDirectory);
        json.WriteStartArray("ranges");
        foreach (AddressRange range in ranges)
        {
            json.WriteStartArray();
            json.WriteStartObject();
            json.WriteString("subnet", range.ToString());
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteCapable(Utf8JsonWriter json, string type, string capability)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteStartObject("capabilities");
        json.WriteBoolean(capability, true);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
