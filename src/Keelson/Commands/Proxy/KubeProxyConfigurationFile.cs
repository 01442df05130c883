using System.Text.Json;
using Keelson.Flags;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;
using Keelson.Machinery.Yaml;

namespace Keelson.Commands.Proxy;

/// <summary>
/// What <c>--config</c> says: a <c>KubeProxyConfiguration</c> of <c>kubeproxy.config.k8s.io/v1alpha1</c>, YAML or JSON.
/// Fields of other modes than nftables are passed over, as kube-proxy does.
/// </summary>
internal sealed class KubeProxyConfigurationFile
{
    private const string ApiVersion = "kubeproxy.config.k8s.io/v1alpha1";
    private const string Kind = "KubeProxyConfiguration";

    private readonly JsonElement _root;
    private readonly string _path;

    private KubeProxyConfigurationFile(JsonElement root, string path)
    {
        _root = root;
        _path = path;
    }

    /// <summary>Reads a file; an empty path gives a configuration that says nothing.</summary>
    /// <exception cref="FlagException">It can't be read or used.</exception>
    public static KubeProxyConfigurationFile Read(string path)
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

            KubeProxyConfigurationFile file = new(document.RootElement.Clone(), path);
            if (file.Text("apiVersion") != ApiVersion || file.Text("kind") != Kind)
            {
                throw new FlagException($"{path}: must be a {Kind} of {ApiVersion}");
            }

            string mode = file.Text("mode");
            return mode is "" or "nftables" or "iptables" or "ipvs"
                ? file
                : throw new FlagException(
                    $"{path}: KubeProxyConfiguration.ProxyMode: Invalid value: \"{mode}\": must be iptables, ipvs, "
                    + "nftables or blank (blank means the best-available proxy [currently iptables])");
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or JsonException or DecodeException)
        {
            throw new FlagException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>A text; empty when it is not there.</summary>
    public string Text(params ReadOnlySpan<string> path) => Find(path) switch
    {
        { ValueKind: JsonValueKind.String } value => value.GetString()!,
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => "",
        _ => throw Wrong(path, "a string"),
    };

    /// <summary>A truth.</summary>
    public bool Truth(params ReadOnlySpan<string> path) => Find(path).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False or JsonValueKind.Undefined or JsonValueKind.Null => false,
        _ => throw Wrong(path, "true or false"),
    };

    /// <summary>Texts; null when they are not there.</summary>
    public IReadOnlyList<string>? Texts(params ReadOnlySpan<string> path) => Find(path) switch
    {
        { ValueKind: JsonValueKind.Array } value when
            value.EnumerateArray().All(static one => one.ValueKind == JsonValueKind.String) =>
            [.. value.EnumerateArray().Select(static one => one.GetString()!)],
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => null,
        _ => throw Wrong(path, "a list of strings"),
    };

    /// <summary>A whole number; null when it is not there.</summary>
    public int? Number(params ReadOnlySpan<string> path) => Find(path) switch
    {
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out int number) => number,
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => null,
        _ => throw Wrong(path, "a whole number"),
    };

    /// <summary>A duration; null when it is not there.</summary>
    public TimeSpan? Duration(params ReadOnlySpan<string> path)
    {
        string text = Text(path);
        if (text.Length == 0)
        {
            return null;
        }

        return GoDuration.TryParse(text, out TimeSpan duration, out string? error)
            ? duration
            : throw new FlagException($"{_path}: {string.Join('.', path)}: {error}");
    }

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

    private FlagException Wrong(ReadOnlySpan<string> path, string what) =>
        new($"{_path}: {string.Join('.', path)}: must be {what}");
}
