using Keelson.Server.Authentication;
using Keelson.Server.Http;
using Keelson.Server.InProcess;
using Keelson.Server.Metrics;
using Keelson.Server.Upkeep;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keelson.Server;

/// <summary>The API server: composes storage, verbs and pipeline, and listens.</summary>
public sealed class ApiServer : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly ServerCore _core;
    private readonly ServerUpkeep _upkeep;

    private ApiServer(WebApplication web, ServerCore core, ServerUpkeep upkeep)
    {
        _upkeep = upkeep;
        _web = web;
        _core = core;
    }

    /// <summary>Where the server listens.</summary>
    public int Port { get; private init; }

    /// <summary>Clients for roles in this process.</summary>
    public required InProcessClients Clients { get; init; }

    /// <summary>Informers for roles in this process.</summary>
    public required CacheInformers Informers { get; init; }

    /// <summary>Starts a server; when the task completes, it answers.</summary>
    public static async Task<ApiServer> StartAsync(ApiServerConfig config, CancellationToken cancellationToken)
    {
        ServerCore core = ServerCore.Compose(config, cancellationToken);
        RequestPipeline pipeline = new(
            new MeteredAuthenticator(core.Authenticators.Chain, core.Metrics.Access),
            new MeteredAuthorizer(core.Authorizers.Chain, core.Metrics.Access),
            new ResourceHandler(core.Verbs, config, core.Special),
            PathEndpoints.All(config, core.Surface, core.Authenticators),
            new RequestLimits(config),
            core.Surface.Observe(new RequestLog(config)));
        WebApplication web = Build(config, pipeline);
        await core.LoadAsync(cancellationToken);
        await web.StartAsync(cancellationToken);
        core.Surface.Health.FinishStart();
        string address =
            web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        int port = new Uri(address.Replace("[::]", "localhost", StringComparison.Ordinal)).Port;
        ServerUpkeep upkeep = await ServerUpkeep.StartAsync(core.Verbs, core.Storage, core.Lookup, config, port);
        core.Scraper?.Start();
        return new(web, core, upkeep)
        {
            Port = port,
            Clients = core.Clients,
            Informers = new CacheInformers(core.Storage),
        };
    }

    /// <summary>
    /// Is not ready any more, after a while (<c>--shutdown-delay-duration</c>) takes no more requests, lets the running
    /// ones end, closes.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        _core.Surface.Health.BeginShutdown();
        await _upkeep.DisposeAsync();
        await (_core.Scraper?.DisposeAsync() ?? default);
        if (_core.Config.Limits.ShutdownDelay > TimeSpan.Zero)
        {
            await Task.Delay(_core.Config.Limits.ShutdownDelay, _core.Config.Clock);
        }

        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(5));
        await _web.StopAsync(patience.Token);
        await _web.DisposeAsync();
        await Informers.DisposeAsync();
        await _core.Storage.DisposeAsync();
        _core.Metrics.Dispose();
    }

    private static WebApplication Build(ApiServerConfig config, RequestPipeline pipeline)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowResponseHeaderCompression = false;
            ConnectionLimits.Apply(kestrel.Limits, config.Limits);
            kestrel.Listen(config.BindAddress, config.SecurePort, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.Use(ConnectionLimits.RefusePlainHttp);
                listen.UseHttps(ServingTls.Options(config.Certificates, config.Tls));
            });
        });

        // Behind Kestrel's own, so that it counts.
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new ConnectionBlocksFactory(config.Clock));
        WebApplication web = builder.Build();
        web.Run(OuterFilters.Around(config, pipeline.InvokeAsync));
        return web;
    }
}
