using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Keelson.Client;
using Microsoft.AspNetCore.Http;

namespace Keelson.Network.Proxy;

/// <summary>
/// Answers load balancers that ask whether this node has endpoints of a service with the external traffic policy Local.
/// </summary>
internal sealed class HealthCheckPorts(Func<bool> isHealthy, Action<ObjectKey, int, Exception> failed)
    : IAsyncDisposable
{
    private readonly Dictionary<ObjectKey, CheckedService> _services = [];

    /// <summary>Takes what is to be said of a service.</summary>
    /// <param name="key">The service.</param>
    /// <param name="port">Its health-check node port; 0 when it has none.</param>
    /// <param name="localEndpoints">Number of its endpoints on this node.</param>
    public async Task SetAsync(ObjectKey key, int port, int localEndpoints)
    {
        if (_services.TryGetValue(key, out CheckedService? service))
        {
            if (service.Port == port)
            {
                service.LocalEndpoints = localEndpoints;
                return;
            }

            _services.Remove(key);
            await service.DisposeAsync();
        }

        if (port == 0)
        {
            return;
        }

        CheckedService made = new(key, port, isHealthy) { LocalEndpoints = localEndpoints };
        try
        {
            await made.StartAsync();
            _services.Add(key, made);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            failed(key, port, exception);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (CheckedService one in _services.Values)
        {
            await one.DisposeAsync();
        }
    }

    /// <summary>A service and the server on its port.</summary>
    private sealed class CheckedService(ObjectKey key, int port, Func<bool> isHealthy) : IAsyncDisposable
    {
        private PageServer? _server;

        public int Port => port;

        public int LocalEndpoints { get; set; }

        public async Task StartAsync() =>
            _server = await PageServer.StartAsync(
                new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port), AnswerAsync,
                CancellationToken.None);

        public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

        private Task AnswerAsync(HttpContext context)
        {
            int count = LocalEndpoints;
            bool healthy = isHealthy();
            HttpResponse response = context.Response;
            response.StatusCode = count > 0 && healthy
                ? StatusCodes.Status200OK
                : StatusCodes.Status503ServiceUnavailable;
            response.ContentType = "application/json";
            response.Headers["X-Content-Type-Options"] = "nosniff";
            response.Headers["X-Load-Balancing-Endpoint-Weight"] = count.ToString(CultureInfo.InvariantCulture);
            return response.WriteAsync(HealthPages.OfService(key, count, healthy));
        }
    }
}
