using System.Net.Http;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Keelson.Server.Connections.Proxies;

/// <summary>Which headers travel on to a backend and back.</summary>
internal static class ProxyHeaders
{
    /// <summary>Headers of one hop; those that Connection names are too.</summary>
    private static readonly HashSet<string> OfOneHop = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization",
        "Te", "Trailer", "Transfer-Encoding", "Upgrade",
    };

    /// <summary>Who the client is was the server's business; backends trust the server.</summary>
    private static readonly string[] Credentials = ["Authorization", "X-Remote-User", "X-Remote-Uid", "X-Remote-Group"];

    private static readonly string[] CredentialPrefixes = ["X-Remote-Extra-", "Impersonate-"];

    /// <summary>True when the client asks for another protocol (<c>httpstream.IsUpgradeRequest</c>).</summary>
    public static bool IsUpgrade(HttpRequest request) => request.Headers.Connection
        .Any(one => one?.Contains("upgrade", StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>True when the other protocol is WebSocket.</summary>
    public static bool IsWebSocket(HttpRequest request) =>
        string.Equals(request.Headers.Upgrade, "websocket", StringComparison.OrdinalIgnoreCase) && IsUpgrade(request);

    /// <summary>Copies the client's headers; those of one hop only for upgrades, which go hop by hop.</summary>
    public static void CopyToBackend(HttpRequest source, HttpRequestMessage target, bool isUpgrade)
    {
        HashSet<string> dropped = isUpgrade ? [] : NamedByConnection(source.Headers.Connection);
        foreach ((string name, StringValues values) in source.Headers)
        {
            bool isContentHeader = name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase);
            if (IsCredential(name) || name.StartsWith(':')
                || (!isUpgrade && (OfOneHop.Contains(name) || dropped.Contains(name)))
                || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)
                || name.Equals("Expect", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (!target.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values) && isContentHeader)
            {
                target.Content ??= new ByteArrayContent([]);
                target.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        string peer = source.HttpContext.Connection.RemoteIpAddress is { } address
            ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
            : "";
        if (peer.Length > 0)
        {
            string before = source.Headers["X-Forwarded-For"].ToString();
            target.Headers.Remove("X-Forwarded-For");
            target.Headers.TryAddWithoutValidation("X-Forwarded-For", before.Length > 0 ? $"{before}, {peer}" : peer);
        }
    }

    /// <summary>Copies the backend's status and headers, without those of one hop.</summary>
    public static void CopyToClient(HttpResponseMessage source, HttpResponse target)
    {
        target.StatusCode = (int)source.StatusCode;
        HashSet<string> dropped = NamedByConnection(source.Headers.Connection.ToArray());
        IEnumerable<KeyValuePair<string, HeaderStringValues>> all = source.Headers.NonValidated;
        foreach ((string name, HeaderStringValues values) in all.Concat(source.Content.Headers.NonValidated))
        {
            if (!OfOneHop.Contains(name) && !dropped.Contains(name))
            {
                target.Headers[name] = values.ToArray();
            }
        }
    }

    /// <summary>Copies the headers of a backend that agrees to another protocol; Connection the server writes itself.
    /// </summary>
    public static void CopyUpgrade(HttpResponseMessage source, HttpResponse target)
    {
        foreach ((string name, HeaderStringValues values) in source.Headers.NonValidated)
        {
            if (!name.Equals("Connection", StringComparison.OrdinalIgnoreCase)
                && !name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
            {
                target.Headers[name] = values.ToArray();
            }
        }
    }

    private static bool IsCredential(string name) => Credentials.Contains(name, StringComparer.OrdinalIgnoreCase)
        || CredentialPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    private static HashSet<string> NamedByConnection(StringValues connection)
    {
        const StringSplitOptions Plain = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        return new(connection.SelectMany(one => (one ?? "").Split(',', Plain)), StringComparer.OrdinalIgnoreCase);
    }
}
