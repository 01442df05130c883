using System.Net.Http;
using System.Net.WebSockets;
using Keelson.Api.Kinds;
using Keelson.Server.Connections.Backends;
using Keelson.Server.Connections.Proxies;
using Keelson.Server.Http;
using Keelson.Streaming.RemoteCommand;
using Keelson.Streaming.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Connections.Kubelets;

/// <summary>
/// Carries SPDY in a WebSocket, for port forwarding (<c>SPDY/3.1+portforward.k8s.io</c>): the client's SPDY goes to the
/// kubelet byte for byte, only the wrapping is taken off.
/// </summary>
internal static class SpdyTunnel
{
    private const string ProtocolSuffix = ".k8s.io";
    private static readonly string[] OfWebSockets =
        ["Sec-WebSocket-Protocol", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Upgrade", "Connection"];

    /// <summary>True for requests that are tunnelled unless the kubelet takes WebSockets itself.</summary>
    public static bool Concerns(ResourceCall call) =>
        ProxyHeaders.IsWebSocket(call.Http.Request) && Protocols(call).Length > 0;

    /// <summary>Serves a request.</summary>
    public static async Task ServeAsync(ResourceCall call, BackendUrl url, BackendTransport transport)
    {
        HttpContext http = call.Http;
        using HttpRequestMessage request = new(HttpMethod.Post, (Uri?)null);
        ProxyHeaders.CopyToBackend(http.Request, request, isUpgrade: true);
        foreach (string name in OfWebSockets)
        {
            request.Headers.Remove(name);
        }

        request.Headers.Remove(StreamNames.ProtocolHeader);
        SpdyUpgrade.AddHeaders(request, Protocols(call));
        HttpResponseMessage response;
        try
        {
            response = await transport.SendAsync(url, request, call.Aborted);
        }
        catch (BackendException exception)
        {
            await call.WriteAsync(ApiErrors.Unclassified("error dialing backend: " + exception.Message));
            return;
        }

        using (response)
        {
            if (response.StatusCode != System.Net.HttpStatusCode.SwitchingProtocols)
            {
                await UpgradeProxy.PassRefusalAsync(call, response);
            }
            else if (!SpdyUpgrade.IsGranted(response))
            {
                await PlainAnswer.ErrorAsync(http, 500, "unable to upgrade: missing upgrade headers in response\n");
            }
            else
            {
                await RelayAsync(call, response);
            }
        }
    }

    private static async Task RelayAsync(ResourceCall call, HttpResponseMessage response)
    {
        string chosen = SpdyUpgrade.ProtocolOf(response);
        string protocol = chosen.Length > 0 ? StreamNames.TunnelPrefix + chosen : "";
        bool isOffered = WebSocketAnswer.Offered(call.Http).Contains(protocol);
        using WebSocket? socket = await WebSocketAnswer.AcceptAsync(call.Http, isOffered ? protocol : "");
        if (socket is null)
        {
            return;
        }

        await using Stream backend = await response.Content.ReadAsStreamAsync(call.Aborted);
        await StreamRelay.RunAsync(new WebSocketByteStream(socket), backend, call.Aborted);
    }

    private static string[] Protocols(ResourceCall call) =>
    [
        .. WebSocketAnswer.Offered(call.Http)
            .Where(one => one.StartsWith(StreamNames.TunnelPrefix, StringComparison.Ordinal)
                && one.EndsWith(ProtocolSuffix, StringComparison.Ordinal))
            .Select(one => one[StreamNames.TunnelPrefix.Length..]),
    ];
}
