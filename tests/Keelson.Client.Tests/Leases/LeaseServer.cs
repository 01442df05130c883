using System.Globalization;
using Keelson.Api.Coordination.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Client.Tests.Leases;

/// <summary>A server that has one lease, and can be away.</summary>
internal sealed class LeaseServer : IApiClient
{
    private int _version;

    public Lease? Lease { get; set; }

    public bool IsAway { get; set; }

    public ValueTask<ApiResult<IObject>> GetAsync(ObjectPath path, CancellationToken cancellationToken) =>
        new(IsAway ? ApiErrors.Unavailable("away") : Lease is null ? ApiErrors.NotFound(path.Kind.Info, path.Name) : ApiResult<IObject>.Of(Lease));

    public ValueTask<ApiResult<IObject>> CreateAsync(
        ObjectPath path, IObject obj, WriteRequest request, CancellationToken cancellationToken) =>
        new(IsAway ? ApiErrors.Unavailable("away")
            : Lease is not null ? ApiErrors.AlreadyExists(path.Kind.Info, obj.Metadata.Name) : Store((Lease)obj));

    public ValueTask<ApiResult<IObject>> UpdateAsync(
        ObjectPath path, IObject obj, WriteRequest request, CancellationToken cancellationToken) =>
        new(IsAway ? ApiErrors.Unavailable("away")
            : Lease!.Metadata.ResourceVersion != obj.Metadata.ResourceVersion
                ? ApiErrors.Modified(path.Kind.Info, path.Name)
                : Store((Lease)obj));

    public ValueTask<ApiResult<ObjectList>> ListAsync(
        ApiKind kind, string @namespace, ListRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<ApiResult<IObject>> PatchAsync(
        ObjectPath path, PatchType type, byte[] patch, WriteRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<ApiResult<Deletion>> DeleteAsync(
        ObjectPath path, DeleteOptions options, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<ApiResult<int>> DeleteCollectionAsync(
        ApiKind kind, string @namespace, DeleteOptions options, ListRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public IAsyncEnumerable<WatchNotice> WatchAsync(
        ApiKind kind, string @namespace, WatchRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    private ApiResult<IObject> Store(Lease lease)
    {
        string version = (++_version).ToString(CultureInfo.InvariantCulture);
        Lease = lease with { Metadata = lease.Metadata with { ResourceVersion = version } };
        return ApiResult<IObject>.Of(Lease);
    }
}
