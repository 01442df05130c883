using System.Net;
using Keelson.Machinery.Values;
using Keelson.Nodes.Server.Access;
using Keelson.Nodes.Server.Backends;
using Keelson.Nodes.Server.Endpoints;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keelson.Nodes.Server;

/// <summary>
/// What a kubelet serves over HTTPS: logs, commands and ports of containers, pods, figures, health. One server may
/// stand for several nodes, told apart by the address that was connected to.
/// </summary>
public sealed class KubeletServer : IAsyncDisposable
{
    private readonly KubeletServerConfig _config;
    private readonly KubeletAuthentication _authentication;
    private readonly KubeletAuthorization _authorization;
    private readonly KubeletRoutes _routes;
    private readonly WebApplication _web;

    private KubeletServer(KubeletServerConfig config)
    {
        _config = config;
        _routes = new(config.Clock);
        _authentication = new(config);
        _authorization = new(config);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(config.BindAddress, config.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.Use(CloseWhereNoNodeIs);
                listen.UseHttps(ClientCertificates.Options(config.Certificate, config.TlsMin));
            });
        });
        _web = builder.Build();
        _web.Run(ServeAsync);
    }

    /// <summary>Where the server listens.</summary>
    public int Port { get; private set; }

    /// <summary>Starts a server; when the task completes, it answers.</summary>
    /// <exception cref="IOException">The address is taken.</exception>
    public static async Task<KubeletServer> StartAsync(
        KubeletServerConfig config, CancellationToken cancellationToken)
    {
        KubeletServer server = new(config);
        try
        {
            await server._web.StartAsync(cancellationToken);
        }
        catch
        {
            await server._web.DisposeAsync();
            throw;
        }

        IServer listener = server._web.Services.GetRequiredService<IServer>();
        string address = listener.Features.Get<IServerAddressesFeature>()!.Addresses.First();
        server.Port = new Uri(address.Replace("[::]", "localhost", StringComparison.Ordinal)).Port;
        return server;
    }

    /// <summary>Takes no more requests, gives the running ones a second, closes.</summary>
    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(1));
        await _web.StopAsync(patience.Token);
        await _web.DisposeAsync();
    }

    private ConnectionDelegate CloseWhereNoNodeIs(ConnectionDelegate next) => connection =>
    {
        if (connection.LocalEndPoint is IPEndPoint { Address: var address } && NodeAt(address) is { } node)
        {
            connection.Features.Set(node);
            return next(connection);
        }

        connection.Abort();
        return Task.CompletedTask;
    };

    private KubeletBackend? NodeAt(IPAddress address) =>
        _config.Backends(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private async Task ServeAsync(HttpContext http)
    {
        long begun = _config.Clock.GetTimestamp();
        try
        {
            await ServeAuthorizedAsync(http);
            if (http.Features.GetRequiredFeature<KubeletBackend>().Verbosity.Level >= LogVerbosity.Requests)
            {
                TimeSpan took = _config.Clock.GetElapsedTime(begun);
                _config.Log(
                    $"\"HTTP\" verb=\"{http.Request.Method}\" URI=\"{http.Request.Path}{http.Request.QueryString}\" "
                    + $"latency=\"{GoDuration.Format(took)}\" userAgent=\"{http.Request.Headers.UserAgent}\" "
                    + $"srcIP=\"{http.Connection.RemoteIpAddress}:{http.Connection.RemotePort}\" "
                    + $"resp={http.Response.StatusCode}");
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException
            or ConnectionAbortedException)
        {
            // The client is gone.
            http.Abort();
        }
        catch (Exception exception)
        {
            _config.Log($"kubelet server: {http.Request.Path}: {exception}");
            if (http.Response.HasStarted)
            {
                http.Abort();
                return;
            }

            await KubeletCall.AnswerAsync(http, 500, exception.Message);
        }
    }

    private async Task ServeAuthorizedAsync(HttpContext http)
    {
        KubeletBackend node = http.Features.GetRequiredFeature<KubeletBackend>();
        string[] path = (http.Request.Path.Value ?? "").TrimStart('/').Split('/');
        if (await KubeletRoutes.TryRefuseAsync(http, node, path))
        {
            return;
        }

        if (await _authentication.AuthenticateAsync(http) is not { } user)
        {
            await KubeletCall.AnswerAsync(http, 401, "Unauthorized");
            return;
        }

        if (await _authorization.CheckAsync(http, user, node.NodeName) is var (code, text))
        {
            await KubeletCall.AnswerAsync(http, code, text);
            return;
        }

        await _routes.ServeAsync(new KubeletCall(http, node, path, _config.Clock));
    }
}
