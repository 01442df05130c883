using Keelson.Api.Kinds;
using Keelson.Client;

namespace Keelson.Nodes.Objects;

/// <summary>
/// Asks the API server for what is known already, perhaps as it was a while ago. A server that does not answer holds
/// nobody up for long: what runs on the node must go on, containers that ended start again.
/// </summary>
internal sealed class ServerAbsence(IApiClient client, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(10);
    private long _silentSince;

    /// <summary>Reads an object; null when the server is silent.</summary>
    public async ValueTask<ApiResult<T>?> GetAsync<T>(
        string @namespace, string name, CancellationToken cancellationToken)
        where T : class, IKind<T>
    {
        if (Interlocked.Read(ref _silentSince) is not 0 and long since && clock.GetElapsedTime(since) < AskAgainAfter)
        {
            return null;
        }

        using CancellationTokenSource limit = new(Patience, clock);
        using CancellationTokenSource both =
            CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            ApiResult<T> read = await client.GetAsync<T>(@namespace, name, both.Token);
            Interlocked.Exchange(ref _silentSince, 0);
            return read;
        }
        catch (OperationCanceledException)
            when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            Interlocked.Exchange(ref _silentSince, clock.GetTimestamp());
            return null;
        }
    }
}
