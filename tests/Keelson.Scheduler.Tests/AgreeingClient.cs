using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;

namespace Keelson.Scheduler.Tests;

/// <summary>An API that takes every change, and fails a test that reads from it.</summary>
internal class AgreeingClient : IApiClient
{
    public ValueTask<ApiResult<IObject>> GetAsync(ObjectPath path, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<ApiResult<ObjectList>> ListAsync(
        ApiKind kind, string @namespace, ListRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public virtual ValueTask<ApiResult<IObject>> CreateAsync(
        ObjectPath path, IObject obj, WriteRequest request, CancellationToken cancellationToken) => new(Granted(obj));

    public virtual ValueTask<ApiResult<IObject>> UpdateAsync(
        ObjectPath path, IObject obj, WriteRequest request, CancellationToken cancellationToken) => new(Granted(obj));

    public virtual ValueTask<ApiResult<IObject>> PatchAsync(
        ObjectPath path, PatchType type, byte[] patch, WriteRequest request, CancellationToken cancellationToken) =>
        new(Granted(new Pod()));

    public ValueTask<ApiResult<Deletion>> DeleteAsync(
        ObjectPath path, DeleteOptions options, CancellationToken cancellationToken) =>
        new(ApiResult<Deletion>.Of(new Deletion(null, true)));

    public ValueTask<ApiResult<int>> DeleteCollectionAsync(
        ApiKind kind, string @namespace, DeleteOptions options, ListRequest request,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<WatchNotice> WatchAsync(
        ApiKind kind, string @namespace, WatchRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    private static ApiResult<IObject> Granted(IObject obj) => ApiResult<IObject>.Of(obj);
}
