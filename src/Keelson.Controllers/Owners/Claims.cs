using System.Text.Json.Nodes;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Machinery.Selectors;

namespace Keelson.Controllers.Owners;

/// <summary>
/// Makes an owner the controller of what its selector matches: orphans that match are adopted, what it controls and no
/// longer matches is released. An owner that is going away claims nothing.
/// </summary>
/// <typeparam name="T">The kind that is claimed.</typeparam>
internal sealed class Claims<T>(IInformerIndex<T> byController)
    where T : class, IKind<T>
{
    /// <summary>Claims, and gives the objects that the owner controls now, or the error that kept it from
    /// knowing.</summary>
    /// <param name="owner">The owner as the informer shows it.</param>
    /// <param name="selector">What it selects.</param>
    /// <param name="client">The identity to write with.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <param name="mayAdopt">Which orphans may be adopted at all; all that are not going away when left out.</param>
    public async Task<ApiResult<IReadOnlyList<T>>> ClaimAsync<TOwner>(
        TOwner owner,
        LabelMatcher selector,
        IApiClient client,
        CancellationToken cancellationToken,
        Func<T, bool>? mayAdopt = null)
        where TOwner : class, IKind<TOwner>
    {
        List<T> claimed = [];
        bool ownerGoes = owner.Metadata.DeletionTimestamp is not null;
        foreach (T obj in byController.Find(owner.Metadata.Uid))
        {
            if (selector.Matches(obj.Metadata.Labels) || ownerGoes)
            {
                claimed.Add(obj);
            }
            else if (obj.Metadata.DeletionTimestamp is null
                && await ReleaseAsync(owner, obj, client, cancellationToken) is { } failed)
            {
                return failed;
            }
        }

        if (ownerGoes)
        {
            return ApiResult<IReadOnlyList<T>>.Of(claimed);
        }

        bool isFresh = false;
        foreach (T orphan in byController.Find(Owner.OrphanKey(owner.Metadata.Namespace)))
        {
            if (orphan.Metadata.DeletionTimestamp is not null
                || !selector.Matches(orphan.Metadata.Labels)
                || (mayAdopt is not null && !mayAdopt(orphan)))
            {
                continue;
            }

            // The owner must still be there, and be the same one, before anything is tied to it.
            if (!isFresh && await CheckAsync(owner, client, cancellationToken) is { } stale)
            {
                return stale;
            }

            isFresh = true;
            ApiResult<T?> adopted = await AdoptAsync(owner, orphan, client, cancellationToken);
            if (!adopted.TryGet(out T? mine, out Status? error))
            {
                if (error is not null)
                {
                    return error;
                }
            }

            if (mine is not null)
            {
                claimed.Add(mine);
            }
        }

        return ApiResult<IReadOnlyList<T>>.Of(claimed);
    }

    private static async Task<Status?> CheckAsync<TOwner>(
        TOwner owner, IApiClient client, CancellationToken cancellationToken)
        where TOwner : class, IKind<TOwner>
    {
        ObjectMeta meta = owner.Metadata;
        ApiResult<TOwner> read = await client.GetAsync<TOwner>(meta.Namespace, meta.Name, cancellationToken);
        if (!read.TryGet(out TOwner? fresh, out Status? error))
        {
            return error;
        }

        if (fresh.Metadata.Uid != meta.Uid)
        {
            return ApiErrors.Conflict(
                TOwner.Info, meta.Name, $"original {TOwner.Info.Kind} is gone: got uid {fresh.Metadata.Uid}, wanted {meta.Uid}");
        }

        return fresh.Metadata.DeletionTimestamp is null
            ? null
            : ApiErrors.Conflict(TOwner.Info, meta.Name, $"{meta.Namespace}/{meta.Name} has just been deleted");
    }

    /// <summary>Ties an orphan to the owner; nothing when it is gone by now.</summary>
    private static async Task<ApiResult<T?>> AdoptAsync(
        IObject owner, T orphan, IApiClient client, CancellationToken cancellationToken)
    {
        OwnerReference reference = Owner.ControllerReference(owner);
        JsonObject patch = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["ownerReferences"] = new JsonArray(new JsonObject
                    {
                        ["apiVersion"] = reference.ApiVersion,
                        ["kind"] = reference.Kind,
                        ["name"] = reference.Name,
                        ["uid"] = reference.Uid,
                        ["controller"] = true,
                        ["blockOwnerDeletion"] = true,
                    }),
                ["uid"] = orphan.Metadata.Uid,
            },
        };
        return await PatchAsync(orphan, patch, client, cancellationToken);
    }

    private static async Task<Status?> ReleaseAsync(
        IObject owner, T obj, IApiClient client, CancellationToken cancellationToken)
    {
        JsonObject patch = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["ownerReferences"] = new JsonArray(
                    new JsonObject { ["$patch"] = "delete", ["uid"] = owner.Metadata.Uid }),
                ["uid"] = obj.Metadata.Uid,
            },
        };
        return (await PatchAsync(obj, patch, client, cancellationToken)).Error;
    }

    private static async Task<ApiResult<T?>> PatchAsync(
        T obj, JsonObject patch, IApiClient client, CancellationToken cancellationToken)
    {
        ApiResult<T> patched = await client.PatchAsync<T>(
            obj.Metadata.Namespace, obj.Metadata.Name, patch, cancellationToken);

        // Gone, or another of the same name by now: there is nothing to claim.
        return patched.TryGet(out T? result, out Status? error)
            ? result
            : error.Code is 404 or 422 ? ApiResult<T?>.Of(null) : error;
    }
}
