using System.Net;
using System.Net.Http;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Server.Connections.Backends;
using Keelson.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Keelson.Server.Connections.Proxies;

/// <summary>
/// Passes a request for another protocol on to a backend; when the backend agrees, the bytes of both sides are carried
/// without a look at them.
/// </summary>
internal static class UpgradeProxy
{
    /// <summary>So long a backend may take to send the body of a refusal.</summary>
    private static readonly TimeSpan RefusalPatience = TimeSpan.FromSeconds(10);

    /// <summary>Serves a request that asks for an upgrade.</summary>
    public static async Task ServeAsync(ResourceCall call, BackendUrl url, BackendTransport transport)
    {
        HttpContext http = call.Http;
        using HttpRequestMessage request = new(new HttpMethod(http.Request.Method), (Uri?)null);
        ProxyHeaders.CopyToBackend(http.Request, request, isUpgrade: true);
        if (http.Request.Method == "POST")
        {
            request.Content ??= new ByteArrayContent([]);
        }

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
            if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
            {
                await PassRefusalAsync(call, response);
                return;
            }

            if (http.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade)
            {
                await call.WriteAsync(CanNotBeUpgraded());
                return;
            }

            ProxyHeaders.CopyUpgrade(response, http.Response);
            await using Stream backend = await response.Content.ReadAsStreamAsync(call.Aborted);
            Stream client = await upgrade.UpgradeAsync();
            await StreamRelay.RunAsync(client, backend, call.Aborted);
        }
    }

    /// <summary>The answer where the connection can't become another: HTTP/2.</summary>
    public static Status CanNotBeUpgraded() =>
        ApiErrors.Unclassified("request connection cannot be hijacked: *http2.responseWriter");

    /// <summary>Passes a backend's refusal on; what is neither an upgrade nor an error is an error.</summary>
    public static async Task PassRefusalAsync(ResourceCall call, HttpResponseMessage response)
    {
        int code = (int)response.StatusCode;
        if (code < 400)
        {
            await call.WriteAsync(ApiErrors.Unclassified($"invalid upgrade response: status code {code}"));
            return;
        }

        ProxyHeaders.CopyToClient(response, call.Http.Response);
        call.Http.Response.Headers.Connection = "close";
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted);
        patience.CancelAfter(RefusalPatience);
        await using Stream body = await response.Content.ReadAsStreamAsync(call.Aborted);
        await StreamRelay.CopyAsync(body, call.Http.Response.Body, patience.Token);
    }
}
