using Keelson.Api.Core.V1;

namespace Keelson.Network.Dns;

/// <summary>
/// The files that a Corefile names. Those of CoreDNS' own directory are the keys of its ConfigMap, as it is mounted
/// there, and <c>custom/</c> below it those of the ConfigMap <c>coredns-custom</c>; others are the node's.
/// </summary>
internal sealed class CorefileFiles(ConfigMap? map, ConfigMap? custom)
{
    private const string Directory = "/etc/coredns/";
    private const string CustomDirectory = Directory + "custom/";

    private readonly Dictionary<string, DateTime> _read = new(StringComparer.Ordinal);

    /// <summary>True when a file of the node is not what it was when it was read.</summary>
    public bool HasChanged => _read.Any(static one => File.GetLastWriteTimeUtc(one.Key) != one.Value);

    /// <summary>The contents of a file; null when there is none.</summary>
    public string? Find(string name)
    {
        string path = Path.GetFullPath(name, Directory);
        if (path.StartsWith(CustomDirectory, StringComparison.Ordinal)
            && custom?.Data.GetValueOrDefault(path[CustomDirectory.Length..]) is { } own)
        {
            return own;
        }

        if (path.StartsWith(Directory, StringComparison.Ordinal)
            && map?.Data.GetValueOrDefault(path[Directory.Length..]) is { } text)
        {
            return text;
        }

        try
        {
            _read[path] = File.GetLastWriteTimeUtc(path);
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The contents of the files that a pattern means, in order.</summary>
    public IReadOnlyList<string> All(string pattern)
    {
        string path = Path.GetFullPath(pattern, Directory);
        if (path.AsSpan().IndexOfAny('*', '?', '[') < 0)
        {
            return Find(path) is { } one ? [one] : [];
        }

        (string start, ConfigMap? from) = path.StartsWith(CustomDirectory, StringComparison.Ordinal)
            ? (CustomDirectory, custom) : (Directory, map);
        return path.StartsWith(start, StringComparison.Ordinal) && from is not null
            ? [.. from.Data.Where(one => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(
                    path.AsSpan(start.Length), one.Key, ignoreCase: false))
                .OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => one.Value)]
            : [];
    }
}
