using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Keelson.Network.Proxy;

/// <summary>
/// The proxy's two servers: one for health checks of load balancers, one for metrics and what else the proxy tells of
/// itself. A port that is taken is tried again; services do not wait for it.
/// </summary>
internal sealed class ProxyPages : IAsyncDisposable
{
    private const string Plain = "text/plain; charset=utf-8";
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly ServiceProxyConfig _config;
    private readonly ProxyHealth _health;
    private readonly ProxyMetrics _metrics;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public ProxyPages(ServiceProxyConfig config, ProxyHealth health, ProxyMetrics metrics)
    {
        _config = config;
        _health = health;
        _metrics = metrics;
        _serving = Task.WhenAll(
            ServeAsync("healthz", config.HealthAddress, AnswerHealthAsync),
            ServeAsync("metrics", config.MetricsAddress, AnswerAsync));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync(string what, IPEndPoint? address, RequestDelegate answer)
    {
        if (address is null)
        {
            return;
        }

        string told = "";
        try
        {
            while (true)
            {
                try
                {
                    await using PageServer server = await PageServer.StartAsync(address, answer, _stop.Token);
                    await Task.Delay(Timeout.InfiniteTimeSpan, _config.Clock, _stop.Token);
                }
                catch (Exception exception) when (exception is IOException or SocketException)
                {
                    string failure = $"failed to start proxy {what} on {address}: {exception.Message}";
                    if (told != failure)
                    {
                        told = failure;
                        _config.Log("service proxy: " + failure);
                    }

                    if (_config.IsBindFailureFatal)
                    {
                        _config.OnFatal(new IOException(failure, exception));
                        return;
                    }

                    await Task.Delay(RetryAfter, _config.Clock, _stop.Token);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private Task AnswerHealthAsync(HttpContext context)
    {
        bool isLife = context.Request.Path.Value == "/livez";
        if (!isLife && context.Request.Path.Value != "/healthz")
        {
            return WriteAsync(context, 404, Plain, "404 page not found\n");
        }

        bool isEligible = _health.IsNodeEligible;
        bool isWell = _health.IsHealthy && (isLife || isEligible);
        DateTimeOffset now = _config.Clock.GetUtcNow();

        // Who is well is up to date as of now, whenever the last change was.
        DateTimeOffset updated = isWell ? now : _health.Updated;
        int code = isWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        _metrics.Asked(isLife, code);
        return WriteAsync(
            context, code, "application/json",
            isLife ? HealthPages.OfLife(updated, now) : HealthPages.OfProxy(updated, now, isEligible));
    }

    private Task AnswerAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/healthz" or "/healthz/" or "/healthz/ping":
                return WriteAsync(context, 200, Plain, "ok");
            case "/proxyMode":
                return WriteAsync(context, 200, Plain, "nftables");
            case "/metrics":
                return WriteAsync(context, 200, MetricText.ContentType, _metrics.Text());
            case "/configz":
                return WriteAsync(context, 200, "application/json", _config.Configz);
            case "/flagz" or "/statusz" when _config.StatusPage(context.Request.Path.Value[1..]) is { } page:
                return WriteAsync(context, 200, Plain, page);
            default:
                return WriteAsync(context, 404, Plain, "404 page not found\n");
        }
    }

    private static Task WriteAsync(HttpContext context, int code, string type, string body)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = type;
        context.Response.Headers["X-Content-Type-Options"] = "nosniff";
        return context.Response.WriteAsync(body);
    }
}
