using System.Text;

namespace Keelson.Server.Connections.Backends;

/// <summary>Parts of URLs as Go reads and writes them: clients and backends see the results.</summary>
internal static class GoUrl
{
    private const string PathKept = "-_.~$&+,/:;=@";
    private const string QueryKept = "-_.~";

    /// <summary>A path without its percent signs' meaning; what is no escape stays.</summary>
    public static string UnescapePath(string path) => path.Contains('%') ? Uri.UnescapeDataString(path) : path;

    /// <summary>A path as it is sent.</summary>
    public static string EscapePath(string path) => Escape(path, PathKept);

    /// <summary>A query of these values, sorted by name, as <c>url.Values.Encode</c> gives it.</summary>
    public static string Query(IEnumerable<(string Name, string Value)> values) => string.Join('&', values
        .OrderBy(one => one.Name, StringComparer.Ordinal)
        .Select(one => EscapeQuery(one.Name) + "=" + EscapeQuery(one.Value)));

    /// <summary>A path without doubled slashes and dots (<c>path.Join</c>), the slash at its end kept.</summary>
    public static string CleanPath(string path)
    {
        if (path.Length == 0)
        {
            return "";
        }

        List<string> segments = [];
        foreach (string segment in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (segment)
            {
                case ".":
                    break;
                case "..":
                    segments.RemoveRange(Math.Max(0, segments.Count - 1), Math.Min(1, segments.Count));
                    break;
                default:
                    segments.Add(segment);
                    break;
            }
        }

        string clean = "/" + string.Join('/', segments);
        return path.EndsWith('/') && !clean.EndsWith('/') ? clean + "/" : clean;
    }

    /// <summary>Host and port; addresses of IPv6 in brackets.</summary>
    public static string JoinHostPort(string host, string port)
    {
        string bracketed = host.Contains(':') ? $"[{host}]" : host;
        return port.Length == 0 ? bracketed : bracketed + ":" + port;
    }

    private static string EscapeQuery(string text) =>
        Escape(text, QueryKept).Replace("%20", "+", StringComparison.Ordinal);

    private static string Escape(string text, string kept)
    {
        if (text.All(one => char.IsAsciiLetterOrDigit(one) || kept.Contains(one)))
        {
            return text;
        }

        StringBuilder escaped = new(text.Length + 16);
        foreach (byte one in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)one) || kept.Contains((char)one))
            {
                escaped.Append((char)one);
            }
            else
            {
                escaped.Append('%').Append(one.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return escaped.ToString();
    }
}
