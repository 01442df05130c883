using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Keelson.Machinery.Yaml;

namespace Keelson.Nodes.Runtime;

/// <summary>Writes the hosts files by which containerd finds a registry's mirrors.</summary>
internal static class RegistryMirrors
{
    private const string DefaultRegistryHost = "https://registry-1.docker.io";

    /// <summary>
    /// Replaces the hosts files of a directory by what a file says: <c>mirrors: {NAME: {endpoint: [URL…], skipVerify:
    /// bool, caFile: PATH}}</c>, where NAME is a registry's or <c>*</c> for all others.
    /// </summary>
    /// <exception cref="NodeAgentException">The file is not right.</exception>
    public static void Write(string file, string directory)
    {
        JsonNode? content = ReadFile(file);
        JsonObject mirrors = content?["mirrors"] as JsonObject
            ?? throw new NodeAgentException($"--registries: {file}: \"mirrors\" is missing");
        foreach (string old in Directory.EnumerateDirectories(directory))
        {
            Directory.Delete(old, recursive: true);
        }

        foreach ((string name, JsonNode? mirror) in mirrors)
        {
            string home = Path.Combine(directory, name == "*" ? "_default" : name);
            Directory.CreateDirectory(home);
            File.WriteAllText(Path.Combine(home, "hosts.toml"), Hosts(file, name, mirror as JsonObject));
        }
    }

    private static JsonNode? ReadFile(string file)
    {
        try
        {
            return JsonNode.Parse(YamlReader.ToJson(File.ReadAllBytes(file)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new NodeAgentException($"--registries: {file}: {exception.Message}", exception);
        }
    }

    private static string Hosts(string file, string name, JsonObject? mirror)
    {
        JsonArray endpoints = mirror?["endpoint"] as JsonArray
            ?? throw new NodeAgentException($"--registries: {file}: mirrors.{name}.endpoint: a list of URLs is wanted");
        StringBuilder text = new();
        if (name != "*")
        {
            string server = name == "docker.io" ? DefaultRegistryHost : "https://" + name;
            text.Append(CultureInfo.InvariantCulture, $"server = \"{server}\"\n");
        }

        foreach (JsonNode? endpoint in endpoints)
        {
            string url = endpoint?.ToString() ?? "";
            if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed) || parsed.Scheme is not ("http" or "https"))
            {
                throw new NodeAgentException($"--registries: {file}: mirrors.{name}.endpoint: \"{url}\" is no URL");
            }

            text.Append(CultureInfo.InvariantCulture, $"\n[host.\"{url.TrimEnd('/')}\"]\n");
            text.Append("  capabilities = [\"pull\", \"resolve\"]\n");
            if (mirror!["skipVerify"]?.ToString() is "true" or "True")
            {
                text.Append("  skip_verify = true\n");
            }

            if (mirror["caFile"]?.ToString() is { Length: > 0 } authority)
            {
                text.Append(CultureInfo.InvariantCulture, $"  ca = \"{authority}\"\n");
            }
        }

        return text.ToString();
    }
}
