using System.Text;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Core.V1;
using Keelson.Client;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Scheduler.Tests;

/// <summary>A client that grants everything and remembers it. What it makes is called <c>made</c>.</summary>
internal sealed class RecordingClient : IApiClient
{
    public List<IObject> Created { get; } = [];

    public List<IObject> Updated { get; } = [];

    public List<string> Patches { get; } = [];

    public ValueTask<ApiResult<IObject>> GetAsync(ObjectPath path, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<ApiResult<ObjectList>> ListAsync(
        ApiKind kind, string @namespace, ListRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<ApiResult<IObject>> CreateAsync(
        ObjectPath path, IObject obj, WriteRequest request, CancellationToken cancellationToken)
    {
        Created.Add(obj);
        Claim claim = (Claim)obj;
        return new(ApiResult<IObject>.Of(claim with
        {
            Metadata = claim.Metadata with { Name = "made", Uid = "made-uid", ResourceVersion = "1" },
        }));
    }

    public ValueTask<ApiResult<IObject>> UpdateAsync(
        ObjectPath path, IObject obj, WriteRequest request, CancellationToken cancellationToken)
    {
        Updated.Add(obj);
        return new(ApiResult<IObject>.Of(obj));
    }

    public ValueTask<ApiResult<IObject>> PatchAsync(
        ObjectPath path, PatchType type, byte[] patch, WriteRequest request, CancellationToken cancellationToken)
    {
        Patches.Add(Encoding.UTF8.GetString(patch));
        return new(ApiResult<IObject>.Of(new Pod()));
    }

    public ValueTask<ApiResult<Deletion>> DeleteAsync(
        ObjectPath path, DeleteOptions options, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<ApiResult<int>> DeleteCollectionAsync(
        ApiKind kind, string @namespace, DeleteOptions options, ListRequest request,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<WatchNotice> WatchAsync(
        ApiKind kind, string @namespace, WatchRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
