using Keelson.Server.Admission;
using Keelson.Server.Admission.ResourceQuota;
using Keelson.Server.Authentication;
using Keelson.Server.Authorization;
using Keelson.Server.Bootstrap;
using Keelson.Server.Events;
using Keelson.Server.Http;
using Keelson.Server.InProcess;
using Keelson.Server.Metrics;
using Keelson.Server.ResourceMetrics;
using Keelson.Server.Services;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;
using Keelson.Store;

namespace Keelson.Server;

/// <summary>An API server without its listener: storage, verbs, who may do what.</summary>
internal sealed class ServerCore
{
    private readonly Task _loaded;

    private ServerCore(ApiServerConfig config, Task loaded) => (Config, _loaded) = (config, loaded);

    public ApiServerConfig Config { get; }

    public required ServerMetrics Metrics { get; init; }

    public required ServerSurface Surface { get; init; }

    public required ObjectStorage Storage { get; init; }

    public required IObjectLookup Lookup { get; init; }

    public required Authenticators Authenticators { get; init; }

    public required ServerAuthorizers Authorizers { get; init; }

    public required ResourceVerbs Verbs { get; init; }

    public required IReadOnlyList<ISpecialResource> Special { get; init; }

    /// <summary>What asks kubelets; null where another serves what they say.</summary>
    public KubeletScraper? Scraper { get; init; }

    /// <summary>Clients for roles in this process.</summary>
    public InProcessClients Clients => new(new InProcessParts(Verbs, Authorizers.Chain, Special, Config.Clock));

    /// <summary>Puts the parts together; reading the store begins beside it.</summary>
    public static ServerCore Compose(ApiServerConfig config, CancellationToken cancellationToken)
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
        KubeletScraper? scraper = KubeletScraper.Create(config, lookup);
        SpecialResourceParts parts = new(config, verbs, admission, authenticators, authorizers, lookup)
        {
            ConnectionMetrics = metrics.Connections,
            Virtual = scraper is null ? [] : [new MeasuredObjects(scraper, lookup, config.Clock)],
        };
        return new(config, loaded)
        {
            Metrics = metrics,
            Surface = surface,
            Storage = storage,
            Lookup = lookup,
            Authenticators = authenticators,
            Authorizers = authorizers,
            Verbs = verbs,
            Special = SpecialResources.All(parts),
            Scraper = scraper,
        };
    }

    /// <summary>Completes when all objects are known, those included that every cluster holds.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await _loaded;
        await new BootstrapObjects(Storage, Config).EnsureAsync(cancellationToken);
    }
}
