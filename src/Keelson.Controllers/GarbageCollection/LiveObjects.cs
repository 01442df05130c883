using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json.Nodes;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;

namespace Keelson.Controllers.GarbageCollection;

/// <summary>Objects of any kind by their identity, read and written live.</summary>
internal sealed class LiveObjects(IApiClient client, Func<IReadOnlyList<ApiKind>> kinds)
{
    private const int FinalizerAttempts = 5;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private Dictionary<(string ApiVersion, string Kind), ApiKind> _byName = [];
    private IReadOnlyList<ApiKind> _indexed = [];

    /// <summary>The kind that a reference names; false when nobody serves it.</summary>
    public bool TryKind(string apiVersion, string kind, [NotNullWhen(true)] out ApiKind? found)
    {
        IReadOnlyList<ApiKind> current = kinds();
        if (!ReferenceEquals(current, _indexed))
        {
            Dictionary<(string, string), ApiKind> byName = [];
            foreach (ApiKind one in current)
            {
                byName.TryAdd((one.Info.ApiVersion, one.Info.Kind), one);
            }

            _byName = byName;
            _indexed = current;
        }

        return _byName.TryGetValue((apiVersion, kind), out found);
    }

    /// <summary>True for a known kind whose objects live in no namespace.</summary>
    public bool IsClusterKind(string apiVersion, string kind) =>
        TryKind(apiVersion, kind, out ApiKind? found) && !found.Info.Namespaced;

    /// <summary>The metadata of an object now; null when there is no object of this name and uid.</summary>
    public async Task<ApiResult<ObjectMeta?>> ReadAsync(ObjectIdentity identity, CancellationToken cancellationToken)
    {
        if (!PathOf(identity).TryGet(out ObjectPath path, out Status? unknown))
        {
            return unknown;
        }

        ApiResult<IObject> read = await client.GetAsync(path, cancellationToken);
        if (read.TryGet(out IObject? obj, out Status? error))
        {
            return obj.Metadata.Uid == identity.Uid ? obj.Metadata : ApiResult<ObjectMeta?>.Of(null);
        }

        return error.Code == 404 ? ApiResult<ObjectMeta?>.Of(null) : error;
    }

    /// <summary>
    /// Deletes an object as it was read. When it has changed since, but not its owners, the decision still holds and
    /// the newer one is deleted.
    /// </summary>
    public async Task<Status?> DeleteAsync(
        ObjectIdentity identity, ObjectMeta seen, string propagation, CancellationToken cancellationToken)
    {
        if (!PathOf(identity).TryGet(out ObjectPath path, out Status? unknown))
        {
            return unknown;
        }

        string version = seen.ResourceVersion;
        while (true)
        {
            DeleteOptions options = DeleteOptions.Empty with
            {
                PropagationPolicy = propagation,
                Preconditions = new Preconditions { Uid = identity.Uid, ResourceVersion = version },
            };
            Status? error = (await client.DeleteAsync(path, options, cancellationToken)).Error;
            if (error is not { Code: 409 })
            {
                return error is { Code: 404 } ? null : error;
            }

            ApiResult<ObjectMeta?> read = await ReadAsync(identity, cancellationToken);
            if (!read.TryGet(out ObjectMeta? now, out Status? failed))
            {
                return failed;
            }

            if (now is null)
            {
                return null;
            }

            if (now.OwnerReferences != seen.OwnerReferences || now.ResourceVersion == version)
            {
                return error;
            }

            version = now.ResourceVersion;
        }
    }

