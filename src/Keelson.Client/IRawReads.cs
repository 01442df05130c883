using Keelson.Api.Kinds;

namespace Keelson.Client;

/// <summary>
/// Reads of what is no kind that this process knows: the APIs of other servers behind the API server. A client that
/// can't has nothing to do with such servers.
/// </summary>
public interface IRawReads
{
    /// <summary>The JSON at a path with its query: <c>/apis/custom.metrics.k8s.io</c>.</summary>
    ValueTask<ApiResult<byte[]>> ReadAsync(string pathAndQuery, CancellationToken cancellationToken);
}
