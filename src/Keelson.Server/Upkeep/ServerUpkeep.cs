using Keelson.Api.Core.V1;
using Keelson.Server.Authentication;
using Keelson.Server.Services;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;

namespace Keelson.Server.Upkeep;

/// <summary>What a server sees to for as long as it runs: how others find it, and whom it trusts.</summary>
internal sealed class ServerUpkeep : IAsyncDisposable
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Seldom = TimeSpan.FromMinutes(1);

    private readonly IReadOnlyList<PeriodicTask> _tasks;

    private ServerUpkeep(IReadOnlyList<PeriodicTask> tasks) => _tasks = tasks;

    /// <summary>Starts; when the task completes, each has had its first turn.</summary>
    /// <param name="verbs">Writes the objects.</param>
    /// <param name="storage">Keeps the leases of servers.</param>
    /// <param name="lookup">Reads objects.</param>
    /// <param name="config">The server's configuration.</param>
    /// <param name="port">The port that the server listens on.</param>
    public static async Task<ServerUpkeep> StartAsync(
        ResourceVerbs verbs, ObjectStorage storage, IObjectLookup lookup, ApiServerConfig config, int port)
    {
        OwnObjects objects = new(verbs, config);
        KubernetesService service = new(objects, new ServerLeases(storage, config), config, port);
        IdentityLease identity = new(objects, lookup, config);
        PublishedTrust trust = new(objects, config);
        PeriodicTask publishing = new("published authorities", Seldom, trust.EnsureAsync, config);
        PeriodicTask[] tasks =
        [
            new("the service kubernetes", Often, service.EnsureAsync, config, service.WithdrawAsync),
            new("the server's identity lease", Often, identity.RenewAsync, config),
            new("addresses of services", Seldom, new AddressRepair(objects, lookup, config).RepairAsync, config),
            publishing,
        ];
        lookup.ObserveNames<ConfigMap>((space, name) =>
        {
            if (space == PublishedTrust.Namespace && name == PublishedTrust.Name)
            {
                publishing.Wake();
            }
        });
        await Task.WhenAll(tasks.Select(task => task.First));
        return new ServerUpkeep(tasks);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_tasks.Select(task => task.DisposeAsync().AsTask()));
}
