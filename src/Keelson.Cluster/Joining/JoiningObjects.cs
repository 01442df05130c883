using System.Security.Cryptography.X509Certificates;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Rbac.V1;
using Keelson.Client;
using Keelson.Machinery.Values;

namespace Keelson.Cluster.Joining;

/// <summary>Puts into a cluster what nodes need to join.</summary>
internal sealed record JoiningObjects
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    // A server that starts has its namespaces and roles a moment later.
    private const int QuietAttempts = 10;

    /// <summary>Where nodes reach the API server.</summary>
    public required string Server { get; init; }

    /// <summary>The authority that vouches for it.</summary>
    public required X509Certificate2 Authority { get; init; }

    /// <summary>What nodes have to agree on.</summary>
    public required NodeFacts Facts { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Where refusals are told.</summary>
    public required Action<string> Log { get; init; }

    /// <summary>Writes all of it, and tries again until it is done. What somebody added is left.</summary>
    public async Task PublishAsync(IApiClient client, CancellationToken cancellationToken)
    {
        try
        {
            for (int attempt = 1; await PutAllAsync(client, cancellationToken) is { } error; attempt++)
            {
                if (attempt % QuietAttempts == 0)
                {
                    Log("what nodes need to join could not be written: " + error.Message);
                }

                await Task.Delay(RetryAfter, Clock, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private async Task<Status?> PutAllAsync(IApiClient client, CancellationToken cancellationToken)
    {
        Status? error = await PutAsync(
            client, ClusterInfo.ToMap(Server, Authority), static (now, wanted) => With(now, wanted), cancellationToken);
        error ??= await PutAsync(
            client, Facts.ToMap(), static (now, wanted) => With(now, wanted), cancellationToken);
        foreach (ClusterRole one in JoiningRights.ClusterRoles)
        {
            error ??= await PutAsync(
                client, one, static (now, wanted) => now with { Rules = wanted.Rules }, cancellationToken);
        }

        foreach (Role one in JoiningRights.Roles)
        {
            error ??= await PutAsync(
                client, one, static (now, wanted) => now with { Rules = wanted.Rules }, cancellationToken);
        }

        // Whom somebody added or took out stays so: bindings are only made.
        foreach (ClusterRoleBinding one in JoiningRights.ClusterRoleBindings)
        {
            error ??= await PutAsync(client, one, static (now, _) => now, cancellationToken);
        }

        foreach (RoleBinding one in JoiningRights.RoleBindings)
        {
            error ??= await PutAsync(client, one, static (now, _) => now, cancellationToken);
        }

        return error;
    }

    private static ConfigMap With(ConfigMap now, ConfigMap wanted) =>
        wanted.Data.All(one => now.Data.GetValueOrDefault(one.Key) == one.Value)
            ? now
            : now with
            {
                Data = ApiMap<string>.From(
                    [.. now.Data.Where(one => !wanted.Data.ContainsKey(one.Key)), .. wanted.Data]),
            };

    private static async Task<Status?> PutAsync<T>(
        IApiClient client, T wanted, Func<T, T, T> change, CancellationToken cancellationToken)
        where T : class, IKind<T>
    {
        (string space, string name) = (wanted.Metadata.Namespace, wanted.Metadata.Name);
        Status? error =
            (await client.ModifyAsync<T>(space, name, now => change(now, wanted), cancellationToken)).Error;
        return error is { Code: 404 } ? (await client.CreateAsync(wanted, cancellationToken)).Error : error;
    }
}
