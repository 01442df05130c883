using System.IO.Enumeration;

namespace Keelson.Nodes.Images.Credentials;

/// <summary>
/// Which images credentials are for: <c>*.registry.example:8080/team</c>. Hosts match part by part, with wildcards
/// within a part; ports must be equal; a path covers what lies below it.
/// </summary>
internal static class RegistryPattern
{
    /// <summary>True when a pattern covers an image, whose name has its registry.</summary>
    public static bool Covers(string pattern, string repository)
    {
        (string host, string port, string path) = Split(WithoutScheme(pattern));
        (string wantedHost, string wantedPort, string wantedPath) = Split(repository);
        string[] parts = host.Split('.');
        string[] wantedParts = wantedHost.Split('.');
        return port == wantedPort
            && parts.Length == wantedParts.Length
            && parts.Zip(wantedParts).All(static pair =>
                FileSystemName.MatchesSimpleExpression(pair.First, pair.Second, ignoreCase: false))
            && wantedPath.StartsWith(path, StringComparison.Ordinal);
    }

    private static string WithoutScheme(string pattern)
    {
        int scheme = pattern.IndexOf("://", StringComparison.Ordinal);
        return scheme < 0 ? pattern : pattern[(scheme + 3)..];
    }

    private static (string Host, string Port, string Path) Split(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string authority = slash < 0 ? text : text[..slash];
        int colon = authority.LastIndexOf(':');
        return (
            colon < 0 ? authority : authority[..colon],
            colon < 0 ? "" : authority[(colon + 1)..],
            slash < 0 ? "" : text[slash..].TrimEnd('/'));
    }
}
