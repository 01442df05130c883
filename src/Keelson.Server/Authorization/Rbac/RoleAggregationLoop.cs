using System.Text;
using System.Threading.Channels;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Rbac.V1;
using Keelson.Machinery.Values;
using Keelson.Server.Authentication;
using Keelson.Server.Verbs;

namespace Keelson.Server.Authorization.Rbac;

/// <summary>Keeps the rules of cluster roles that aggregate others: after every change of a cluster role all aggregates are
/// computed anew, and those that differ are applied. An aggregate of aggregates settles as its parts do.</summary>
internal sealed class RoleAggregationLoop : IAsyncDisposable
{
    private const string Manager = "clusterrole-aggregation-controller";
    private const string ApplyType = "application/apply-patch+yaml";
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private static readonly UserInfo User = new()
    {
        Name = ServiceAccountUsers.UserName("kube-system", Manager),
        Groups = [.. ServiceAccountUsers.Groups("kube-system"), WellKnownUsers.AuthenticatedGroup],
    };

    // One place: a signal says that something changed, and a second one would say no more.
    private readonly Channel<bool> signals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource stop = new();
    private readonly ResourceVerbs verbs;
    private readonly IObjectLookup lookup;
    private readonly ApiServerConfig config;
    private readonly Task worker;

    public RoleAggregationLoop(ResourceVerbs verbs, IObjectLookup lookup, ApiServerConfig config)
    {
        (this.verbs, this.lookup, this.config) = (verbs, lookup, config);
        lookup.ObserveNames<ClusterRole>((_, _) => signals.Writer.TryWrite(true));
        signals.Writer.TryWrite(true);
        worker = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await worker;
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var _ in signals.Reader.ReadAllAsync(stop.Token))
            {
                if (!await TryAggregateAsync())
                {
                    await Task.Delay(RetryAfter, config.Clock, stop.Token);
                    signals.Writer.TryWrite(true);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    /// <summary>Brings all aggregates up to date; false when one could not be written.</summary>
    private async Task<bool> TryAggregateAsync()
    {
        var done = true;
        ClusterRole[] all = [.. lookup.List<ClusterRole>()];
        foreach (var role in all.Where(one => one.AggregationRule is not null))
        {
            var rules = role.Aggregate(all);
            if (rules == role.Rules)
            {
                continue;
            }
            try
            {
                var error = await ApplyAsync(role, rules);
                if (error is { Code: not 404 })
                {
                    config.Log($"clusterrole {role.Metadata.Name}: {error.Message}");
                    done = false;
                }
            }
            catch (Exception exception) when (exception is IOException or InvalidOperationException)
            {
                config.Log($"clusterrole {role.Metadata.Name}: {exception.Message}");
                done = false;
            }
        }
        return done;
    }

    private async Task<Status?> ApplyAsync(ClusterRole role, ApiList<PolicyRule> rules)
    {
        var info = ClusterRole.Info;
        var request = new ApiRequest
        {
            User = User,
            Kind = ApiKinds.RbacV1ClusterRole,
            Verb = "patch",
            Now = Time.Now(config.Clock),
            Name = role.Metadata.Name,
            FieldManager = Manager,
            Force = true,
        };
        var patch = $$"""
            {"apiVersion":"{{info.ApiVersion}}","kind":"{{info.Kind}}",
             "metadata":{"name":{{ErrorValue.Json(role.Metadata.Name)}}},"rules":{{ErrorValue.Json(rules)}}}
            """;
        var written = await verbs.Patches.PatchAsync(request, ApplyType, Encoding.UTF8.GetBytes(patch), stop.Token);
        return written.Error;
    }
}
