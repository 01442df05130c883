using System.Text.Json;
using Keelson.Flags;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;
using Keelson.Machinery.Yaml;

namespace Keelson.Commands.Kubelet;

/// <summary>
/// What <c>--config</c> says: a <c>KubeletConfiguration</c> of <c>kubelet.config.k8s.io/v1beta1</c>, YAML or JSON.
/// </summary>
internal sealed class KubeletConfigurationFile
{
    private const string ApiVersion = "kubelet.config.k8s.io/v1beta1";
    private const string Kind = "KubeletConfiguration";

    private readonly JsonElement _root;
    private readonly string _path;

    private KubeletConfigurationFile(JsonElement root, string path)
    {
        _root = root;
        _path = path;
    }

    /// <summary>Reads a file; an empty path gives a configuration that says nothing.</summary>
    /// <exception cref="FlagException">It can't be read or used.</exception>
    public static KubeletConfigurationFile Read(string path)
    {
        if (path.Length == 0)
        {
            return new(default, path);
        }

        try
        {
            List<string> strict = [];
            using JsonDocument document = JsonDocument.Parse(YamlReader.ToJson(File.ReadAllBytes(path), strict));
            if (strict.Count > 0)
            {
                throw new FlagException($"{path}: {YamlReader.StrictError(strict)}");
            }

            KubeletConfigurationFile file = new(document.RootElement.Clone(), path);
            return file.Text("", "apiVersion") == ApiVersion && file.Text("", "kind") == Kind
                ? file
                : throw new FlagException($"{path}: must be a {Kind} of {ApiVersion}");
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or JsonException or DecodeException)
        {
            throw new FlagException(
                $"failed to load kubelet config file, path: {path}, error: {exception.Message}", exception);
        }
    }

    /// <summary>A text, or what holds without.</summary>
    public string Text(string without, params ReadOnlySpan<string> path) => Find(path) switch
    {
        { ValueKind: JsonValueKind.String } value => value.GetString()!,
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => without,
        _ => throw Wrong(path, "a string"),
    };

    /// <summary>A number, or what holds without.</summary>
    public int Number(int without, params ReadOnlySpan<string> path) => Find(path) switch
    {
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out int number) => number,
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => without,
        _ => throw Wrong(path, "a number"),
    };

    /// <summary>A truth, or what holds without.</summary>
    public bool Truth(bool without, params ReadOnlySpan<string> path) => Find(path).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Undefined or JsonValueKind.Null => without,
        _ => throw Wrong(path, "true or false"),
    };

    /// <summary>A span of time, or what holds without.</summary>
    public TimeSpan Duration(TimeSpan without, params ReadOnlySpan<string> path)
    {
        string text = Text("", path);
        return text.Length == 0 ? without
            : GoDuration.TryParse(text, out TimeSpan duration, out string? error) ? duration : throw Wrong(path, error);
    }

    /// <summary>Texts, or what holds without.</summary>
    public IReadOnlyList<string> Texts(IReadOnlyList<string> without, params ReadOnlySpan<string> path) =>
        Find(path) switch
    {
        { ValueKind: JsonValueKind.Array } value
            when value.EnumerateArray().All(static one => one.ValueKind == JsonValueKind.String) =>
            [.. value.EnumerateArray().Select(static one => one.GetString()!)],
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => without,
        _ => throw Wrong(path, "a list of strings"),
    };

    /// <summary>Names with texts, or what holds without.</summary>
    public IReadOnlyDictionary<string, string> Pairs(
        IReadOnlyDictionary<string, string> without, params ReadOnlySpan<string> path) => Find(path) switch
    {
        { ValueKind: JsonValueKind.Object } value
            when value.EnumerateObject().All(static one => one.Value.ValueKind == JsonValueKind.String) =>
            value.EnumerateObject().ToDictionary(static one => one.Name, static one => one.Value.GetString()!),
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => without,
        _ => throw Wrong(path, "a map of strings"),
    };

    /// <summary>True when something is said at a path.</summary>
    public bool Has(params ReadOnlySpan<string> path) =>
        Find(path).ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>The objects of a list, each as a configuration of its own; none when nothing is said.</summary>
    public IReadOnlyList<KubeletConfigurationFile> Items(params ReadOnlySpan<string> path) => Find(path) switch
    {
        { ValueKind: JsonValueKind.Array } value => [.. value.EnumerateArray()
            .Select(one => new KubeletConfigurationFile(one, _path))],
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => [],
        _ => throw Wrong(path, "a list"),
    };

    private JsonElement Find(ReadOnlySpan<string> path)
    {
        JsonElement value = _root;
        foreach (string name in path)
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value))
            {
                return default;
            }
        }

        return value;
    }

    private FlagException Wrong(ReadOnlySpan<string> path, string wanted) =>
        new($"{_path}: {string.Join('.', path.ToArray())}: {wanted} is wanted");
}
