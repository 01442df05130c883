using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keelson.Flags;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;
using Keelson.Machinery.Yaml;

namespace Keelson.Configuration;

/// <summary>
/// A configuration file of a kind, YAML or JSON, as <c>--config</c> names it. Fields are asked for by their path; one
/// of another type is refused with the file, the line and the field.
/// </summary>
internal sealed class ConfigurationDocument
{
    private readonly JsonElement _root;
    private readonly string _path;
    private readonly FieldLines _lines;

    private ConfigurationDocument(JsonElement root, string path, FieldLines lines)
    {
        _root = root;
        _path = path;
        _lines = lines;
    }

    // Files that count more than this one, whose fields are among those of the root; the last one counts most.
    private IReadOnlyList<ConfigurationDocument> Later { get; init; } = [];

    /// <summary>A configuration that says nothing.</summary>
    public static ConfigurationDocument Empty { get; } = new(default, "", FieldLines.None);

    /// <summary>The file; empty for none.</summary>
    public string Path => _path;

    /// <summary>Reads a file; an empty path gives the configuration that says nothing.</summary>
    /// <exception cref="ConfigurationException">It can't be read, or is of another kind.</exception>
    public static ConfigurationDocument Read(string path, string apiVersion, string kind)
    {
        if (path.Length == 0)
        {
            return Empty;
        }

        try
        {
            byte[] text = File.ReadAllBytes(path);
            List<string> strict = [];
            using JsonDocument json = JsonDocument.Parse(YamlReader.ToJson(text, strict));
            if (strict.Count > 0)
            {
                throw new ConfigurationException(path, string.Join('\n', strict));
            }

            JsonElement root = json.RootElement.Clone();
            ConfigurationDocument document = new(root, path, FieldLines.Of(Encoding.UTF8.GetString(text)));
            if (root.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null)
                || document.Text("", "apiVersion") != apiVersion || document.Text("", "kind") != kind)
            {
                throw new ConfigurationException(path, $"must be a {kind} of {apiVersion}");
            }

            return document;
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or JsonException or DecodeException)
        {
            throw new ConfigurationException(path, Reason(path, exception), exception);
        }
    }

    /// <summary>The configuration with fields that something else says, which count more than the file's.</summary>
    public ConfigurationDocument With(JsonObject fields) =>
        new(Merged(fields), _path.Length > 0 ? _path : "the command line", _lines) { Later = Later };

    /// <summary>The configuration with a file that counts more: what both say of an object is joined, a field that is
    /// null there is taken away, everything else is replaced.</summary>
    public ConfigurationDocument With(ConfigurationDocument file) => _path.Length == 0 ? file
        : new(Merged(JsonObject.Create(file._root) ?? []), _path, _lines) { Later = [.. Later, file] };

    private JsonElement Merged(JsonObject fields)
    {
        JsonObject all = _root.ValueKind == JsonValueKind.Object ? JsonObject.Create(_root)! : [];
        Merge(all, fields);
        using JsonDocument json = JsonDocument.Parse(all.ToJsonString());
        return json.RootElement.Clone();
    }

    private static void Merge(JsonObject into, JsonObject fields)
    {
        foreach ((string name, JsonNode? value) in fields)
        {
            if (value is JsonObject inner && into[name] is JsonObject known)
            {
                Merge(known, inner);
            }
            else
            {
                into[name] = value?.DeepClone();
            }
        }
    }

    /// <summary>A text, or what holds without.</summary>
    public string Text(string without, params ReadOnlySpan<string> path) => Find(path) switch
    {
        { ValueKind: JsonValueKind.String } value => value.GetString()!,
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => without,
        _ => throw Wrong(path, "must be a string"),
    };

    /// <summary>A whole number, or what holds without.</summary>
    public int Number(int without, params ReadOnlySpan<string> path) => Find(path) switch
    {
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out int number) => number,
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => without,
        _ => throw Wrong(path, "must be a whole number"),
    };

    /// <summary>A number with a fraction; null when nothing is said.</summary>
    public double? Fraction(params ReadOnlySpan<string> path) => Find(path) switch
    {
        { ValueKind: JsonValueKind.Number } value => value.GetDouble(),
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => null,
        _ => throw Wrong(path, "must be a number"),
    };

    /// <summary>A truth, or what holds without.</summary>
    public bool Truth(bool without, params ReadOnlySpan<string> path) => Find(path).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Undefined or JsonValueKind.Null => without,
        _ => throw Wrong(path, "must be true or false"),
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
        _ => throw Wrong(path, "must be a list of strings"),
    };

    /// <summary>Names with texts, or what holds without.</summary>
    public IReadOnlyDictionary<string, string> Pairs(
        IReadOnlyDictionary<string, string> without, params ReadOnlySpan<string> path) => Find(path) switch
    {
        { ValueKind: JsonValueKind.Object } value
            when value.EnumerateObject().All(static one => one.Value.ValueKind == JsonValueKind.String) =>
            value.EnumerateObject().ToDictionary(static one => one.Name, static one => one.Value.GetString()!),
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => without,
        _ => throw Wrong(path, "must be a map of strings"),
    };

    /// <summary>True when something is said at a path.</summary>
    public bool Has(params ReadOnlySpan<string> path) =>
        Find(path).ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>The objects of a list, each as a configuration of its own; none when nothing is said.</summary>
    public IReadOnlyList<ConfigurationDocument> Items(params ReadOnlySpan<string> path) => Find(path) switch
    {
        { ValueKind: JsonValueKind.Array } value =>
            [.. value.EnumerateArray().Select(one => new ConfigurationDocument(one, _path, FieldLines.None))],
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => [],
        _ => throw Wrong(path, "must be a list"),
    };

    /// <summary>The fields of the document itself, but for its kind, in the order of their lines.</summary>
    public IEnumerable<JsonProperty> Fields => _root.ValueKind != JsonValueKind.Object
        ? []
        : _root.EnumerateObject().Where(static one => one.Name is not ("apiVersion" or "kind"))
            .OrderBy(one => Later.ToList().IndexOf(SourceOf([one.Name])))
            .ThenBy(one => SourceOf([one.Name])._lines.Of([one.Name]));

    /// <summary>Where a field stands, for messages: <c>line 4: securePort</c>.</summary>
    public string PlaceOf(params ReadOnlySpan<string> path)
    {
        string name = string.Join('.', path.ToArray());
        return SourceOf(path)._lines.Of(path) is { } line ? $"line {line}: {name}" : name;
    }

    /// <summary>The file that says what a field is.</summary>
    public string FileOf(params ReadOnlySpan<string> path) => SourceOf(path)._path;

    private ConfigurationDocument SourceOf(ReadOnlySpan<string> path)
    {
        for (int i = Later.Count - 1; i >= 0; i--)
        {
            if (Later[i].Find(path).ValueKind != JsonValueKind.Undefined)
            {
                return Later[i];
            }
        }

        return this;
    }

    private static string Reason(string path, Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file",
        UnauthorizedAccessException when Directory.Exists(path) => "is a directory",
        UnauthorizedAccessException => "may not be read by this user",
        _ => exception.Message,
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

    private ConfigurationException Wrong(ReadOnlySpan<string> path, string what) =>
        new(FileOf(path), $"{PlaceOf(path)}: {what}");
}
