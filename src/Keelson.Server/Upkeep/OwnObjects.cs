using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Server.Authentication;
using Keelson.Server.Verbs;

namespace Keelson.Server.Upkeep;

/// <summary>Writes objects in the server's own name, by the way that every write goes.</summary>
internal sealed class OwnObjects(ResourceVerbs verbs, ApiServerConfig config)
{
    private static readonly UserInfo Self = new() { Name = "system:apiserver", Groups = [WellKnownUsers.MastersGroup] };

    /// <summary>
    /// Makes an object, or changes it into what <paramref name="change"/> says; what it gives back unchanged is not
    /// written.
    /// </summary>
    /// <param name="kind">The kind.</param>
    /// <param name="space">The namespace; empty for kinds of the cluster.</param>
    /// <param name="name">The name.</param>
    /// <param name="change">(what is there, or null) → what is to be there.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">The server refused; the message says why.</exception>
    public async Task EnsureAsync<T>(
        ApiKind kind, string space, string name, Func<T?, T> change, CancellationToken cancellationToken)
        where T : class, IObject
    {
        Status? error = await ChangeAsync(kind, space, name, change, cancellationToken);
        if (error is { Code: 404 })
        {
            T made = change(null);
            IObject named = made.WithMetadata(made.Metadata with { Name = name, Namespace = space });
            error =
                (await verbs.Writer.CreateAsync(Request(kind, "create", space, ""), named, cancellationToken)).Error;

            // Another server may have made it in between, and holds what it needs.
            Status? second = error is null ? null : await ChangeAsync(kind, space, name, change, cancellationToken);
            error = second is { Code: 404 } ? error : second;
        }

        Throw(error, kind, name);
    }

    private async Task<Status?> ChangeAsync<T>(
        ApiKind kind, string space, string name, Func<T?, T> change, CancellationToken cancellationToken)
        where T : class, IObject
    {
        ApiResult<Written> changed = await verbs.Writer.UpdateAsync(
            Request(kind, "update", space, name),
            old => new(ApiResult<IObject>.Of(change((T)old!))),
            retries: true,
            allowCreate: false,
            cancellationToken);
        return changed.Error;
    }

    /// <summary>Deletes an object, if it is there.</summary>
    public async Task DeleteAsync(ApiKind kind, string space, string name, CancellationToken cancellationToken)
    {
        ApiResult<Deleted> deleted = await verbs.Deleter.DeleteAsync(
            Request(kind, "delete", space, name), DeleteOptions.Empty, cancellationToken);
        Throw(deleted.Error is { Code: 404 } ? null : deleted.Error, kind, name);
    }

    private static void Throw(Status? error, ApiKind kind, string name)
    {
        if (error is not null)
        {
            throw new InvalidOperationException($"{kind.Info.Resource} {name}: {error.Message}");
        }
    }

    private ApiRequest Request(ApiKind kind, string verb, string space, string name) => new()
    {
        User = Self,
        Kind = kind,
        Verb = verb,
        Now = Time.Now(config.Clock),
        Namespace = space,
        Name = name,
        FieldManager = "kube-apiserver",
    };
}
