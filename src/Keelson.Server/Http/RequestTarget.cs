using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Keelson.Server.Http;

/// <summary>
/// Path and query of a request as Go's HTTP server hands them on: every escape of the path decoded, dots and doubled
/// slashes left alone, and names of parameters told apart by case. The web server here would do otherwise in each
/// point.
/// </summary>
internal static class RequestTarget
{
    /// <summary>The decoded path.</summary>
    public static string PathOf(HttpContext http)
    {
        string raw = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        int query = raw.IndexOf('?', StringComparison.Ordinal);
        raw = query < 0 ? raw : raw[..query];
        return raw.StartsWith('/') ? Uri.UnescapeDataString(raw) : http.Request.Path.Value ?? "/";
    }

    /// <summary>The parameters of a query string; pairs that are malformed are left out, as Go leaves them
    /// out.</summary>
    public static IQueryCollection ReadQuery(string query)
    {
        Dictionary<string, StringValues> values = new(StringComparer.Ordinal);
        foreach (string pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? pair : pair[..equals];
            string value = equals < 0 ? "" : pair[(equals + 1)..];
            if (!pair.Contains(';', StringComparison.Ordinal) && IsEscaped(name) && IsEscaped(value))
            {
                name = Decode(name);
                values[name] = values.TryGetValue(name, out StringValues before)
                    ? StringValues.Concat(before, Decode(value))
                    : Decode(value);
            }
        }

        return new QueryCollection(values);
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    /// <summary>True when every percent sign begins an escape.</summary>
    private static bool IsEscaped(string text)
    {
        for (int i = text.IndexOf('%', StringComparison.Ordinal); i >= 0; i = text.IndexOf('%', i + 1))
        {
            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
            {
                return false;
            }
        }

        return true;
    }
}
