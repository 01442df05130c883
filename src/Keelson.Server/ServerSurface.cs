using System.Globalization;
using Keelson.Server.Discovery;
using Keelson.Server.Health;
using Keelson.Server.Http;
using Keelson.Server.Metrics;
using Keelson.Server.OpenApi;
using Keelson.Server.Storage;

namespace Keelson.Server;

/// <summary>What the server shows of itself besides objects: discovery, OpenAPI, health, metrics, version.</summary>
internal sealed class ServerSurface
{
    /// <summary>
    /// The surface of a server over this storage, which has read the store when <paramref name="loaded"/> completes.
    /// </summary>
    public ServerSurface(ApiServerConfig config, ServerMetrics metrics, ObjectStorage storage, Task loaded)
    {
        Metrics = metrics;
        Discovery = new DiscoveryRegistry(config.ServedKinds);
        Health = new HealthChecks(config.Limits.LivezGracePeriod, config.Clock);
        OpenApi = new OpenApiDocuments(Discovery, config.Clock);
        Health.Set("etcd", async cancellation =>
        {
            await storage.Store.GetAsync(storage.Root + "/", 0, cancellation);
            return null;
        });
        Health.Set("informer-sync", () => loaded.IsCompletedSuccessfully, "informers not started yet");
        Metrics.Storage.CountObjects(() => storage.Caches.Select(
            one => new StoredObjects(one.Kind.Info.Group, one.Kind.Info.Resource, one.Snapshot.Count)));
        Endpoints =
        [
            new HealthEndpoint(Health, Metrics.Health, (name, failures) =>
                config.Log($"{name} check failed: {failures}")),
            new DiscoveryEndpoint(Discovery, () => config.ExternalHostAndPort),
            new OpenApiEndpoint(OpenApi, config.Clock),
            new MetricsEndpoint(Metrics),
            new VersionEndpoint(),
            new RootIndexEndpoint(Discovery, HealthChecks.Paths),
            new StatusPagesEndpoint(config.Flags ?? Flags(config), config.Clock),
        ];
    }

    /// <summary>The groups, versions and resources on offer. What comes at run time is put in here.</summary>
    public DiscoveryRegistry Discovery { get; }

    /// <summary>The OpenAPI documents. Kinds that come at run time are put in here.</summary>
    public OpenApiDocuments OpenApi { get; }

    /// <summary>The health checks. Parts of the server set theirs here.</summary>
    public HealthChecks Health { get; }

    /// <summary>The metrics.</summary>
    public ServerMetrics Metrics { get; }

    /// <summary>The endpoints of all of these.</summary>
    public IReadOnlyList<IPathEndpoint> Endpoints { get; }

    /// <summary>Counts and times requests, and passes on what another observer is to see.</summary>
    public IRequestObserver Observe(IRequestObserver next) => new RequestMeter(Metrics, Discovery, next);

    private static Dictionary<string, string> Flags(ApiServerConfig config) => new()
    {
        ["advertise-address"] = config.AdvertiseAddress.ToString(),
        ["authorization-mode"] = string.Join(',', config.AuthorizationModes),
        ["bind-address"] = config.BindAddress.ToString(),
        ["disable-admission-plugins"] = string.Join(',', config.DisabledAdmissionPlugins),
        ["enable-admission-plugins"] = string.Join(',', config.EnabledAdmissionPlugins),
        ["enable-bootstrap-token-auth"] = config.BootstrapTokens ? "true" : "false",
        ["etcd-prefix"] = config.StoragePrefix,
        ["event-ttl"] = config.EventTimeToLive.ToString("c", CultureInfo.InvariantCulture),
        ["secure-port"] = config.SecurePort.ToString(CultureInfo.InvariantCulture),
        ["service-account-issuer"] = config.ServiceAccountIssuer,
        ["service-cluster-ip-range"] = string.Join(',', config.ServiceClusterIPRanges),
        ["service-node-port-range"] = string.Create(
            CultureInfo.InvariantCulture, $"{config.ServiceNodePorts.First}-{config.ServiceNodePorts.Last}"),
        ["storage-media-type"] = config.StorageMediaType,
    };
}
