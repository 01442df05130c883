using System.Text.Json;

namespace Keelson.Nodes.Server.Endpoints;

/// <summary><c>/configz</c>: the configuration that the agent runs with.</summary>
internal static class ConfigEndpoint
{
    public static async Task ServeAsync(KubeletCall call)
    {
        using MemoryStream bytes = new();
        await using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WritePropertyName("kubeletconfig");
            call.Node.WriteConfiguration(json);
            json.WriteEndObject();
        }

        await call.JsonAsync(bytes.ToArray());
    }
}
