using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Http;

/// <summary>Logs what failed for the server's own reasons.</summary>
internal sealed class RequestLog(ApiServerConfig config) : IRequestObserver
{
    public RequestScope Begin(HttpContext http, RequestInfo info) => new(null, http, info, 0);

    public void Failed(HttpContext http, Exception exception) =>
        config.Log($"{http.Request.Method} {http.Request.Path}: {exception}");
}
