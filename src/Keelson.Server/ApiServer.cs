using System.Net;
using Keelson.Server.Admission;
using Keelson.Server.Admission.ResourceQuota;
using Keelson.Server.Authentication;
using Keelson.Server.Authorization;
using Keelson.Server.Bootstrap;
using Keelson.Server.Events;
using Keelson.Server.Http;
using Keelson.Server.InProcess;
using Keelson.Server.Metrics;
using Keelson.Server.Services;
using Keelson.Server.Storage;
using Keelson.Server.Upkeep;
using Keelson.Server.Verbs;
using Keelson.Store;
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
    private readonly ObjectStorage _storage;
    private readonly ServerSurface _surface;
    private readonly ApiServerConfig _config;
    private readonly ServerUpkeep _upkeep;

    private ApiServer(
        WebApplication web,
        ObjectStorage storage,
        ServerSurface surface,
        ApiServerConfig config,
        ServerUpkeep upkeep)
    {
        _upkeep = upkeep;
        _web = web;
        _storage = storage;
        _surface = surface;
        _config = config;
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
        IObjectCodec codec = config.StorageMediaType == MediaType.Json
            ? new JsonObjectCodec()
            : new ProtobufObjectCodec();
        ServerMetrics metrics = new();
        IStore store = new MeteredStore(config.Store, metrics.Storage, config.StoragePrefix);
        ObjectStorage storage = new(store, config.StoragePrefix, codec, config.Clock, config.OnFatal);
        Task loaded = storage.StartAsync(cancellationToken);
        ServerSurface surface = new(config, metrics, storage, loaded);
        StorageLookup lookup = new(storage);
        Authenticators authenticators = Authenticators.Create(config, lookup);
        ServerAuthorizers authorizers = ServerAuthorizers.Create(config, lookup);
        QuotaCharges charges = new(storage, config.Clock);
        AdmissionChain admission = MeteredAdmissionPlugin.Around(
            AdmissionPlugins.Chain(new(config, lookup, authorizers, storage, charges)), metrics.Access);
        EventLeases events = new(store, config.EventTimeToLive, config.Clock);
        ResourceVerbs verbs = new(storage, admission, config.Random, events.TakeAsync);
        verbs.Guard(new ServiceAllocation(storage, lookup, config));
        verbs.Writer.Authorizer = authorizers.Chain;
        SpecialResourceParts parts = new(config, verbs, admission, authenticators, authorizers, lookup)
        {
            ConnectionMetrics = metrics.Connections,
        };
        IReadOnlyList<ISpecialResource> special = SpecialResources.All(parts);
        RequestPipeline pipeline = new(
            new MeteredAuthenticator(authenticators.Chain, metrics.Access),
            new MeteredAuthorizer(authorizers.Chain, metrics.Access),
            new ResourceHandler(verbs, config, special),
            PathEndpoints.All(config, surface, authenticators),
            new RequestLimits(config),
            surface.Observe(new RequestLog(config)));
        WebApplication web = Build(config, pipeline);
        await loaded;
        await new BootstrapObjects(storage, config).EnsureAsync(cancellationToken);
        await web.StartAsync(cancellationToken);
        surface.Health.FinishStart();
        string address =
            web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        int port = new Uri(address.Replace("[::]", "localhost", StringComparison.Ordinal)).Port;
        ServerUpkeep upkeep = await ServerUpkeep.StartAsync(verbs, storage, lookup, config, port);
        return new(web, storage, surface, config, upkeep)
        {
            Port = port,
            Clients = new InProcessClients(new InProcessParts(verbs, authorizers.Chain, special, config.Clock)),
            Informers = new CacheInformers(storage),
        };
    }

    /// <summary>
    /// Is not ready any more, after a while (<c>--shutdown-delay-duration</c>) takes no more requests, lets the running
    /// ones end, closes.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        _surface.Health.BeginShutdown();
        await _upkeep.DisposeAsync();
        if (_config.Limits.ShutdownDelay > TimeSpan.Zero)
        {
            await Task.Delay(_config.Limits.ShutdownDelay, _config.Clock);
        }

        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(5));
        await _web.StopAsync(patience.Token);
        await _web.DisposeAsync();
        await Informers.DisposeAsync();
        await _storage.DisposeAsync();
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
        WebApplication web = builder.Build();
        web.Run(OuterFilters.Around(config, pipeline.InvokeAsync));
        return web;
    }
}
