using System.Text;
using System.Text.Json.Nodes;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Client;

/// <summary>The calls of <see cref="IApiClient"/> by record type, and what is made of several of them.</summary>
public static class TypedCalls
{
    /// <summary>
    /// How often a change is computed anew when somebody else wrote in between; each round means that another made
    /// progress.
    /// </summary>
    private const int ModifyAttempts = 10;

    /// <summary>Reads an object.</summary>
    public static async ValueTask<ApiResult<T>> GetAsync<T>(
        this IApiClient client, string @namespace, string name, CancellationToken cancellationToken)
        where T : class, IKind<T> =>
        As<T>(await client.GetAsync(new(KindOf<T>.Kind, @namespace, name), cancellationToken));

    /// <summary>Lists the objects of a namespace, or of all.</summary>
    public static async ValueTask<ApiResult<IReadOnlyList<T>>> ListAsync<T>(
        this IApiClient client, string @namespace, ListRequest request, CancellationToken cancellationToken)
        where T : class, IKind<T>
    {
        ApiResult<ObjectList> listed = await client.ListAsync(KindOf<T>.Kind, @namespace, request, cancellationToken);
        return listed.TryGet(out ObjectList? list, out Status? error)
            ? ApiResult<IReadOnlyList<T>>.Of([.. list.Items.Cast<T>()])
            : error;
    }

    /// <summary>Creates an object in the namespace of its metadata.</summary>
    public static async ValueTask<ApiResult<T>> CreateAsync<T>(
        this IApiClient client, T obj, CancellationToken cancellationToken)
        where T : class, IKind<T> =>
        As<T>(await client.CreateAsync(
            new(KindOf<T>.Kind, obj.Metadata.Namespace, ""), obj, WriteRequest.Default, cancellationToken));

    /// <summary>Replaces an object; its resource version must still be the stored one.</summary>
    public static async ValueTask<ApiResult<T>> UpdateAsync<T>(
        this IApiClient client, T obj, CancellationToken cancellationToken, string subresource = "")
        where T : class, IKind<T>
    {
        ObjectPath path = new(KindOf<T>.Kind, obj.Metadata.Namespace, obj.Metadata.Name, subresource);
        return As<T>(await client.UpdateAsync(path, obj, WriteRequest.Default, cancellationToken));
    }

    /// <summary>Replaces an object's status; its resource version must still be the stored one.</summary>
    public static ValueTask<ApiResult<T>> UpdateStatusAsync<T>(
        this IApiClient client, T obj, CancellationToken cancellationToken)
        where T : class, IKind<T> => client.UpdateAsync(obj, cancellationToken, "status");

    /// <summary>
    /// Reads an object, changes it and writes it back, anew when somebody wrote in between. A change that gives the
    /// same record or null writes nothing.
    /// </summary>
    public static async ValueTask<ApiResult<T>> ModifyAsync<T>(
        this IApiClient client,
        string @namespace,
        string name,
        Func<T, T?> change,
        CancellationToken cancellationToken,
        string subresource = "")
        where T : class, IKind<T>
    {
        for (int attempt = 1; ; attempt++)
        {
            ApiResult<T> read = await client.GetAsync<T>(@namespace, name, cancellationToken);
            if (!read.TryGet(out T? current, out _))
            {
                return read;
            }

            T? changed = change(current);
            if (changed is null || ReferenceEquals(changed, current))
            {
                return current;
            }

            ApiResult<T> written = await client.UpdateAsync(changed, cancellationToken, subresource);
            if (written.Error is not { Code: 409 } || attempt == ModifyAttempts)
            {
                return written;
            }
        }
    }

    /// <summary>Merges a patch into an object, or into the part of it that a subresource stands for.</summary>
    public static async ValueTask<ApiResult<T>> PatchAsync<T>(
        this IApiClient client,
        string @namespace,
        string name,
        JsonNode patch,
        CancellationToken cancellationToken,
        PatchType type = PatchType.Strategic,
        string subresource = "")
        where T : class, IKind<T> =>
        As<T>(await client.PatchAsync(
            new(KindOf<T>.Kind, @namespace, name, subresource), type, Encoding.UTF8.GetBytes(patch.ToJsonString()), WriteRequest.Default, cancellationToken));

    /// <summary>
    /// Deletes the object that was seen: when its name belongs to another by now, nothing happens. An object that is
    /// gone already counts as success.
    /// </summary>
    public static async ValueTask<Status?> DeleteAsync<T>(
        this IApiClient client, T obj, CancellationToken cancellationToken, DeleteOptions? options = null)
        where T : class, IKind<T>
    {
        ObjectPath path = new(KindOf<T>.Kind, obj.Metadata.Namespace, obj.Metadata.Name);
        DeleteOptions guarded =
            (options ?? DeleteOptions.Empty) with { Preconditions = new Preconditions { Uid = obj.Metadata.Uid } };
        Status? error = (await client.DeleteAsync(path, guarded, cancellationToken)).Error;
        return error is { Code: 404 } || IsOtherObject(error) ? null : error;
    }

    private static bool IsOtherObject(Status? error) =>
        error is { Code: 409 } && error.Message.Contains("UID in the precondition", StringComparison.Ordinal);

    private static ApiResult<T> As<T>(ApiResult<IObject> result)
        where T : class => result.TryGet(out IObject? obj, out Status? error) ? (T)obj : error;
}
