using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Client.Queues;

/// <summary>A client that notes what it writes, so that the next decision about the key waits until that
/// shows.</summary>
internal sealed class NotedClient<TKey>(IApiClient inner, OwnWrites<TKey> writes, TKey key) : IApiClient
    where TKey : notnull
{
    public ValueTask<ApiResult<IObject>> GetAsync(ObjectPath path, CancellationToken cancellationToken) =>
        inner.GetAsync(path, cancellationToken);

    public ValueTask<ApiResult<ObjectList>> ListAsync(
        ApiKind kind, string @namespace, ListRequest request, CancellationToken cancellationToken) =>
        inner.ListAsync(kind, @namespace, request, cancellationToken);

    public ValueTask<ApiResult<IObject>> CreateAsync(
        ObjectPath path, IObject obj, WriteRequest request, CancellationToken cancellationToken) =>
        NotedAsync(inner.CreateAsync(path, obj, request, cancellationToken));

    public ValueTask<ApiResult<IObject>> UpdateAsync(
        ObjectPath path, IObject obj, WriteRequest request, CancellationToken cancellationToken) =>
        NotedAsync(inner.UpdateAsync(path, obj, request, cancellationToken));

    public ValueTask<ApiResult<IObject>> PatchAsync(
        ObjectPath path, PatchType type, byte[] patch, WriteRequest request, CancellationToken cancellationToken) =>
        NotedAsync(inner.PatchAsync(path, type, patch, request, cancellationToken));

    public async ValueTask<ApiResult<Deletion>> DeleteAsync(
        ObjectPath path, DeleteOptions options, CancellationToken cancellationToken)
    {
        ApiResult<Deletion> deleted = await inner.DeleteAsync(path, options, cancellationToken);
        if (deleted.Error is null)
        {
            writes.Note(key, deleted.Value.Object);
        }

        return deleted;
    }

    public ValueTask<ApiResult<int>> DeleteCollectionAsync(
        ApiKind kind, string @namespace, DeleteOptions options, ListRequest request, CancellationToken cancellationToken) =>
        inner.DeleteCollectionAsync(kind, @namespace, options, request, cancellationToken);

    public IAsyncEnumerable<WatchNotice> WatchAsync(
        ApiKind kind, string @namespace, WatchRequest request, CancellationToken cancellationToken) =>
        inner.WatchAsync(kind, @namespace, request, cancellationToken);

    private async ValueTask<ApiResult<IObject>> NotedAsync(ValueTask<ApiResult<IObject>> write)
    {
        ApiResult<IObject> written = await write;
        if (written.Error is null)
        {
            writes.Note(key, written.Value);
        }

        return written;
    }
}
