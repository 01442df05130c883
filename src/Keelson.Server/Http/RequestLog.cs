using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Http;

/// <summary>Logs what failed for the server's own reasons, and from verbosity 3 on every request.</summary>
internal sealed class RequestLog(ApiServerConfig config) : IRequestObserver
{
    private const int LogsRequests = 3;

    public RequestScope Begin(HttpContext http, RequestInfo info)
    {
        if (config.Verbosity < LogsRequests)
        {
            return default;
        }

        long start = config.Clock.GetTimestamp();
        http.Response.OnCompleted(() =>
        {
            string latency = GoDuration.Format(config.Clock.GetElapsedTime(start));
            config.Log($"\"HTTP\" verb={GoText.Quote(info.Verb.ToUpperInvariant())} URI={GoText.Quote(http.Request.Path + http.Request.QueryString)}"
                + $" latency=\"{latency}\" userAgent={GoText.Quote(http.Request.Headers.UserAgent.ToString())}"
                + $" srcIP=\"{http.Connection.RemoteIpAddress}:{http.Connection.RemotePort}\" resp={http.Response.StatusCode}");
            return Task.CompletedTask;
        });
        return default;
    }

    public void Failed(HttpContext http, Exception exception) =>
        config.Log($"{http.Request.Method} {http.Request.Path}: {exception}");
}
