using Keelson.Api.Authentication.V1;
using Keelson.Api.Authorization.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;

namespace Keelson.Nodes.Tests.Server;

/// <summary>An API that knows the token <c>good</c> and lets the user <c>reader</c> do what it was told.</summary>
internal sealed class ReviewingClient : IApiClient
{
    /// <summary>The subresources of nodes that the reader may get.</summary>
    public HashSet<string> Readable { get; } = ["metrics"];

    public List<string> Asked { get; } = [];

    public ValueTask<ApiResult<IObject>> CreateAsync(
        ObjectPath path, IObject obj, WriteRequest request, CancellationToken cancellationToken)
    {
        switch (obj)
        {
            case TokenReview review:
                Asked.Add("token");
                bool known = review.Spec.Token == "good";
                return new(ApiResult<IObject>.Of(review with
                {
                    Status = new TokenReviewStatus
                    {
                        Authenticated = known,
                        User = known ? new UserInfo { Username = "reader" } : new UserInfo(),
                    },
                }));
            case SubjectAccessReview review:
                ResourceAttributes what = review.Spec.ResourceAttributes!;
                Asked.Add($"{review.Spec.User} {what.Verb} {what.Resource}/{what.Subresource} {what.Name}");
                bool allowed = review.Spec.User == "admin"
                    || (review.Spec.User == "reader" && what.Verb == "get" && Readable.Contains(what.Subresource));
                return new(ApiResult<IObject>.Of(
                    review with { Status = new SubjectAccessReviewStatus { Allowed = allowed } }));
            default:
                return new(ApiErrors.NoSuchResource());
        }
    }

    public ValueTask<ApiResult<IObject>> GetAsync(ObjectPath path, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<ApiResult<ObjectList>> ListAsync(
        ApiKind kind, string @namespace, ListRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<ApiResult<IObject>> UpdateAsync(
        ObjectPath path, IObject obj, WriteRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<ApiResult<IObject>> PatchAsync(
        ObjectPath path, PatchType type, byte[] patch, WriteRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<ApiResult<Deletion>> DeleteAsync(
        ObjectPath path, DeleteOptions options, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<ApiResult<int>> DeleteCollectionAsync(
        ApiKind kind,
        string @namespace,
        DeleteOptions options,
        ListRequest request,
        CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public IAsyncEnumerable<WatchNotice> WatchAsync(
        ApiKind kind, string @namespace, WatchRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