    /// <summary>Takes a finalizer off an object; fine when the object, or the finalizer, is gone.</summary>
    public async Task<Status?> RemoveFinalizerAsync(
        ObjectIdentity identity, string finalizer, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            if (!(await ReadAsync(identity, cancellationToken)).TryGet(out ObjectMeta? meta, out Status? error))
            {
                return error;
            }

            if (meta is null || !meta.Finalizers.Contains(finalizer))
            {
                return null;
            }

            JsonArray kept = [.. meta.Finalizers.Where(one => one != finalizer).Select(one => (JsonNode)one)];
            JsonObject patch = new() { ["metadata"] = new JsonObject { ["resourceVersion"] = meta.ResourceVersion, ["finalizers"] = kept } };
            Status? refused = await PatchAsync(identity, PatchType.Merge, patch, cancellationToken);
            if (refused is not { Code: 409 } || attempt == FinalizerAttempts)
            {
                return refused is { Code: 404 } ? null : refused;
            }
        }
    }

    /// <summary>Takes references to owners off an object.</summary>
    public async Task<Status?> DropReferencesAsync(
        ObjectIdentity identity, IReadOnlyCollection<string> ownerUids, CancellationToken cancellationToken)
    {
        JsonArray drops =
            [.. ownerUids.Select(JsonNode (uid) => new JsonObject { ["$patch"] = "delete", ["uid"] = uid })];
        JsonObject patch =
            new() { ["metadata"] = new JsonObject { ["ownerReferences"] = drops, ["uid"] = identity.Uid } };
        Status? error = await PatchAsync(identity, PatchType.Strategic, patch, cancellationToken);
        return error is { Code: 415 }
            ? await RewriteReferencesAsync(identity, one => ownerUids.Contains(one.Uid) ? null : one, cancellationToken)
            : error;
    }

    /// <summary>Lets an object no longer hold its owners back.</summary>
    public async Task<Status?> UnblockOwnersAsync(ObjectIdentity identity, CancellationToken cancellationToken) =>
        await RewriteReferencesAsync(
            identity, static one => one.BlockOwnerDeletion == true ? one with { BlockOwnerDeletion = false } : one, cancellationToken);

    private static JsonObject Json(OwnerReference one)
    {
        JsonObject json =
            new() { ["apiVersion"] = one.ApiVersion, ["kind"] = one.Kind, ["name"] = one.Name, ["uid"] = one.Uid };
        if (one.Controller is { } controller)
        {
            json["controller"] = controller;
        }

        if (one.BlockOwnerDeletion is { } blocks)
        {
            json["blockOwnerDeletion"] = blocks;
        }

        return json;
    }

    /// <summary>Writes all references of an object anew, for kinds whose lists can't be merged.</summary>
    private async Task<Status?> RewriteReferencesAsync(
        ObjectIdentity identity, Func<OwnerReference, OwnerReference?> change, CancellationToken cancellationToken)
    {
        if (!(await ReadAsync(identity, cancellationToken)).TryGet(out ObjectMeta? meta, out Status? error)
            || meta is null)
        {
            return error;
        }

        IEnumerable<JsonNode> references = meta.OwnerReferences.Select(change).OfType<OwnerReference>().Select(Json);
        JsonArray kept = [.. references];
        JsonObject patch = new() { ["metadata"] = new JsonObject { ["resourceVersion"] = meta.ResourceVersion, ["ownerReferences"] = kept } };
        return await PatchAsync(identity, PatchType.Merge, patch, cancellationToken);
    }

    private async Task<Status?> PatchAsync(
        ObjectIdentity identity, PatchType type, JsonNode patch, CancellationToken cancellationToken)
    {
        if (!PathOf(identity).TryGet(out ObjectPath path, out Status? unknown))
        {
            return unknown;
        }

        byte[] body = Utf8.GetBytes(patch.ToJsonString());
        return (await client.PatchAsync(path, type, body, WriteRequest.Default, cancellationToken)).Error;
    }

    private ApiResult<ObjectPath> PathOf(ObjectIdentity identity) =>
        TryKind(identity.ApiVersion, identity.Kind, out ApiKind? kind)
        ? new ObjectPath(kind, kind.Info.Namespaced ? identity.Namespace : "", identity.Name)
        : ApiErrors.Unavailable($"unable to get REST mapping for {identity.ApiVersion}/{identity.Kind}.");
}
