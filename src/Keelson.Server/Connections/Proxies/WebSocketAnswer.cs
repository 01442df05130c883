using System.Net.WebSockets;
using Keelson.Server.Http;
using Keelson.Streaming.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Keelson.Server.Connections.Proxies;

/// <summary>Makes a request for a WebSocket into one.</summary>
internal static class WebSocketAnswer
{
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);

    /// <summary>The protocols a client offers, in its order.</summary>
    public static IReadOnlyList<string> Offered(HttpContext http) =>
        WebSocketUpgrade.ProtocolsOf(http.Request.Headers.SecWebSocketProtocol.ToString());

    /// <summary>The socket; null when the request was refused, and answered.</summary>
    public static async ValueTask<WebSocket?> AcceptAsync(HttpContext http, string protocol)
    {
        string key = http.Request.Headers.SecWebSocketKey.ToString();
        if (http.Request.Headers.SecWebSocketVersion != "13" || !WebSocketUpgrade.IsKey(key)
            || http.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade)
        {
            http.Response.Headers["Sec-WebSocket-Version"] = "13";
            await PlainAnswer.ErrorAsync(http, StatusCodes.Status400BadRequest, "Bad Request\n");
            return null;
        }

        http.Response.Headers.Upgrade = "websocket";
        http.Response.Headers["Sec-WebSocket-Accept"] = WebSocketUpgrade.AcceptOf(key);
        if (protocol.Length > 0)
        {
            http.Response.Headers.SecWebSocketProtocol = protocol;
        }

        Stream stream = await upgrade.UpgradeAsync();

        // The protocol is not told to the socket: .NET refuses the slash in that of tunnels.
        WebSocketCreationOptions options = new() { IsServer = true, KeepAliveInterval = TimeSpan.Zero };
        return WebSocket.CreateFromStream(stream, options);
    }

    /// <summary>
    /// Waits for a client that was told goodbye to end its side, so that it gets all that was sent; one that does not,
    /// is cut off.
    /// </summary>
    public static async Task AwaitEndAsync(HttpContext http, Task receiving, TimeProvider clock)
    {
        await Task.WhenAny(receiving, Task.Delay(ClosePatience, clock));
        if (!receiving.IsCompleted)
        {
            http.Abort();
            await receiving;
        }
    }
}
