using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keelson.Flags;

namespace Keelson.Configuration;

/// <summary>The JSON schema of a configuration file, for editors and for programs that write such files.</summary>
internal static class ConfigurationSchema
{
    /// <summary>Writes it.</summary>
    public static string Of(FlagConfiguration configuration, string apiVersion, string kind)
    {
        JsonObject properties = new()
        {
            ["apiVersion"] = new JsonObject { ["const"] = apiVersion },
            ["kind"] = new JsonObject { ["const"] = kind },
        };
        foreach (Flag flag in configuration.InFile)
        {
            properties[FlagConfiguration.FieldOf(flag)] = Property(flag);
        }

        JsonObject schema = new()
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = $"{kind} of {apiVersion}",
            ["type"] = "object",
            ["required"] = new JsonArray("apiVersion", "kind"),
            ["additionalProperties"] = false,
            ["properties"] = properties,
        };
        using MemoryStream bytes = new();
        using (Utf8JsonWriter writer = new(bytes, new JsonWriterOptions
        {
            Indented = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            schema.WriteTo(writer);
        }

        return System.Text.Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }

    private static JsonObject Property(Flag flag)
    {
        FlagType type = FlagTypes.Of(flag);
        JsonObject property = new() { ["type"] = type.Json, ["description"] = flag.Usage };
        if (type.Minimum is { } minimum)
        {
            property["minimum"] = minimum;
        }

        if (type.Maximum is { } maximum)
        {
            property["maximum"] = maximum;
        }

        property["default"] = type.Json switch
        {
            "boolean" => flag.Text == "true",
            "integer" => int.Parse(flag.Text, System.Globalization.CultureInfo.InvariantCulture),
            _ => flag.Text,
        };
        return property;
    }
}
