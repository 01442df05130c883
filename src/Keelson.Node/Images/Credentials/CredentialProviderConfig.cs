using System.Text.Json.Nodes;
using Keelson.Machinery.Values;
using Keelson.Machinery.Yaml;

namespace Keelson.Nodes.Images.Credentials;

/// <summary>A program that knows credentials for images (an entry of a <c>CredentialProviderConfig</c>).</summary>
internal sealed record CredentialProviderConfig
{
    private static readonly string[] Versions =
    [
        "credentialprovider.kubelet.k8s.io/v1",
        "credentialprovider.kubelet.k8s.io/v1beta1",
        "credentialprovider.kubelet.k8s.io/v1alpha1",
    ];

    /// <summary>The program's name in the directory of such programs.</summary>
    public required string Name { get; init; }

    /// <summary>The images that it is asked about.</summary>
    public required IReadOnlyList<string> Images { get; init; }

    /// <summary>How long its answers hold when they don't say.</summary>
    public TimeSpan CacheDuration { get; init; }

    /// <summary>The version of requests and answers.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>Its arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Variables that it gets besides the agent's own.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Variables { get; init; } = [];

    /// <summary>The audience of the pod's token that it is given; empty for no token.</summary>
    public string TokenAudience { get; init; } = "";

    /// <summary>Reads a configuration file, or all those in a directory in the order of their names.</summary>
    /// <exception cref="FormatException">One is not right.</exception>
    public static IReadOnlyList<CredentialProviderConfig> ReadPath(string path)
    {
        if (!Directory.Exists(path))
        {
            return Read(File.ReadAllBytes(path));
        }

        List<CredentialProviderConfig> all = [];
        foreach (string file in FilesOf(path))
        {
            all.AddRange(Read(File.ReadAllBytes(file)));
        }

        return all.DistinctBy(static one => one.Name).Count() == all.Count
            ? all
            : throw new FormatException($"{path}: a provider's name is there twice");
    }

    /// <summary>All that a file says, or the files of a directory one after the other.</summary>
    public static byte[] ContentOf(string path) => Directory.Exists(path)
        ? [.. FilesOf(path).SelectMany(File.ReadAllBytes)]
        : File.ReadAllBytes(path);

    private static IEnumerable<string> FilesOf(string directory) => Directory.EnumerateFiles(directory)
        .Where(static one => Path.GetExtension(one) is ".yaml" or ".yml" or ".json")
        .Order(StringComparer.Ordinal);

    /// <summary>Reads a configuration file.</summary>
    /// <exception cref="FormatException">The file is not right.</exception>
    public static IReadOnlyList<CredentialProviderConfig> Read(ReadOnlySpan<byte> file)
    {
        JsonNode? config = JsonNode.Parse(YamlReader.ToJson(file.ToArray()));
        if (config?["kind"]?.ToString() != "CredentialProviderConfig")
        {
            throw new FormatException($"failed to decode config: no kind \"{config?["kind"]}\" is registered");
        }

        JsonArray providers = config["providers"] as JsonArray ?? [];
        if (providers.Count == 0)
        {
            throw new FormatException(
                "failed to validate config: providers: Required value: at least 1 item in plugins is required");
        }

        return [.. providers.Select(static one => Read(one))];
    }

    private static CredentialProviderConfig Read(JsonNode? entry)
    {
        string name = entry?["name"]?.ToString() ?? "";
        string version = entry?["apiVersion"]?.ToString() ?? "";
        string[] images = Texts(entry?["matchImages"]);
        if (name.Length == 0 || name.Contains('/', StringComparison.Ordinal) || name is "." or "..")
        {
            throw new FormatException($"provider name \"{name}\" is not the name of a program");
        }

        if (images.Length == 0)
        {
            throw new FormatException(
                "providers.matchImages: Required value: at least 1 item in matchImages is required");
        }

        if (!Versions.Contains(version))
        {
            throw new FormatException($"providers.apiVersion: Unsupported value: \"{version}\"");
        }

        string duration = entry?["defaultCacheDuration"]?.ToString() ?? "";
        return new()
        {
            Name = name,
            Images = images,
            ApiVersion = version,
            CacheDuration = GoDuration.TryParse(duration, out TimeSpan parsed, out _)
                ? parsed
                : throw new FormatException($"providers.defaultCacheDuration: \"{duration}\" is not a duration"),
            Arguments = Texts(entry?["args"]),
            Variables =
            [
                .. (entry?["env"] as JsonArray ?? []).Select(static one => KeyValuePair.Create(
                    one?["name"]?.ToString() ?? "", one?["value"]?.ToString() ?? "")),
            ],
            TokenAudience = entry?["tokenAttributes"]?["serviceAccountTokenAudience"]?.ToString() ?? "",
        };
    }

    private static string[] Texts(JsonNode? list) =>
        [.. (list as JsonArray ?? []).Select(static one => one?.ToString() ?? "")];
}
