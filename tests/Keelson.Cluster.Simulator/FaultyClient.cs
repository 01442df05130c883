using System.Runtime.CompilerServices;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;

namespace Keelson.Cluster.Simulator;

/// <summary>Clients on a way where things go wrong.</summary>
internal sealed class FaultyClients(IApiClients inner, Faults faults, Link link, TimeProvider clock) : IApiClients
{
    public IApiClient ForController(string serviceAccount) => Around(inner.ForController(serviceAccount));

    public IApiClient ForNode(string nodeName) => Around(inner.ForNode(nodeName));

    public IApiClient Around(IApiClient client) => new FaultyClient(client, faults, link, clock);
}

/// <summary>A client on a way where calls are slow, refused, or answered wrongly, and watches come late or
/// end.</summary>
internal sealed class FaultyClient(IApiClient inner, Faults faults, Link link, TimeProvider clock) : IApiClient
{
    public ValueTask<ApiResult<IObject>> GetAsync(ObjectPath path, CancellationToken cancellationToken) =>
        ReadAsync(() => inner.GetAsync(path, cancellationToken), cancellationToken);

    public ValueTask<ApiResult<ObjectList>> ListAsync(
        ApiKind kind, string @namespace, ListRequest request, CancellationToken cancellationToken) =>
        ReadAsync(() => inner.ListAsync(kind, @namespace, request, cancellationToken), cancellationToken);

    public ValueTask<ApiResult<IObject>> CreateAsync(
        ObjectPath path, IObject obj, WriteRequest request, CancellationToken cancellationToken) =>
        WriteAsync(path, isUpdate: false, () => inner.CreateAsync(path, obj, request, cancellationToken),
            cancellationToken);

    public ValueTask<ApiResult<IObject>> UpdateAsync(
        ObjectPath path, IObject obj, WriteRequest request, CancellationToken cancellationToken) =>
        WriteAsync(path, isUpdate: true, () => inner.UpdateAsync(path, obj, request, cancellationToken),
            cancellationToken);

    public ValueTask<ApiResult<IObject>> PatchAsync(
        ObjectPath path, PatchType type, byte[] patch, WriteRequest request, CancellationToken cancellationToken) =>
        WriteAsync(path, isUpdate: true, () => inner.PatchAsync(path, type, patch, request, cancellationToken),
            cancellationToken);

    public ValueTask<ApiResult<Deletion>> DeleteAsync(
        ObjectPath path, DeleteOptions options, CancellationToken cancellationToken) =>
        WriteAsync(path, isUpdate: false, () => inner.DeleteAsync(path, options, cancellationToken), cancellationToken);

    public ValueTask<ApiResult<int>> DeleteCollectionAsync(
        ApiKind kind, string @namespace, DeleteOptions options, ListRequest request,
            CancellationToken cancellationToken) =>
        WriteAsync(
            new(kind, @namespace, ""), isUpdate: false, () =>
                inner.DeleteCollectionAsync(kind, @namespace, options, request, cancellationToken), cancellationToken);

    public async IAsyncEnumerable<WatchNotice> WatchAsync(
        ApiKind kind, string @namespace, WatchRequest request,
            [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await DelayAsync(cancellationToken);
        if (faults.Strikes(faults.Refused))
        {
            yield return new(WatchNoticeType.Error, null, "", ApiErrors.Unavailable("the server is away"));
            yield break;
        }

        await foreach (WatchNotice notice in inner.WatchAsync(kind, @namespace, request, cancellationToken))
        {
            if (faults.Strikes(faults.LateWatches))
            {
                await Task.Delay(TimeSpan.FromSeconds(faults.Random.NextDouble() * 15), clock, cancellationToken);
            }

            await LiveAsync(cancellationToken);
            if (faults.Strikes(faults.LostWatches))
            {
                if (faults.Random.Next(2) == 0)
                {
                    yield return new(WatchNoticeType.Error, null, "", ApiErrors.Gone("too old resource version"));
                }

                yield break;
            }

            yield return notice;
        }
    }

    private async ValueTask<ApiResult<T>> ReadAsync<T>(
        Func<ValueTask<ApiResult<T>>> call, CancellationToken cancellationToken)
        where T : class
    {
        await DelayAsync(cancellationToken);
        return faults.Strikes(faults.Refused) ? ApiErrors.Unavailable("the server is away") : await call();
    }

    private async ValueTask<ApiResult<T>> WriteAsync<T>(
        ObjectPath path, bool isUpdate, Func<ValueTask<ApiResult<T>>> call, CancellationToken cancellationToken)
    {
        await DelayAsync(cancellationToken);
        if (faults.Strikes(faults.Refused))
        {
            return ApiErrors.TooManyRequests("the server is busy", 1);
        }

        if (isUpdate && faults.Strikes(faults.Conflicts))
        {
            return ApiErrors.Modified(path.Kind.Info, path.Name);
        }

        ApiResult<T> result = await call();
        bool isLost = faults.Strikes(faults.LostAnswers);
        await DelayAsync(cancellationToken);
        if (!isLost)
        {
            return result;
        }

        faults.LostSoFar++;
        return ApiErrors.Timeout("request did not complete within the allotted timeout", 0);
    }

    private async ValueTask DelayAsync(CancellationToken cancellationToken)
    {
        await LiveAsync(cancellationToken);
        await Task.Delay(faults.Delay(), clock, cancellationToken);
        await LiveAsync(cancellationToken);
    }

    /// <summary>Never completes in a dead process.</summary>
    private async ValueTask LiveAsync(CancellationToken cancellationToken)
    {
        if (link.IsCut)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellationToken);
        }
    }
}
