using System.Net.WebSockets;
using Keelson.Streaming.RemoteCommand;
using Keelson.Streaming.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Keelson.Nodes.Server.Streams;

/// <summary>Makes requests into connections that carry streams: SPDY/3.1 or WebSockets.</summary>
internal static class StreamUpgrade
{
    private const string Spdy = "SPDY/3.1";

    /// <summary>Whether a request wants a WebSocket.</summary>
    public static bool IsWebSocket(HttpRequest request) =>
        HasToken(request.Headers.Connection.ToString(), "upgrade")
        && HasToken(request.Headers.Upgrade.ToString(), "websocket");

    /// <summary>
    /// Agrees on a protocol and upgrades to SPDY; null when that is not possible, which is answered.
    /// </summary>
    public static async ValueTask<(Stream Bytes, string Protocol)?> ToSpdyAsync(
        KubeletCall call, IReadOnlyList<string> supported)
    {
        HttpRequest request = call.Http.Request;
        string[] offered =
        [
            .. request.Headers[StreamNames.ProtocolHeader].OfType<string>()
                .SelectMany(static one => one.Split(',', StringSplitOptions.TrimEntries)),
        ];
        if (offered.Length == 0)
        {
            await call.TextAsync($"unable to upgrade: {StreamNames.ProtocolHeader} is required\n", 400);
            return null;
        }

        if (offered.FirstOrDefault(supported.Contains) is not { } protocol)
        {
            call.Http.Response.Headers["X-Accepted-Stream-Protocol-Versions"] = supported.ToArray();
            await call.TextAsync(
                "unable to upgrade: unable to negotiate protocol: client supports "
                + $"[{string.Join(' ', offered)}], server accepts [{string.Join(' ', supported)}]\n", 403);
            return null;
        }

        if (!HasToken(request.Headers.Connection.ToString(), "upgrade")
            || !HasToken(request.Headers.Upgrade.ToString(), Spdy)
            || call.Http.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade)
        {
            await call.TextAsync(
                "unable to upgrade: missing upgrade headers in request: "
                + $"{FormatHeaders(request.Headers)}", 400);
            return null;
        }

        call.Http.Response.Headers[StreamNames.ProtocolHeader] = protocol;
        call.Http.Response.Headers.Upgrade = Spdy;
        return (await upgrade.UpgradeAsync(), protocol);
    }

    /// <summary>
    /// Agrees on a protocol and makes the request a WebSocket; null when that is not possible, which is answered.
    /// A client that offers nothing gets the empty protocol.
    /// </summary>
    public static async ValueTask<(WebSocket Socket, string Protocol)?> ToWebSocketAsync(
        KubeletCall call, Func<string, bool> supports)
    {
        HttpContext http = call.Http;
        string key = http.Request.Headers.SecWebSocketKey.ToString();
        IReadOnlyList<string> offered =
            WebSocketUpgrade.ProtocolsOf(http.Request.Headers.SecWebSocketProtocol.ToString());
        string? protocol = offered.Count == 0 ? "" : offered.FirstOrDefault(supports);
        if (protocol is null)
        {
            await call.TextAsync("Bad Request: unsupported subprotocol\n", 400);
            return null;
        }

        if (http.Request.Headers.SecWebSocketVersion != "13" || !WebSocketUpgrade.IsKey(key)
            || http.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade)
        {
            http.Response.Headers["Sec-WebSocket-Version"] = "13";
            await call.TextAsync("Bad Request\n", 400);
            return null;
        }

        http.Response.Headers.Upgrade = "websocket";
        http.Response.Headers["Sec-WebSocket-Accept"] = WebSocketUpgrade.AcceptOf(key);
        if (protocol.Length > 0)
        {
            http.Response.Headers.SecWebSocketProtocol = protocol;
        }

        // The protocol is not told to the socket: .NET refuses the slash in that of tunnels.
        WebSocketCreationOptions options = new() { IsServer = true, KeepAliveInterval = TimeSpan.Zero };
        return (WebSocket.CreateFromStream(await upgrade.UpgradeAsync(), options), protocol);
    }

    private static bool HasToken(string header, string token) =>
        header.Split(',', StringSplitOptions.TrimEntries).Contains(token, StringComparer.OrdinalIgnoreCase);

    private static string FormatHeaders(IHeaderDictionary headers) => "map["
        + string.Join(' ', headers.Where(static one => one.Key is not ("Host" or "Authorization"))
            .OrderBy(static one => one.Key, StringComparer.Ordinal)
            .Select(static one => $"{one.Key}:[{string.Join(' ', one.Value.OfType<string>())}]")) + "]";
}
