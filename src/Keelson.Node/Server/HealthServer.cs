using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Keelson.Nodes.Server;

/// <summary>
/// What an agent answers to whoever watches over it on the same machine: <c>/healthz</c>, without TLS
/// (<c>healthzPort</c>). An address that is taken is told, and does not keep the agent from its work.
/// </summary>
internal sealed class HealthServer : IAsyncDisposable
{
    private readonly WebApplication _web;

    private HealthServer(WebApplication web) => _web = web;

    /// <summary>Starts it; null when the address is taken.</summary>
    public static async Task<HealthServer?> StartAsync(
        IPEndPoint address, Action<string> log, CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(address);
        });
        WebApplication web = builder.Build();
        web.Run(static http =>
        {
            bool isKnown = http.Request.Path == "/healthz" || http.Request.Path == "/healthz/ping";
            http.Response.StatusCode = isKnown ? 200 : 404;
            http.Response.ContentType = "text/plain; charset=utf-8";
            http.Response.Headers.XContentTypeOptions = "nosniff";
            return http.Response.WriteAsync(isKnown ? "ok" : "404 page not found\n");
        });
        try
        {
            await web.StartAsync(cancellationToken);
            return new HealthServer(web);
        }
        catch (IOException exception)
        {
            log("Failed to start healthz server: " + exception.Message);
            await web.DisposeAsync();
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource now = new(TimeSpan.Zero);
        await _web.StopAsync(now.Token);
        await _web.DisposeAsync();
    }
}
